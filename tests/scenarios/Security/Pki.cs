using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Security;

/// <summary>The certificates of a site as <c>edgedcim-collector pki</c> makes them, and forged ones beside them.</summary>
internal sealed class Pki(string folder)
{
    public string Folder => folder;

    public string Authority => Path.Combine(folder, "ca.pem");

    public string Revoked => Path.Combine(folder, "crl.pem");

    public string Certificate(string name) => Path.Combine(folder, "agents", name + ".pem");

    public string Key(string name) => Path.Combine(folder, "agents", name + ".key");

    public static async Task<Pki> CreateAsync(string folder, CancellationToken cancel, params string[] agents)
    {
        var pki = new Pki(folder);
        await pki.RunAsync(cancel, "init", "--site", "ams-1");
        await pki.RunAsync(cancel, "collector", "--host", "127.0.0.1", "--host", "localhost");
        foreach (var agent in agents)
        {
            await pki.RunAsync(cancel, "agent", agent);
        }

        return pki;
    }

    public async Task<string> RunAsync(CancellationToken cancel, params string[] arguments)
    {
        var (code, output) = await OtherProcess.RunAsync(Repository.Collector, ["pki", .. arguments, "--folder", folder], cancel);
        Assert.True(code == 0, output);
        return output;
    }

    public X509Certificate2 Load(string agent) => Usable(X509Certificate2.CreateFromPemFile(Certificate(agent), Key(agent)));

    /// <summary>A certificate of that name whose life is over, really signed by the site's authority.</summary>
    public X509Certificate2 Expired(string name)
    {
        using var authority = X509Certificate2.CreateFromPemFile(Authority, Path.Combine(folder, "ca.key"));
        var end = authority.NotBefore.AddMinutes(5);
        return Sign(name, authority, authority.NotBefore, end);
    }

    /// <summary>A certificate of that name from an authority that calls itself like the site's.</summary>
    public X509Certificate2 OfAnotherAuthority(string name)
    {
        using var real = X509CertificateLoader.LoadCertificateFromFile(Authority);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(real.SubjectName, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority());
        using var forger = request.CreateSelfSigned(real.NotBefore, real.NotAfter);
        return Sign(name, forger, real.NotBefore, real.NotBefore.AddDays(30));
    }

    private static X509Certificate2 Sign(string name, X509Certificate2 authority, DateTime from, DateTime end)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        using var signed = request.Create(authority, from, end, RandomNumberGenerator.GetBytes(8));
        return Usable(signed.CopyWithPrivateKey(key));
    }

    private static X509Certificate2 Usable(X509Certificate2 fromMemory)
    {
        using (fromMemory)
        {
            return X509CertificateLoader.LoadPkcs12(fromMemory.Export(X509ContentType.Pkcs12), null);
        }
    }
}
