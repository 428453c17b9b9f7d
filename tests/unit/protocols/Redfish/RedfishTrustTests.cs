using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeDcim.Protocols.Redfish;

namespace EdgeDcim.Protocols.Tests.Redfish;

/// <summary>Which certificate is the right one: the pinned, or one that one's own authority signed; the refusal says how to pin it.</summary>
public sealed class RedfishTrustTests
{
    [Fact]
    public async Task A_pinned_certificate_is_accepted_however_the_pin_is_written()
    {
        using var certificate = SelfSigned("CN=somebody");
        var pin = string.Join(':', Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)).Chunk(2).Select(pair => new string(pair)));

        Assert.Null(await ReadAsync(certificate, new RedfishOptions { Service = new Uri("https://x"), Fingerprint = pin }));
    }

    [Fact]
    public async Task Another_certificate_than_the_pinned_is_refused()
    {
        using var certificate = SelfSigned("CN=somebody");

        var fault = await ReadAsync(certificate, new RedfishOptions { Service = new Uri("https://x"), Fingerprint = new string('A', 64) });

        Assert.Equal(RedfishFault.Untrusted, fault!.Fault);
        Assert.Contains(new string('A', 64), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused_with_its_fingerprint()
    {
        using var certificate = SelfSigned("CN=somebody");

        var fault = await ReadAsync(certificate, new RedfishOptions { Service = new Uri("https://x") });

        Assert.Equal(RedfishFault.Untrusted, fault!.Fault);
        Assert.Contains(Convert.ToHexString(SHA256.HashData(certificate.RawData)), fault.Message, StringComparison.Ordinal);
        Assert.Contains("fingerprint", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.9.9.9", false)]
    public async Task An_authority_of_ones_own_vouches_for_the_name_that_was_asked(string name, bool expected)
    {
        using var authority = SelfSigned("CN=Own CA", isAuthority: true);
        using var certificate = Signed(authority, name);

        var fault = await ReadAsync(certificate, new RedfishOptions { Service = new Uri("https://x"), Authorities = [authority] });

        Assert.Equal(expected, fault is null);
        Assert.True(fault is null or { Fault: RedfishFault.Untrusted });
    }

    private static async Task<RedfishException?> ReadAsync(X509Certificate2 certificate, RedfishOptions trust)
    {
        await using var service = new ScriptedService(
            async (_, stream, cancel) => await stream.WriteAsync(Encoding.UTF8.GetBytes(ScriptedService.Reply(200, "{}")), cancel), certificate);
        await using var client = new RedfishClient(
            new RedfishOptions { Service = service.Address, Fingerprint = trust.Fingerprint, Authorities = trust.Authorities }, TimeProvider.System);
        try
        {
            await client.GetAsync(RedfishUri.Root, null, TestContext.Current.CancellationToken);
            return null;
        }
        catch (RedfishException fault)
        {
            return fault;
        }
    }

    private static X509Certificate2 SelfSigned(string subject, bool isAuthority = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        return Portable(request.CreateSelfSigned(Year(2020), Year(2060)));
    }

    private static X509Certificate2 Signed(X509Certificate2 authority, string address)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=bmc", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(authority, Year(2021), Year(2059), [1, 2, 3]);
        return Portable(signed.CopyWithPrivateKey(key));
    }

    private static DateTimeOffset Year(int year) => new(year, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>With its key in a form that TLS takes on every system.</summary>
    private static X509Certificate2 Portable(X509Certificate2 certificate)
    {
        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        }
    }
}
