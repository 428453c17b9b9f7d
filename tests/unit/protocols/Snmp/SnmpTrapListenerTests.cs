using System.Net;
using System.Net.Sockets;
using EdgeDcim.Protocols.Snmp;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Protocols.Tests.Snmp;

public sealed class SnmpTrapListenerTests : IAsyncDisposable
{
    /// <summary>RFC 1157 section 4.1.6 by hand: enterprise 1.3.6.1.4.1.318, agent 192.0.2.7, linkDown (2), 100 ticks, one variable.</summary>
    private const string TrapV1 =
        "30 38 02 01 00 04 06 70 75 62 6C 69 63 A4 2B 06 07 2B 06 01 04 01 82 3E 40 04 C0 00 02 07 02 01 02 02 01 00 43 01 64" +
        " 30 11 30 0F 06 0A 2B 06 01 02 01 02 02 01 01 03 02 01 03";

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly UdpClient sender = new(new IPEndPoint(IPAddress.Loopback, 0));
    private SnmpTrapListener listener;

    public SnmpTrapListenerTests() => listener = Listener(new SnmpTrapListenerOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Communities = ["public"] });

    public async ValueTask DisposeAsync()
    {
        sender.Dispose();
        await listener.DisposeAsync();
    }

    [Fact]
    public async Task A_generic_trap_of_v1_is_given_in_the_form_of_v2()
    {
        await SendAsync(Hex.Bytes(TrapV1));
        var trap = await NextAsync();
        Assert.Equal("1.3.6.1.6.3.1.1.5.3", trap.Trap.ToString());
        Assert.Equal((SnmpVersion.V1, 100u, false, true), (trap.Version, trap.UpTime, trap.IsInform, trap.IsTimely));
        Assert.Equal(IPAddress.Parse("192.0.2.7"), trap.AgentAddress);
        Assert.Equal(sender.Client.LocalEndPoint, trap.Source);
        Assert.Equal(time.GetUtcNow(), trap.ReceivedAt);
        Assert.Equal(new SnmpVariable(Oid.Parse("1.3.6.1.2.1.2.2.1.1.3"), SnmpValue.OfInteger(3)), Assert.Single(trap.Variables));
    }

    [Fact]
    public async Task A_specific_trap_of_v1_is_named_by_its_enterprise()
    {
        var octets = Hex.Bytes(TrapV1);
        octets[Array.IndexOf(octets, (byte)0x43) - 4] = 6;
        octets[Array.IndexOf(octets, (byte)0x43) - 1] = 21;
        await SendAsync(octets);
        Assert.Equal("1.3.6.1.4.1.318.0.21", (await NextAsync()).Trap.ToString());
    }

    [Fact]
    public async Task A_trap_of_v2c_keeps_its_variables_without_uptime_and_name()
    {
        await SendAsync(Notification(0xA7, 9, "public"));
        var trap = await NextAsync();
        Assert.Equal(("1.3.6.1.4.1.318.0.5", 4200u, SnmpVersion.V2c), (trap.Trap.ToString(), trap.UpTime, trap.Version));
        Assert.Equal("on battery", Assert.Single(trap.Variables).Value.AsText());
    }

    [Fact]
    public async Task An_inform_is_confirmed_and_when_it_comes_again_only_confirmed()
    {
        var inform = Notification(0xA6, 77, "public");
        for (var i = 0; i < 2; i++)
        {
            await SendAsync(inform);
            var answer = await sender.ReceiveAsync(TestContext.Current.CancellationToken);
            var expected = inform.ToArray();
            expected[Array.IndexOf(expected, (byte)0xA6)] = 0xA2;
            Assert.Equal(expected, answer.Buffer);
        }

        Assert.True((await NextAsync()).IsInform);
        Assert.Equal((1, 1), (listener.Received, listener.Duplicates));

        // After a while the same number is a new inform.
        time.Advance(TimeSpan.FromMinutes(1));
        await SendAsync(inform);
        await NextAsync();
    }

    [Fact]
    public async Task A_community_that_is_not_believed_is_refused()
    {
        await SendAsync(Notification(0xA7, 1, "publix"));
        await SendAsync(Notification(0xA7, 2, "publi"));
        await SendAsync(Notification(0xA7, 3, "public"));
        await NextAsync();
        Assert.Equal((1, 2), (listener.Received, listener.Refused));
    }

    [Fact]
    public async Task Without_communities_v1_and_v2c_are_refused_and_with_a_star_all_are_believed()
    {
        await listener.DisposeAsync();
        listener = Listener(new SnmpTrapListenerOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0) });
        await SendAsync(Hex.Bytes(TrapV1));
        await SendAsync(Notification(0xA6, 2, "public"));
        await SendAsync([0]);
        await UntilAsync(() => listener.Garbage == 1);
        Assert.Equal((0, 2), (listener.Received, listener.Refused));

        await listener.DisposeAsync();
        listener = Listener(new SnmpTrapListenerOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Communities = [SnmpTrapListenerOptions.AnyCommunity] });
        await SendAsync(Notification(0xA7, 2, "anything"));
        await NextAsync();
    }

    [Fact]
    public async Task What_nobody_reads_is_dropped_counted_and_not_confirmed()
    {
        await listener.DisposeAsync();
        listener = Listener(new SnmpTrapListenerOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Communities = ["public"], Capacity = 1 });
        await SendAsync(Notification(0xA6, 1, "public"));
        await SendAsync(Notification(0xA6, 2, "public"));
        await UntilAsync(() => listener.Dropped == 1);
        await sender.ReceiveAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, sender.Available);

        // There is room again: the sender repeats it.
        await NextAsync();
        await SendAsync(Notification(0xA6, 2, "public"));
        await NextAsync();
        Assert.Equal(2, listener.Received);
    }

    [Fact]
    public async Task A_handler_is_told_at_once_which_community_it_was_and_an_inform_that_it_does_not_want_is_not_confirmed()
    {
        await listener.DisposeAsync();
        var wants = false;
        var told = new List<SnmpNotification>();
        listener = Listener(new SnmpTrapListenerOptions
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Communities = ["public", "other"],
            Take = notification =>
            {
                told.Add(notification);
                return wants;
            },
        });
        await SendAsync(Notification(0xA6, 1, "other"));
        await UntilAsync(() => listener.Dropped == 1);
        Assert.Equal(0, sender.Available);

        wants = true;
        await SendAsync(Notification(0xA6, 1, "other"));
        await sender.ReceiveAsync(TestContext.Current.CancellationToken);
        Assert.Equal([1, 1], told.Select(notification => notification.Community));
        Assert.Equal((1, 1), (listener.Received, listener.Dropped));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_with_a_way_out()
    {
        var fault = Assert.Throws<SnmpException>(() => Listener(new SnmpTrapListenerOptions { Listen = listener.EndPoint }));
        Assert.Equal(SnmpFault.CannotListen, fault.Fault);
        Assert.Contains($"cannot listen on {listener.EndPoint} (AddressAlreadyInUse)", fault.Message, StringComparison.Ordinal);
        await Task.CompletedTask;
    }

    [Theory]
    [InlineData(0xA0)]
    [InlineData(0xA2)]
    [InlineData(0xA3)]
    [InlineData(0xA4)]
    public async Task What_is_no_notification_is_garbage(byte kind)
    {
        await SendAsync(Notification(kind, 1, "public"));
        await UntilAsync(() => listener.Garbage == 1);
        Assert.Equal(0, listener.Received);
    }

    [Fact]
    public async Task Broken_notifications_of_every_kind_do_not_end_the_listener()
    {
        byte[][] corpus = [Hex.Bytes(TrapV1), Notification(0xA7, 1, "public"), Notification(0xA6, 2, "public")];
        var sent = 0;
        foreach (var datagram in corpus)
        {
            for (var cut = 0; cut < datagram.Length; cut++)
            {
                await SendAsync(datagram[..cut]);
                sent++;
                await UntilAsync(() => listener.Garbage + listener.Refused == sent);
            }
        }

        Assert.Equal(0, listener.Received);
        await SendAsync(corpus[0]);
        await NextAsync();
    }

    private SnmpTrapListener Listener(SnmpTrapListenerOptions options) => new(options, time);

    private static byte[] Notification(byte kind, int id, string community) => Tlv.Of(
        0x30,
        Tlv.Integer(1),
        Tlv.Text(community),
        Tlv.Of(
            kind,
            Tlv.Integer(id),
            Tlv.Integer(0),
            Tlv.Integer(0),
            Tlv.Of(
                0x30,
                Tlv.VarBind("1.3.6.1.2.1.1.3.0", Tlv.Integer(4200, 0x43)),
                Tlv.VarBind("1.3.6.1.6.3.1.1.4.1.0", Tlv.ObjectId("1.3.6.1.4.1.318.0.5")),
                Tlv.VarBind("1.3.6.1.4.1.318.2.3.3.0", Tlv.Text("on battery")))));

    private async Task SendAsync(byte[] datagram) => await sender.SendAsync(datagram, listener.EndPoint, TestContext.Current.CancellationToken);

    private async Task<SnmpNotification> NextAsync() => await listener.ReadAllAsync(TestContext.Current.CancellationToken).FirstAsync(TestContext.Current.CancellationToken);

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
