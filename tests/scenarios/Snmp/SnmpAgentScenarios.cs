using System.Globalization;
using System.Net;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Snmp;

/// <summary>The agent as a process: snmpd polled over SNMPv3, net-snmp's senders of traps and informs, and what arrives at a broker.</summary>
public sealed class SnmpAgentScenarios
{
    private const string AuthenticationPassword = "the first password";
    private const string PrivacyPassword = "the second password";
    private const string Ups = "1.3.6.1.2.1.33";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A UPS after RFC 1628, as snmpd's configuration can play it: scalars and one output line.</summary>
    private const string UpsObjects =
        $"""
        override {Ups}.1.1.1.0 octet_str "Acme"
        override {Ups}.1.2.1.0 integer 2
        override {Ups}.1.2.3.0 integer 30
        override {Ups}.1.2.4.0 integer 97
        override {Ups}.1.4.1.0 integer 3
        override {Ups}.1.4.4.1.2.1 integer 230
        override {Ups}.1.4.4.1.4.1 integer 1500
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Dictionary<string, string> Secrets => new()
    {
        ["EDGEDCIM_AUTH_PASSWORD"] = AuthenticationPassword,
        ["EDGEDCIM_PRIV_PASSWORD"] = PrivacyPassword,
    };

    [Theory]
    [InlineData("sha1", "SHA", "des", "DES")]
    [InlineData("sha256", "SHA-256", "aes128", "AES")]
    [InlineData("sha384", "SHA-384", "aes192", "AES-192")]
    [InlineData("sha512", "SHA-512", "aes256", "AES-256")]
    public async Task Read_over_SNMPv3_identifies_and_prints_what_snmpd_holds(string auth, string theirAuth, string priv, string theirPriv)
    {
        using var folder = new ScratchFolder();
        var (snmpd, endPoint) = await SnmpPeers.SnmpdAsync(folder, $"{UpsObjects}\n{CreateUser("edge", theirAuth, theirPriv)}", null, Cancel);
        await using var running = snmpd;

        var (exit, output) = await OtherProcess.RunAsync(
            Repository.Agent, ["read", "--profile", "auto", "--at", $"snmp://{endPoint}?version=3&user=edge&auth={auth}&priv={priv}"], Cancel, folder, Secrets);

        Assert.True(exit == 0, output);
        Assert.Contains("profile rfc1628", output, StringComparison.Ordinal);
        Assert.Matches(@"power\.active\.output +L1 +1500 +W +good", output);
        Assert.Matches(@"battery\.charge +- +97 +% +good", output);
        Assert.Matches(@"battery\.runtime +- +1800 +s +good", output);

        var (refused, why) = await OtherProcess.RunAsync(
            Repository.Agent, ["read", "--profile", "auto", "--at", $"snmp://{endPoint}?version=3&user=edge&auth={auth}&priv={priv}"], Cancel, folder,
            new Dictionary<string, string> { ["EDGEDCIM_AUTH_PASSWORD"] = "not the password", ["EDGEDCIM_PRIV_PASSWORD"] = PrivacyPassword });
        Assert.Equal(1, refused);
        Assert.Contains("refuses the authentication of the user 'edge': check the password", why, StringComparison.Ordinal);
        Assert.DoesNotContain("not the password", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Traps_and_informs_of_every_version_become_readings_and_events_of_the_device_that_sent_them()
    {
        Peers.Require("snmptrap");
        using var folder = new ScratchFolder();
        const string engine = "0x80001f8804aabbccdd";
        var (upsAgent, upsAt) = await SnmpPeers.SnmpdAsync(folder, $"exactEngineID {engine}\n{UpsObjects}\n{CreateUser("edge", "SHA-256", "AES")}", null, Cancel);
        await using var runningUps = upsAgent;
        var (secondAgent, secondAt) = await SnmpPeers.SnmpdAsync(folder, UpsObjects + "\nrocommunity second 127.0.0.1", null, Cancel);
        await using var runningSecond = secondAgent;
        var (broker, brokerPort) = await Peers.MosquittoAsync(folder, Cancel);
        await using var runningBroker = broker;
        var trapPort = Ports.FreeUdp();
        await File.WriteAllTextAsync(
            folder.File("agent.yaml"),
            $$"""
            site: demo
            agent: gateway
            primary_host: none
            broker: { url: "mqtt://127.0.0.1:{{brokerPort}}" }
            poll: { fast: 30s, normal: 30s, slow: 30s }
            journal: { path: journal.db }
            traps: { listen: "127.0.0.1:{{trapPort}}" }
            devices:
              ups-a: { profile: rfc1628, at: "snmp://{{upsAt}}?version=3&user=edge&auth=sha256&priv=aes128", auth_password: "${env:EDGEDCIM_AUTH_PASSWORD}", priv_password: "${env:EDGEDCIM_PRIV_PASSWORD}" }
              ups-b: { profile: rfc1628, at: "snmp://{{secondAt}}", community: second }
            """,
            Cancel);
        await using var tail = OtherProcess.Start(Repository.Agent, ["tail", "--broker", $"mqtt://127.0.0.1:{brokerPort}"], folder);
        await SaysAsync(tail, "Listening to", 1);
        await using var agent = OtherProcess.Start(Repository.Agent, ["run", "-c", folder.File("agent.yaml")], folder, Secrets);
        await SaysAsync(agent, "is online", 2);
        await SaysAsync(tail, "gateway/ups-a/battery.charge  97 %", 1);

        string[] v3 = ["-v3", "-u", "edge", "-l", "authPriv", "-a", "SHA-256", "-A", AuthenticationPassword, "-x", "AES", "-X", PrivacyPassword];
        await SendAsync("snmptrap", ["-v1", "-c", "second"], $"{Ups}.2", "127.0.0.1", "6", "1", "4200", $"{Ups}.1.2.4.0", "i", "51");
        await SaysAsync(tail, "gateway/ups-b/battery.charge  51 %", 1);
        await SendAsync("snmptrap", ["-v2c", "-c", "second"], "4200", $"{Ups}.2.0.3", $"{Ups}.1.2.3.0", "i", "7", $"{Ups}.1.4.4.1.4.1", "i", "1234");
        await SaysAsync(tail, "gateway/ups-b/battery.runtime  420 s", 1);
        await SaysAsync(tail, "gateway/ups-b/power.active.output/L1  1234 W", 1);
        await SendAsync("snmptrap", [.. v3, "-e", engine], "4200", $"{Ups}.2.0.1", $"{Ups}.1.2.4.0", "i", "52");
        await SaysAsync(tail, "gateway/ups-a/battery.charge  52 %", 1);

        // snmpinform ends with 0 only when it was confirmed.
        await SendAsync("snmpinform", ["-v2c", "-c", "second", "-t", "5", "-r", "1"], "4200", $"{Ups}.2.0.3", $"{Ups}.1.2.4.0", "i", "53");
        await SaysAsync(tail, "gateway/ups-b/battery.charge  53 %", 1);
        await SendAsync("snmpinform", [.. v3, "-t", "5", "-r", "1"], "4200", $"{Ups}.2.0.1", $"{Ups}.1.2.4.0", "i", "54");
        await SaysAsync(tail, "gateway/ups-a/battery.charge  54 %", 1);

        await SaysAsync(tail, $"gateway/ups-b/device.traps/{Ups}.2.0.1  1", 1);
        await SaysAsync(tail, $"gateway/ups-b/device.traps/{Ups}.2.0.3  2", 1);
        await SaysAsync(tail, $"gateway/ups-a/device.traps/{Ups}.2.0.1  2", 1);

        // The poll that each trap asks for brings the value back to what the device holds, although the next slot is far away.
        await SaysAsync(tail, "gateway/ups-a/battery.charge  97 %", 2);
        await SaysAsync(tail, "gateway/ups-b/battery.charge  97 %", 2);

        var (exit, _) = await OtherProcess.RunAsync("snmpinform", ["-v2c", "-c", "third", "-m", "", "-t", "1", "-r", "0", Receiver(), "1", $"{Ups}.2.0.1"], Cancel);
        Assert.NotEqual(0, exit);
        Assert.DoesNotContain("crit:", agent.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("password", agent.Output, StringComparison.Ordinal);

        string Receiver() => new IPEndPoint(IPAddress.Loopback, trapPort).ToString();

        async Task SendAsync(string tool, string[] options, params string[] what)
        {
            var (code, output) = await OtherProcess.RunAsync(tool, [.. options, "-m", "", Receiver(), .. what], Cancel);
            Assert.True(code == 0, output);
        }
    }

    private static string CreateUser(string name, string auth, string priv) =>
        string.Create(CultureInfo.InvariantCulture, $"createUser {name} {auth} \"{AuthenticationPassword}\" {priv} \"{PrivacyPassword}\"\nrouser {name} priv");

    private static Task SaysAsync(OtherProcess process, string words, int times) => Eventually.TrueAsync(
        () => process.HasExited
            ? throw new TimeoutException(process.Output)
            : Task.FromResult(process.Output.Split(words).Length > times),
        $"'{words}' {times} times in\n{string.Join('\n', process.Output.Split('\n').TakeLast(40))}\n",
        Patience,
        Cancel);
}
