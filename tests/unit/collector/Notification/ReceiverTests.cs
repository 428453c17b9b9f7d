using System.Buffers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;
using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Broker;
using MQTTnet;
using Xunit;

namespace EdgeDcim.Collector.Tests.Notification;

/// <summary>Real receivers that are away for an hour, over a restart of the collector: each gets every word once.</summary>
public sealed class ReceiverTests : IDisposable
{
    private const string EngineId = "80000000050102030405060708090A0B0C";
    private readonly string folder = Directory.CreateTempSubdirectory("edgedcim-notify-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_mail_server_gets_a_mail_for_the_raise_and_one_for_the_end()
    {
        var port = Receiver.FreePort();
        var mails = await AwayForAnHourAsync($"smtp: \"smtp://127.0.0.1:{port}\", from: dcim@example.net, to: [noc@example.net, boss@example.net]", cancel => Receiver.PythonAsync(cancel, "smtp", $"{port}"), receiver => receiver.Received("subject"));
        Assert.Equal("[demo] CRITICAL cdu-1: leak detected", mails[0].GetProperty("subject").GetString());
        Assert.Equal("[demo] CLEARED cdu-1: leak detected", mails[1].GetProperty("subject").GetString());
        Assert.Equal(2, mails[0].GetProperty("to").GetArrayLength());
        Assert.Contains("evidence: leak.detected = leak", mails[0].GetProperty("body").GetString(), StringComparison.Ordinal);
        Assert.Contains(mails[0].GetProperty("key").GetString()!, mails[0].GetProperty("id").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_gets_a_signed_message_that_its_own_hash_agrees_with()
    {
        var port = Receiver.FreePort();
        Environment.SetEnvironmentVariable("EDGEDCIM_TEST_HOOK", "correct horse battery staple");
        var calls = await AwayForAnHourAsync(
            $"webhook: \"http://127.0.0.1:{port}/hook\", secret: \"${{env:EDGEDCIM_TEST_HOOK}}\"", cancel => Receiver.PythonAsync(cancel, "webhook", $"{port}", "correct horse battery staple"), receiver => receiver.Received("signed"));
        Assert.All(calls, call => Assert.True(call.GetProperty("signed").GetBoolean()));
        Assert.Equal(["raised", "cleared"], calls.Select(call => call.GetProperty("body").GetProperty("events")[0].GetProperty("event").GetString()!));
        Assert.Equal(2, calls.Select(call => call.GetProperty("key").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task A_syslog_server_gets_lines_of_RFC_5424_by_octet_count()
    {
        var port = Receiver.FreePort();
        var lines = await AwayForAnHourAsync($"syslog: \"tcp://127.0.0.1:{port}\"", cancel => Receiver.PythonAsync(cancel, "syslog", $"{port}"), receiver => receiver.Received("line"));
        Assert.Matches("^<130>1 2026-03-02T12:0\\d:\\d\\d\\.\\d{3}Z demo edgedcim-collector - raised \\[edgedcim@0 key=\"[0-9a-f]{32}\" id=\"[0-9a-f]{12}\" device=\"cdu-1\" cause=\"leak\" priority=\"critical\"\\] CRITICAL cdu-1: leak detected", lines[0].GetProperty("line").GetString());
        Assert.StartsWith("<133>1 ", lines[1].GetProperty("line").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_syslog_server_over_TLS_gets_its_lines_when_its_authority_vouches_for_it()
    {
        var port = Receiver.FreePort();
        var (authority, certificate, key) = Certify();
        var lines = await AwayForAnHourAsync(
            $"syslog: \"tls://127.0.0.1:{port}\", ca: \"{authority}\"", cancel => Receiver.PythonAsync(cancel, "syslog", $"{port}", certificate, key), receiver => receiver.Received("line"));
        Assert.StartsWith("<130>1 2026-03-02T12:0", lines[0].GetProperty("line").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("<133>1 ", lines[1].GetProperty("line").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_syslog_server_that_another_authority_vouches_for_is_told_nothing()
    {
        var port = Receiver.FreePort();
        var (_, certificate, key) = Certify();
        var (other, _, _) = Certify();
        using var store = AlarmStore.Open(Path.Combine(folder, "alarms.db"));
        await using var site = new NotifySite(Yaml($"syslog: \"tls://127.0.0.1:{port}\", ca: \"{other}\""), store);
        await using var receiver = await Receiver.PythonAsync(Cancel, "syslog", $"{port}", certificate, key);
        await LeakAsync(site);
        await site.RunAsync(60, Cancel);
        Assert.Empty(receiver.Received("line"));
        Assert.Equal(1, store.Waiting("there"));
    }

    [Fact]
    public async Task Alertmanager_receives_and_resolves()
    {
        Receiver.Require("prometheus-alertmanager");
        var port = Receiver.FreePort();
        var config = Path.Combine(folder, "am.yml");
        await File.WriteAllTextAsync(config, "route: { receiver: none }\nreceivers: [ { name: none } ]\n", Cancel);
        var yaml = Yaml($"alertmanager: \"http://127.0.0.1:{port}\"");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using var store = AlarmStore.Open(Path.Combine(folder, "alarms.db"));

        // Alertmanager has its own clock, and this site runs faster than it: it begins so far back that its end of the alarm is not in the future of Alertmanager.
        await using var site = new NotifySite(yaml, store, null, new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow().AddSeconds(-13 - 3580 - 480)));
        await LeakAsync(site);
        await site.RunAsync(3580, Cancel);
        await using var alertmanager = await Receiver.StartAsync(
            "/usr/bin/prometheus-alertmanager",
            [$"--config.file={config}", $"--storage.path={folder}/am", $"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="],
            receiver => receiver.Lines.Any(line => line.Contains("Listening", StringComparison.Ordinal)), Cancel);
        JsonElement[] found = [];
        await site.UntilAsync(() => (found = Alerts(http)).Length == 1, Cancel);
        Assert.Equal(("leak", "critical", "cdu-1", "demo"), (Label(found[0], "alertname"), Label(found[0], "severity"), Label(found[0], "device"), Label(found[0], "site")));
        Assert.Equal("leak detected", found[0].GetProperty("annotations").GetProperty("summary").GetString());
        site.Site.Say("cdu-1/leak.detected", "dry");
        await site.UntilAsync(() => Alerts(http).Length == 0, Cancel);
        Assert.Equal(0, store.Waiting("there"));
    }

    [Theory]
    [InlineData("snmp: \"snmp://127.0.0.1:PORT\", community: noc", false)]
    [InlineData("snmp: \"snmp://127.0.0.1:PORT\", user: dcim, auth_password: \"the first password\", priv_password: \"the second password\"", false)]
    [InlineData("snmp: \"snmp://127.0.0.1:PORT\", community: noc, inform: true", true)]
    [InlineData("snmp: \"snmp://127.0.0.1:PORT\", user: dcim, auth_password: \"the first password\", priv_password: \"the second password\", inform: true, timeout: 900ms", true)]
    public async Task Snmptrapd_receives_traps_and_confirms_informs(string channel, bool survivesAbsence)
    {
        Receiver.Require("snmptrapd");
        var port = FreeUdp();
        var config = Path.Combine(folder, "trapd.conf");
        await File.WriteAllTextAsync(
            config,
            $"""
            authCommunity log noc
            authUser log dcim priv
            createUser -e 0x{EngineId} dcim SHA-256 "the first password" AES "the second password"
            createUser dcim SHA-256 "the first password" AES "the second password"
            outputOption n
            """, Cancel);
        Task<Receiver> StartAsync(CancellationToken cancel) => Receiver.StartAsync(
            "/usr/sbin/snmptrapd", ["-f", "-Lo", "-C", "-c", config, "-On", "--persistentDir=" + folder, $"udp:127.0.0.1:{port}"],
            receiver => receiver.Lines.Any(line => line.Contains("NET-SNMP version", StringComparison.Ordinal)), cancel);
        using var store = AlarmStore.Open(Path.Combine(folder, "alarms.db"));
        store.SetValue("snmp-engine", EngineId);
        await using var site = new NotifySite(Yaml(channel.Replace("PORT", $"{port}", StringComparison.Ordinal)), store);
        Receiver? station = survivesAbsence ? null : await StartAsync(Cancel);
        await LeakAsync(site);
        if (survivesAbsence)
        {
            await site.RunAsync(3600, Cancel);
            Assert.Equal(1, store.Waiting("there"));
        }

        await using var trapd = station ?? await StartAsync(Cancel);
        IReadOnlyList<string> Traps(string number) => [.. trapd.Lines.Where(line => line.Contains($".1.3.6.1.4.1.8072.9999.9999.1.0.{number}", StringComparison.Ordinal))];
        await site.UntilAsync(() => Traps("1").Count > 0, Cancel);
        Assert.Contains("STRING: \"leak detected\"", Traps("1")[0], StringComparison.Ordinal);
        Assert.Contains(".1.3.6.1.4.1.8072.9999.9999.1.1.6.0 = INTEGER: 4", Traps("1")[0], StringComparison.Ordinal);
        site.Site.Say("cdu-1/leak.detected", "dry");
        await site.UntilAsync(() => Traps("2").Count > 0 && store.Waiting("there") == 0, Cancel);

        // An inform whose confirmation comes late is sent again (RFC 3416 section 4.2.7); the key tells the station that it is the same.
        Assert.Single(Traps("1").Select(Key).Distinct());
        Assert.Single(Traps("2").Select(Key).Distinct());
        if (!survivesAbsence)
        {
            Assert.Single(Traps("1"));
            Assert.Single(Traps("2"));
        }
    }

    [Fact]
    public async Task A_broker_that_was_away_for_an_hour_gets_one_message_for_the_raise_and_one_for_the_end()
    {
        await using var broker = new AwayBroker();
        using var store = AlarmStore.Open(Path.Combine(folder, "alarms.db"));
        await using var site = new NotifySite(Yaml("mqtt: \"noc/alarms\""), store, link: broker);
        await LeakAsync(site);
        await site.RunAsync(3600, Cancel);
        Assert.Equal(1, store.Waiting("there"));

        broker.IsThere = true;
        await site.UntilAsync(() => broker.Taken.Count > 0, Cancel);
        site.Site.Say("cdu-1/leak.detected", "dry");
        await site.UntilAsync(() => broker.Taken.Count > 1, Cancel);
        await site.RunAsync(600, Cancel);
        Assert.Equal(["raised", "cleared"], broker.Taken.Select(message => message.GetProperty("events")[0].GetProperty("event").GetString()!));
        Assert.Equal(0, store.Waiting("there"));
    }

    [Fact]
    public async Task What_a_receiver_took_just_before_a_crash_comes_again_under_the_same_key()
    {
        var port = Receiver.FreePort();
        Environment.SetEnvironmentVariable("EDGEDCIM_TEST_HOOK", "correct horse battery staple");
        var yaml = Yaml($"webhook: \"http://127.0.0.1:{port}/hook\", secret: \"${{env:EDGEDCIM_TEST_HOOK}}\"");
        var (file, image) = (Path.Combine(folder, "alarms.db"), Path.Combine(folder, "image.db"));
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(Alarms.AlarmSite.Start));
        using (var store = AlarmStore.Open(file))
        {
            await using var site = new NotifySite(yaml, store, null, time);
            await LeakAsync(site);
        }

        // The disk as the crash leaves it: the receiver has the message, and the outbox does not know yet.
        File.Copy(file, image);
        await using var receiver = await Receiver.PythonAsync(Cancel, "webhook", $"{port}", "correct horse battery staple");
        foreach (var (disk, calls) in (IReadOnlyList<(string, int)>)[(file, 1), (image, 2)])
        {
            using var store = AlarmStore.Open(disk);
            await using var site = new NotifySite(yaml, store, null, time);
            site.Site.Say("cdu-1/leak.detected", "leak");
            await site.UntilAsync(() => receiver.Received("signed").Count == calls && store.Waiting("there") == 0, Cancel);
        }

        Assert.Single(receiver.Received("signed").Select(call => call.GetProperty("key").GetString()).Distinct());
    }

    /// <summary>An authority and a server's certificate and key by it, as PEM files.</summary>
    private (string Authority, string Certificate, string Key) Certify()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = new CertificateRequest("CN=authority", rootKey, HashAlgorithmName.SHA256);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var authority = root.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=log", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, now.AddDays(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        var place = Directory.CreateDirectory(Path.Combine(folder, Guid.NewGuid().ToString("N"))).FullName;
        var files = (Path.Combine(place, "ca.pem"), Path.Combine(place, "log.pem"), Path.Combine(place, "log.key"));
        File.WriteAllText(files.Item1, authority.ExportCertificatePem());
        File.WriteAllText(files.Item2, certificate.ExportCertificatePem());
        File.WriteAllText(files.Item3, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    /// <summary>The leak comes while nobody listens; after an hour and a restart the receiver is there; then the leak ends.</summary>
    private async Task<IReadOnlyList<JsonElement>> AwayForAnHourAsync(string channel, Func<CancellationToken, Task<Receiver>> start, Func<Receiver, IReadOnlyList<JsonElement>> received)
    {
        var file = Path.Combine(folder, "alarms.db");
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(Alarms.AlarmSite.Start));
        using (var store = AlarmStore.Open(file))
        {
            await using var site = new NotifySite(Yaml(channel), store, null, time);
            await LeakAsync(site);
            await site.RunAsync(1800, Cancel);
            Assert.Equal(1, store.Waiting("there"));
        }

        using var again = AlarmStore.Open(file);
        await using var after = new NotifySite(Yaml(channel), again, null, time);
        after.Site.Say("cdu-1/leak.detected", "leak");
        await after.RunAsync(1800, Cancel);
        await using var receiver = await start(Cancel);
        await after.UntilAsync(() => received(receiver).Count > 0, Cancel);
        await after.RunAsync(600, Cancel);
        after.Site.Say("cdu-1/leak.detected", "dry");
        await after.UntilAsync(() => received(receiver).Count > 1, Cancel);
        await after.RunAsync(600, Cancel);
        Assert.Equal(2, received(receiver).Count);
        Assert.Equal(0, again.Waiting("there"));
        return received(receiver);
    }

    private static async Task LeakAsync(NotifySite site)
    {
        site.Site.Say("cdu-1/leak.detected", "dry");
        await site.RunAsync(3, Cancel);
        site.Site.Say("cdu-1/leak.detected", "leak");
        await site.RunAsync(10, Cancel);
        Assert.Equal("leak", Assert.Single(site.Site.Shown).Cause);
    }

    private static string Yaml(string channel) => $"notify: {{ channels: {{ there: {{ {channel} }} }}, routes: {{ all: {{ channels: there }} }} }}";

    private static JsonElement[] Alerts(HttpClient http)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v2/alerts?active=true");
        using var answer = http.Send(request, Cancel);
        using var json = JsonDocument.Parse(answer.Content.ReadAsStream(Cancel));
        return [.. json.RootElement.EnumerateArray().Select(alert => alert.Clone())];
    }

    /// <summary>A link whose broker is away until the test says that it is there.</summary>
    private sealed class AwayBroker : BrokerLink
    {
        public bool IsThere { get; set; }

        public List<JsonElement> Taken { get; } = [];

        public override bool IsConnected => IsThere;

        public override Task StartAsync(CancellationToken cancel) => Task.CompletedTask;

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        protected override Task<bool> SendAsync(MqttApplicationMessage message, CancellationToken cancel)
        {
            if (IsThere)
            {
                Taken.Add(JsonElement.Parse(message.Payload.ToArray()));
            }

            return Task.FromResult(IsThere);
        }
    }

    private static string? Label(JsonElement alert, string name) => alert.GetProperty("labels").GetProperty(name).GetString();

    private static string Key(string trap) => Regex.Match(trap, "\\.1\\.1\\.9\\.0 = STRING: \"([0-9a-f]{32})\"").Groups[1].Value;

    private static int FreeUdp()
    {
        using var socket = new System.Net.Sockets.UdpClient(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        return ((System.Net.IPEndPoint)socket.Client.LocalEndPoint!).Port;
    }
}
