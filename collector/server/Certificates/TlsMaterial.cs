using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeDcim.Collector.Configuration;

namespace EdgeDcim.Collector.Certificates;

/// <summary>What a listener shows and whom it believes, as the files said at one instant.</summary>
internal sealed class TlsMaterial
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2"; // RFC 5280, 4.2.1.12
    private readonly X509Certificate2Collection authorities = [];
    private RevocationList? revoked;

    private TlsMaterial(SslStreamCertificateContext shown) => Shown = shown;

    /// <summary>The own certificate with what leads to its authority.</summary>
    public SslStreamCertificateContext Shown { get; }

    /// <summary>Clients are asked for a certificate.</summary>
    public bool HasAuthorities => authorities.Count > 0;

    public DateTimeOffset Expires => Shown.TargetCertificate.NotAfter.ToUniversalTime();

    /// <summary>When the revocation list wants to be renewed; null without a list.</summary>
    public DateTimeOffset? ListExpires => revoked?.NextUpdate;

    /// <exception cref="CertificateException">A file is missing, foreign, readable by everybody or does not fit the others.</exception>
    public static TlsMaterial Load(TlsConfig config)
    {
        RefusePublicKey(config.Key);
        var material = new TlsMaterial(Read(config.Certificate, () => Own(config)));
        if (config.Clients is { } clients)
        {
            Read(clients, () =>
            {
                material.authorities.ImportFromPemFile(clients);
                return 0;
            });
            if (material.authorities.Count == 0)
            {
                throw new CertificateException($"{clients} holds no certificate; write the authority of the clients there in PEM form");
            }
        }

        material.revoked = config.Revoked is { } list ? RevocationList.Load(list, material.authorities) : null;
        return material;
    }

    /// <summary>Why this client's certificate is not believed; null when it is.</summary>
    public string? Refusal(X509Certificate2 client, DateTimeOffset now)
    {
        if (revoked?.Names(client) == true)
        {
            return "its certificate is revoked";
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        if (chain.Build(client))
        {
            return null;
        }

        var faults = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (sum, status) => sum | status.Status);
        return faults switch
        {
            _ when faults.HasFlag(X509ChainStatusFlags.PartialChain) || faults.HasFlag(X509ChainStatusFlags.UntrustedRoot) => "its certificate is of another authority",
            _ when faults.HasFlag(X509ChainStatusFlags.NotTimeValid) => $"its certificate is valid from {client.NotBefore:yyyy-MM-dd} to {client.NotAfter:yyyy-MM-dd}",
            _ when faults.HasFlag(X509ChainStatusFlags.NotValidForUsage) => "its certificate is not made for clients",
            _ => $"its certificate is not valid ({faults})",
        };
    }

    private static SslStreamCertificateContext Own(TlsConfig config)
    {
        using var fromPem = X509Certificate2.CreateFromPemFile(config.Certificate, config.Key);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(config.Certificate);

        // Windows cannot use a key that lives in memory only; the detour through PKCS#12 works everywhere.
        return SslStreamCertificateContext.Create(X509CertificateLoader.LoadPkcs12(fromPem.Export(X509ContentType.Pkcs12), null), chain, offline: true);
    }

    private static void RefusePublicKey(string key)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(key) && (File.GetUnixFileMode(key) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
        {
            throw new CertificateException($"the key {key} is open to everybody; run: chmod 600 {key}");
        }
    }

    private static T Read<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException($"{file} or its key cannot be read ({unreadable.GetType().Name}); make them with 'edgedcim-collector pki', or correct the path", unreadable);
        }
        catch (Exception broken) when (broken is CryptographicException or ArgumentException)
        {
            throw new CertificateException($"{file} is not usable: {broken.Message.ReplaceLineEndings(" ")}; write a certificate and its key in PEM form", broken);
        }
    }
}
