using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Security;

/// <summary>Who gets in: only a certificate of the site's authority that is in its time and not revoked.</summary>
[Collection(nameof(SecuredCollector))]
public sealed class CertificateAttacks(SecuredCollector collector)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_certificate_of_another_authority_that_bears_the_same_names_is_turned_away()
    {
        using var forged = collector.Pki.OfAnotherAuthority("honest");
        await TurnedAwayAsync(() => collector.LetsInAsync(forged, Cancel));
    }

    [Fact]
    public async Task A_certificate_whose_time_is_over_is_turned_away()
    {
        using var expired = collector.Pki.Expired("honest");
        await TurnedAwayAsync(() => collector.LetsInAsync(expired, Cancel));
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_turned_away() => await TurnedAwayAsync(() => collector.LetsInAsync(null, Cancel));

    [Fact]
    public async Task Plain_MQTT_on_the_TLS_port_is_turned_away()
    {
        await TurnedAwayAsync(async () =>
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, collector.Port, Cancel);
            var stream = socket.GetStream();
            await stream.WriteAsync(RawMqtt.Connect("plain"), Cancel);
            return (await RawMqtt.ReadToEndAsync(stream, Cancel)).AsSpan().IndexOf((byte)0x20) == 0;
        });
    }

    [Fact]
    public async Task A_revoked_certificate_loses_its_connection_within_seconds_and_does_not_come_back()
    {
        using var thief = await collector.ConnectAsync("stolen", Cancel);
        using var stolen = collector.Pki.Load("stolen");
        Assert.True(thief.IsConnected);
        await collector.Pki.RunAsync(Cancel, "revoke", "stolen");
        await Eventually.TrueAsync(() => Task.FromResult(!thief.IsConnected), "the connection of the revoked certificate ends", TimeSpan.FromSeconds(60), Cancel);
        await TurnedAwayAsync(() => collector.LetsInAsync(stolen, Cancel));
        await Eventually.TrueAsync(() => Task.FromResult(collector.Output.Contains("are in force", StringComparison.Ordinal)), "the log tells of it", TimeSpan.FromSeconds(30), Cancel);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Both_versions_of_TLS_are_spoken(SslProtocols version)
    {
        await using var secure = await collector.OpenAsync("honest", Cancel, version);
        Assert.Equal(version, secure.SslProtocol);
        await secure.WriteAsync(RawMqtt.Connect($"tls-{version}"), Cancel);
        var answer = new byte[4];
        await secure.ReadExactlyAsync(answer, Cancel);
        Assert.Equal([0x20, 0x02, 0x00, 0x00], answer);
    }

    [Fact]
    public async Task A_renewed_certificate_of_the_collector_is_shown_without_a_restart_and_disconnects_nobody()
    {
        var before = await ShownAsync();
        await collector.Pki.RunAsync(Cancel, "renew", "collector");
        await Eventually.TrueAsync(async () => await ShownAsync() != before, "broker and web server show another certificate", TimeSpan.FromSeconds(60), Cancel);
        using var written = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(collector.Pki.Folder, "collector.pem"));
        await Eventually.TrueAsync(
            async () => await ShownAsync() == (written.SerialNumber, written.SerialNumber), "both show the new one", TimeSpan.FromSeconds(60), Cancel);
        await collector.HarmsNobodyAsync(Cancel);
    }

    /// <summary>The serial numbers of the certificates that broker and web server show to somebody who connects now.</summary>
    private async Task<(string Broker, string Web)> ShownAsync()
    {
        await using var broker = await collector.OpenAsync("honest", Cancel);
        await using var web = await collector.OpenAsync("honest", Cancel, port: collector.SecureWebPort);
        return (Serial(broker), Serial(web));

        static string Serial(SslStream shown) => ((X509Certificate2)shown.RemoteCertificate!).SerialNumber;
    }

    private async Task TurnedAwayAsync(Func<Task<bool>> attack)
    {
        var before = await collector.CutOffAsync("tls", Cancel);
        Assert.False(await attack());
        await collector.CountsAsync("tls", before, Cancel);
        await collector.HarmsNobodyAsync(Cancel);
    }
}
