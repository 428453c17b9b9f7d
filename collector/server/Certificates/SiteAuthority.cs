using System.Net;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeDcim.Core.Sparkplug;

namespace EdgeDcim.Collector.Certificates;

/// <summary>
/// The certificate authority of one site in a folder: its own certificate and key, everything that it issued, and the list of what it took
/// back. ECDSA on P-256 throughout. Nothing is overwritten that is still good.
/// </summary>
internal sealed class SiteAuthority(string folder, TimeProvider time)
{
    public const string Collector = "collector";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan OwnLife = TimeSpan.FromDays(3650);
    private static readonly TimeSpan Life = TimeSpan.FromDays(730);

    /// <summary>Gateways wake up with clocks that are a little behind.</summary>
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    public string Folder => folder;

    public string Authority => Path.Combine(folder, "ca.pem");

    public string Revoked => Path.Combine(folder, "crl.pem");

    public string CertificateOf(string name) => name == Collector ? Path.Combine(folder, "collector.pem") : Path.Combine(folder, "agents", $"{name}.pem");

    public string KeyOf(string name) => Path.ChangeExtension(CertificateOf(name), ".key");

    private string AuthorityKey => Path.Combine(folder, "ca.key");

    private string Issued => Path.Combine(folder, "issued");

    /// <exception cref="CertificateException">There is an authority already.</exception>
    public void Init(string site)
    {
        if (File.Exists(Authority) || File.Exists(AuthorityKey))
        {
            throw new CertificateException($"{folder} holds an authority already; everything that it issued would become worthless: choose another --folder, or remove it by hand");
        }

        foreach (var made in new[] { folder, Path.Combine(folder, "agents"), Issued })
        {
            PrivateFile.CreateFolder(made);
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName($"EdgeDcim {site}");
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority(pathLengthConstraint: 0));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now - Backdated, now + OwnLife);
        PrivateFile.Write(AuthorityKey, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Authority, certificate.ExportCertificatePem() + "\n");
        WriteList(certificate, new CertificateRevocationListBuilder(), BigInteger.One);
    }

    /// <summary>The certificate of the collector's listeners, which names the hosts and addresses that agents reach it by.</summary>
    /// <exception cref="CertificateException">It has a good one, or there is no authority.</exception>
    public DateTimeOffset IssueCollector(IReadOnlyList<string> hosts)
    {
        RefuseGood(Collector);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else if (Uri.CheckHostName(host) == UriHostNameType.Dns)
            {
                names.AddDnsName(host);
            }
            else
            {
                throw new CertificateException($"'{host}' is neither a host name nor an address; write what agents connect to, such as --host dcim.example.net --host 10.0.4.10");
            }
        }

        return Issue(Collector, names.Build());
    }

    /// <exception cref="CertificateException">It has a good one, its name cannot be used, or there is no authority.</exception>
    public DateTimeOffset IssueAgent(string name)
    {
        if (!SparkplugTopic.IsId(name) || name.Length > 64 || name == Collector || name[0] == '.' || name.AsSpan().IndexOfAny(Path.GetInvalidFileNameChars()) >= 0 || name.Contains('\\'))
        {
            throw new CertificateException($"'{name}' cannot name an agent; write the word after 'agent:' in its agent.yaml: letters, digits, '-', '_' and '.', 64 at most, and not '{Collector}'");
        }

        RefuseGood(name);
        return Issue(name, null);
    }

    /// <summary>A new key and a new certificate; the old one is good until it ends, so that there is time to bring the new one out.</summary>
    /// <exception cref="CertificateException">There is nothing to renew.</exception>
    public DateTimeOffset Renew(string name)
    {
        if (!File.Exists(CertificateOf(name)))
        {
            throw new CertificateException($"'{name}' has no certificate to renew; make one with 'pki {(name == Collector ? "collector --host HOST" : $"agent {name}")}'");
        }

        using var old = X509CertificateLoader.LoadCertificateFromFile(CertificateOf(name));
        var hosts = old.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return Issue(name, hosts);
    }

    /// <summary>Takes back everything that was issued to that name; how many certificates that were.</summary>
    /// <exception cref="CertificateException">Nothing that is good was issued to that name.</exception>
    public int Revoke(string name)
    {
        var good = List().Where(issued => issued.Name == name && !issued.IsRevoked).ToList();
        if (good.Count == 0)
        {
            throw new CertificateException($"nothing that is good was issued to '{name}'; 'pki list' shows all names");
        }

        using var authority = Open();
        var list = CertificateRevocationListBuilder.LoadPem(File.ReadAllText(Revoked), out var number);
        foreach (var issued in good)
        {
            list.AddEntry(Convert.FromHexString(issued.Serial), time.GetUtcNow());
        }

        WriteList(authority, list, number + 1);
        return good.Count;
    }

    public IReadOnlyList<IssuedCertificate> List()
    {
        using var authority = Open();
        var revoked = RevocationList.Load(Revoked, [authority]);
        var all = new List<IssuedCertificate>();
        foreach (var file in Directory.EnumerateFiles(Issued, "*.pem").Order(StringComparer.Ordinal))
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
            all.Add(new IssuedCertificate(
                certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false), certificate.SerialNumber, certificate.NotAfter.ToUniversalTime(), revoked.Names(certificate)));
        }

        return [.. all.OrderBy(issued => issued.Name, StringComparer.Ordinal).ThenBy(issued => issued.Expires)];
    }

    private void RefuseGood(string name)
    {
        if (File.Exists(CertificateOf(name)))
        {
            using var present = X509CertificateLoader.LoadCertificateFromFile(CertificateOf(name));
            if (List().Any(issued => issued.Serial == present.SerialNumber && !issued.IsRevoked))
            {
                throw new CertificateException($"'{name}' has a certificate already; 'pki renew {name}' makes a new one beside it, 'pki revoke {name}' takes it back");
            }
        }
    }

    private DateTimeOffset Issue(string name, X509Extension? hosts)
    {
        using var authority = Open();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForEndEntity(critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            name == Collector ? [new Oid(ServerAuthentication), new Oid(ClientAuthentication)] : [new Oid(ClientAuthentication)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        if (hosts is not null)
        {
            request.CertificateExtensions.Add(hosts);
        }

        var now = time.GetUtcNow();
        var end = authority.NotAfter.ToUniversalTime() is var last && last < now + Life ? last : (now + Life).UtcDateTime;
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x3f) | 0x40); // positive and without leading zeros in DER
        using var certificate = request.Create(authority, now - Backdated, end, serial);
        var pem = certificate.ExportCertificatePem() + "\n";
        File.WriteAllText(Path.Combine(Issued, $"{certificate.SerialNumber}.pem"), pem);
        PrivateFile.Write(KeyOf(name), key.ExportPkcs8PrivateKeyPem());
        PrivateFile.Replace(CertificateOf(name), pem);
        return end;
    }

    private X509Certificate2 Open()
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(Authority, AuthorityKey);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CertificateException($"{folder} holds no authority that can be opened ({unreadable.GetType().Name}); make one with 'pki init --folder {folder}'", unreadable);
        }
    }

    private void WriteList(X509Certificate2 authority, CertificateRevocationListBuilder list, BigInteger number)
    {
        // Brokers refuse everybody once a list is out of date, and nobody brings a new one on a schedule here: it is good as long as its authority.
        var der = list.Build(authority, number, authority.NotAfter.ToUniversalTime(), HashAlgorithmName.SHA256);
        PrivateFile.Replace(Revoked, PemEncoding.WriteString("X509 CRL", der) + "\n");
    }
}

/// <param name="Serial">Hexadecimal.</param>
internal sealed record IssuedCertificate(string Name, string Serial, DateTimeOffset Expires, bool IsRevoked);
