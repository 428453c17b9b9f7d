using System.Security.Cryptography.X509Certificates;
using EdgeDcim.Collector.Certificates;
using EdgeDcim.Collector.Configuration;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeDcim.Collector.Tests.Certificates;

/// <summary>The authority of a site: what it issues is believed, what it took back is not, and nothing good is overwritten.</summary>
public sealed class SiteAuthorityTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edgedcim-pki-").FullName;
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly SiteAuthority authority;

    public SiteAuthorityTests()
    {
        authority = new SiteAuthority(Path.Combine(folder, "pki"), time);
        authority.Init("ams-1");
        authority.IssueCollector(["dcim.example.net", "10.0.4.10"]);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void An_agents_certificate_bears_its_name_and_is_believed_until_it_ends()
    {
        var end = authority.IssueAgent("row-a");
        using var shown = Load("row-a");
        Assert.Equal("row-a", shown.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
        Assert.Equal(time.GetUtcNow().AddDays(730), end);
        Assert.Null(Material().Refusal(shown, time.GetUtcNow()));
        Assert.Contains("valid from", Material().Refusal(shown, end.AddMinutes(1)), StringComparison.Ordinal);
        Assert.Contains("valid from", Material().Refusal(shown, time.GetUtcNow().AddHours(-2)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_revoked_certificate_is_not_believed_and_its_name_can_have_a_new_one()
    {
        authority.IssueAgent("row-a");
        authority.IssueAgent("row-b");
        using var stolen = Load("row-a");
        using var other = Load("row-b");
        Assert.Equal(1, authority.Revoke("row-a"));
        Assert.Equal("its certificate is revoked", Material().Refusal(stolen, time.GetUtcNow()));
        Assert.Null(Material().Refusal(other, time.GetUtcNow()));
        authority.IssueAgent("row-a");
        using var fresh = Load("row-a");
        Assert.Null(Material().Refusal(fresh, time.GetUtcNow()));
        Assert.Equal([("collector", false), ("row-a", true), ("row-a", false), ("row-b", false)], authority.List().OrderBy(issued => issued.Name, StringComparer.Ordinal).ThenBy(issued => !issued.IsRevoked).Select(issued => (issued.Name, issued.IsRevoked)));
    }

    [Fact]
    public void Renewal_makes_a_new_key_keeps_the_names_and_leaves_the_old_certificate_good()
    {
        using var old = X509CertificateLoader.LoadCertificateFromFile(authority.CertificateOf("collector"));
        authority.Renew("collector");
        using var renewed = X509CertificateLoader.LoadCertificateFromFile(authority.CertificateOf("collector"));
        Assert.NotEqual(old.GetPublicKeyString(), renewed.GetPublicKeyString());
        var names = renewed.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(["dcim.example.net"], names.EnumerateDnsNames());
        Assert.Equal(["10.0.4.10"], names.EnumerateIPAddresses().Select(address => address.ToString()));
        Assert.Null(Material().Refusal(old, time.GetUtcNow()));
        Assert.Equal(2, authority.Revoke("collector"));
    }

    [Fact]
    public void Nothing_good_is_overwritten()
    {
        authority.IssueAgent("row-a");
        Assert.Contains("pki renew row-a", Assert.Throws<CertificateException>(() => authority.IssueAgent("row-a")).Message, StringComparison.Ordinal);
        Assert.Throws<CertificateException>(() => authority.IssueCollector(["other.example.net"]));
        Assert.Throws<CertificateException>(() => authority.Init("ams-1"));
        Assert.Throws<CertificateException>(() => authority.Renew("row-z"));
        Assert.Throws<CertificateException>(() => authority.Revoke("row-z"));
    }

    [Theory]
    [InlineData("collector")]
    [InlineData("../row-a")]
    [InlineData("a+b")]
    [InlineData(".hidden")]
    [InlineData("")]
    public void A_name_that_cannot_be_an_agents_is_refused(string name) => Assert.Throws<CertificateException>(() => authority.IssueAgent(name));

    [Fact]
    public void Keys_are_for_their_owner_alone_and_one_that_is_not_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("file modes are a Unix notion");
            return;
        }

        authority.IssueAgent("row-a");
        foreach (var key in Directory.EnumerateFiles(authority.Folder, "*.key", SearchOption.AllDirectories))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        }

        File.SetUnixFileMode(authority.KeyOf("collector"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains("chmod 600", Assert.Throws<CertificateException>(Material).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_another_authority_signed_is_refused()
    {
        var other = new SiteAuthority(Path.Combine(folder, "other"), time);
        other.Init("ams-1");
        File.Copy(other.Revoked, authority.Revoked, overwrite: true);
        Assert.Contains("not signed by an authority", Assert.Throws<CertificateException>(Material).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_of_another_authority_is_not_believed()
    {
        var other = new SiteAuthority(Path.Combine(folder, "other"), time);
        other.Init("ams-1");
        other.IssueAgent("row-a");
        using var foreign = X509CertificateLoader.LoadCertificateFromFile(other.CertificateOf("row-a"));
        Assert.Contains("another authority", Material().Refusal(foreign, time.GetUtcNow()), StringComparison.Ordinal);
    }

    private TlsMaterial Material() => TlsMaterial.Load(new TlsConfig(authority.CertificateOf("collector"), authority.KeyOf("collector"), authority.Authority, authority.Revoked));

    private X509Certificate2 Load(string name) => X509CertificateLoader.LoadCertificateFromFile(authority.CertificateOf(name));
}
