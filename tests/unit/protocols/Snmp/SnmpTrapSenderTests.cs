using System.Net;
using EdgeDcim.Protocols.Snmp;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeDcim.Protocols.Tests.Snmp;

/// <summary>Traps and informs as bytes, and as our own listener hears them; net-snmp's listener hears them elsewhere.</summary>
public sealed class SnmpTrapSenderTests
{
    private static readonly Oid Trap = Oid.Parse("1.3.6.1.4.1.318.0.5");
    private static readonly SnmpVariable[] Variables =
    [
        new(Oid.Parse("1.3.6.1.4.1.318.2.3.3.0"), SnmpValue.OfText("on battery")),
        new(Oid.Parse("1.3.6.1.4.1.318.2.3.4.0"), SnmpValue.OfInteger(-3)),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_trap_of_v2c_is_what_RFC_3416_says()
    {
        using var socket = new System.Net.Sockets.UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using var transport = new SnmpTransport(new FakeTimeProvider());
        var sender = new SnmpTrapSender(transport, SnmpTrapSender.NewEngineId(), 1);
        await sender.TrapAsync(new SnmpTarget(socket.Client.LocalEndPoint!, SnmpVersion.V2c, "noc"), Trap, Variables, Cancel);
        var hex = Convert.ToHexString((await socket.ReceiveAsync(Cancel)).Buffer);
        // Written from X.690 and RFC 3416: the request id is the only free place, and as short as its number.
        Assert.Matches(
            "^30[0-9A-F]{2}020101" + "04036E6F63" // version 1, community noc
            + "A7[0-9A-F]{2}" + "02(04.{8}|03.{6}|02.{4}|01.{2})" + "020100" + "020100" + "30[0-9A-F]{2}" // SNMPv2-Trap-PDU: id, no error, list
            + "300D" + "06082B06010201010300" + "430100" // sysUpTime.0
            + "3017" + "060A2B060106030101040100" + "06092B06010401823E0005" // snmpTrapOID.0 = enterprises.318.0.5
            + "3019" + "060B2B06010401823E02030300" + "040A6F6E2062617474657279" // a text
            + "3010" + "060B2B06010401823E02030400" + "0201FD$", // -3
            hex);
    }

    [Fact]
    public async Task What_is_sent_arrives_in_every_version_and_an_inform_waits_for_its_confirmation()
    {
        var user = new SnmpUser("dcim", SnmpAuthentication.Sha256, "the first password", SnmpPrivacy.Aes128, "the second password");
        await using var listener = new SnmpTrapListener(new SnmpTrapListenerOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Communities = ["noc"], Users = [user] }, TimeProvider.System);
        await using var heard = listener.ReadAllAsync(Cancel).GetAsyncEnumerator(Cancel);
        await using var transport = new SnmpTransport(TimeProvider.System);
        var sender = new SnmpTrapSender(transport, SnmpTrapSender.NewEngineId(), 7);
        foreach (var station in (SnmpTarget[])[new(listener.EndPoint, SnmpVersion.V2c, "noc"), new(listener.EndPoint, user)])
        {
            await sender.TrapAsync(station, Trap, Variables, Cancel);
            Assert.True(await heard.MoveNextAsync());
            Assert.Equal((Trap, false, station.User?.Name), (heard.Current.Trap, heard.Current.IsInform, heard.Current.User));
            Assert.Equal(Variables, heard.Current.Variables);
            await sender.InformAsync(station, Trap, Variables, Cancel);
            Assert.True(await heard.MoveNextAsync());
            Assert.Equal((Trap, true), (heard.Current.Trap, heard.Current.IsInform));
            Assert.Equal(Variables, heard.Current.Variables);
        }
    }

    [Fact]
    public async Task An_inform_that_nobody_confirms_is_a_fault_and_a_type_that_no_trap_carries_is_refused()
    {
        using var silent = new System.Net.Sockets.UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using var transport = new SnmpTransport(TimeProvider.System);
        var sender = new SnmpTrapSender(transport, SnmpTrapSender.NewEngineId(), 1);
        var station = new SnmpTarget(silent.Client.LocalEndPoint!, SnmpVersion.V2c, "noc") { Timeout = TimeSpan.FromMilliseconds(50), Retries = 1 };
        var fault = await Assert.ThrowsAsync<SnmpException>(async () => await sender.InformAsync(station, Trap, Variables, Cancel));
        Assert.Equal(SnmpFault.Timeout, fault.Fault);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () =>
            await sender.TrapAsync(station, Trap, [new SnmpVariable(Trap, SnmpValue.OfUnsigned(SnmpType.Counter64, 1))], Cancel));
    }
}
