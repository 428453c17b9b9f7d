using System.Net;
using EdgeDcim.Protocols.Snmp;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Snmp;

/// <summary>net-snmp's snmptrap and snmpinform as senders, in every version.</summary>
public sealed class SnmpTrapScenarios
{
    private const string AuthenticationPassword = "the first password";
    private const string PrivacyPassword = "the second password";
    private const string SenderEngine = "8000000001020304";

    private static readonly SnmpUser Signed = new("signed", SnmpAuthentication.Sha256, AuthenticationPassword);
    private static readonly SnmpUser Full = new("full", SnmpAuthentication.Sha1, AuthenticationPassword, SnmpPrivacy.Aes128, PrivacyPassword);
    private static readonly SnmpUser Old = new("old", SnmpAuthentication.Md5, AuthenticationPassword, SnmpPrivacy.Des, PrivacyPassword);
    private static readonly SnmpUser Open = new("open");

    private static readonly string[] OnBattery = ["4200", "1.3.6.1.4.1.318.0.5", "1.3.6.1.4.1.318.2.3.3.0", "s", "on battery"];

    [Fact]
    public async Task Traps_and_informs_of_every_version_arrive_and_informs_are_confirmed()
    {
        Peers.Require("snmptrap");
        await using var listener = Listen();
        await using var notifications = listener.ReadAllAsync(Cancel).GetAsyncEnumerator(Cancel);

        await SendAsync("snmptrap", listener, ["-v1", "-c", "public"], "1.3.6.1.4.1.318", "192.0.2.7", "6", "5", "4200", "1.3.6.1.4.1.318.2.3.3.0", "s", "on battery");
        var v1 = await NextAsync(notifications);
        Assert.Equal((SnmpVersion.V1, IPAddress.Parse("192.0.2.7")), (v1.Version, v1.AgentAddress));

        (string[] Options, string? User)[] senders =
        [
            (["-v2c", "-c", "public"], null),
            (["-v3", "-l", "noAuthNoPriv", "-u", "open"], "open"),
            (["-v3", "-l", "authNoPriv", "-u", "signed", "-a", "SHA-256", "-A", AuthenticationPassword], "signed"),
            (["-v3", "-l", "authPriv", "-u", "full", "-a", "SHA", "-A", AuthenticationPassword, "-x", "AES", "-X", PrivacyPassword], "full"),
            (["-v3", "-l", "authPriv", "-u", "old", "-a", "MD5", "-A", AuthenticationPassword, "-x", "DES", "-X", PrivacyPassword], "old"),
        ];
        foreach (var (options, user) in senders)
        {
            string[] engine = user is null ? [] : ["-e", SenderEngine];
            await SendAsync("snmptrap", listener, [.. options, .. engine], OnBattery);
            var trap = await NextAsync(notifications);
            Assert.Equal((user, false), (trap.User, trap.IsInform));

            // snmpinform ends with 0 only when it was confirmed.
            await SendAsync("snmpinform", listener, [.. options, "-t", "5", "-r", "1"], OnBattery);
            var inform = await NextAsync(notifications);
            Assert.Equal((user, true, true), (inform.User, inform.IsInform, inform.IsTimely));
        }

        Assert.Equal((11, 0, 0), (listener.Received, listener.Dropped, listener.Garbage));
    }

    [Fact]
    public async Task Devices_that_share_a_user_name_with_different_passwords_are_both_believed()
    {
        Peers.Require("snmptrap");
        await using var listener = new SnmpTrapListener(
            new SnmpTrapListenerOptions
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                Users = [new SnmpUser("edge", SnmpAuthentication.Sha256, "the other password"), new SnmpUser("edge", SnmpAuthentication.Sha256, AuthenticationPassword), new SnmpUser("edge", SnmpAuthentication.Sha1, AuthenticationPassword, SnmpPrivacy.Aes128, PrivacyPassword)],
            },
            TimeProvider.System);
        await using var notifications = listener.ReadAllAsync(Cancel).GetAsyncEnumerator(Cancel);
        string[][] senders =
        [
            ["-v3", "-l", "authNoPriv", "-u", "edge", "-a", "SHA-256", "-A", AuthenticationPassword],
            ["-v3", "-l", "authNoPriv", "-u", "edge", "-a", "SHA-256", "-A", "the other password"],
            ["-v3", "-l", "authPriv", "-u", "edge", "-a", "SHA", "-A", AuthenticationPassword, "-x", "AES", "-X", PrivacyPassword],
        ];
        foreach (var options in senders)
        {
            await SendAsync("snmptrap", listener, [.. options, "-e", SenderEngine], OnBattery);
            Assert.Equal(SenderEngine, Convert.ToHexString((await NextAsync(notifications)).EngineId.Span));
            await SendAsync("snmpinform", listener, [.. options, "-t", "5", "-r", "0"], OnBattery);
            Assert.True((await NextAsync(notifications)).IsInform);
        }

        Assert.Equal((6, 0), (listener.Received, listener.Dropped));
    }

    [Fact]
    public async Task Senders_that_are_not_believed_are_refused_and_not_confirmed()
    {
        Peers.Require("snmptrap");
        await using var listener = Listen();
        string[][] strangers =
        [
            ["-v2c", "-c", "private"],
            ["-v3", "-l", "noAuthNoPriv", "-u", "nobody"],
            ["-v3", "-l", "noAuthNoPriv", "-u", "signed"],
            ["-v3", "-l", "authNoPriv", "-u", "full", "-a", "SHA", "-A", AuthenticationPassword],
            ["-v3", "-l", "authNoPriv", "-u", "signed", "-a", "SHA-256", "-A", "not the password"],
        ];
        foreach (var options in strangers)
        {
            var (exit, output) = await OtherProcess.RunAsync("snmpinform", [.. options, "-m", "", "-t", "1", "-r", "0", listener.EndPoint.ToString(), .. OnBattery], Cancel);
            Assert.True(exit != 0, output);
        }

        Assert.Equal(0, listener.Received);
        Assert.True(listener.Refused >= strangers.Length, $"{listener.Refused} refused");
    }

    [Fact]
    public async Task A_trap_of_snmpd_that_starts_arrives()
    {
        await using var listener = Listen();
        using var folder = new ScratchFolder();
        var (snmpd, _) = await SnmpPeers.SnmpdAsync(folder, $"trap2sink {listener.EndPoint} public", null, Cancel);
        await using var running = snmpd;
        await using var notifications = listener.ReadAllAsync(Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await notifications.MoveNextAsync());
        Assert.Equal("1.3.6.1.6.3.1.1.5.1", notifications.Current.Trap.ToString());
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static SnmpTrapListener Listen() => new(
        new SnmpTrapListenerOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Communities = ["public"], Users = [Signed, Full, Old, Open] }, TimeProvider.System);

    private static async Task SendAsync(string tool, SnmpTrapListener listener, string[] options, params string[] what)
    {
        var (exit, output) = await OtherProcess.RunAsync(tool, [.. options, "-m", "", listener.EndPoint.ToString(), .. what], Cancel);
        Assert.True(exit == 0, output);
    }

    private static async Task<SnmpNotification> NextAsync(IAsyncEnumerator<SnmpNotification> notifications)
    {
        Assert.True(await notifications.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Cancel));
        var next = notifications.Current;
        Assert.Equal(("1.3.6.1.4.1.318.0.5", 4200u), (next.Trap.ToString(), next.UpTime));
        Assert.Equal(new SnmpVariable(Oid.Parse("1.3.6.1.4.1.318.2.3.3.0"), SnmpValue.OfText("on battery")), Assert.Single(next.Variables));
        return next;
    }
}
