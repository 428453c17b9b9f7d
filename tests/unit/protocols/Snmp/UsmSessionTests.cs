using System.Net;
using System.Net.Sockets;
using EdgeDcim.Protocols.Snmp;
using EdgeDcim.Protocols.Snmp.Ber;
using EdgeDcim.Protocols.Snmp.Usm;
using EdgeDcim.Protocols.Snmp.Wire;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Protocols.Tests.Snmp;

/// <summary>The asking half of the user-based security model against the answering half, with somebody in between.</summary>
public sealed class UsmSessionTests
{
    private const int Id = 0x12345678;

    private static readonly byte[] EngineId = Hex.Bytes("80 00 1F 88 04 AA BB");
    private static readonly Oid Power = Oid.Parse("1.3.6.1.4.1.318.1.1.26.4.3.1.5.1");
    private static readonly SnmpUser User = new("edge", SnmpAuthentication.Sha256, "authentication", SnmpPrivacy.Aes128, "confidential");

    private readonly FakeTimeProvider time = new();
    private readonly UsmSession session;
    private UsmReceiver agent;

    public UsmSessionTests()
    {
        session = new UsmSession(User, "", time);
        agent = new UsmReceiver([User], EngineId, 7, time);
    }

    [Fact]
    public void A_new_session_discovers_the_engine_and_is_answered()
    {
        var discovery = Request(Id);
        Assert.Null(agent.Read(discovery, out var report, out _));
        Assert.Equal(UsmVerdict.SendAgain, Read(report!, Id));
        Assert.Equal(UsmVerdict.Answer, Read(Answer(Request(Id)), Id));
    }

    [Fact]
    public void An_agent_that_rebooted_or_lost_its_boots_is_asked_again_with_what_it_reports()
    {
        Begin();
        foreach (var boots in (int[])[8, 9, 1, 0, int.MaxValue])
        {
            agent = new UsmReceiver([User], EngineId, boots, time);
            Assert.Null(agent.Read(Request(Id), out var report, out var refusal));
            Assert.Equal(UsmReport.NotInTimeWindow, refusal);
            Assert.Equal(UsmVerdict.SendAgain, Read(report!, Id));
            Assert.Equal(UsmVerdict.Answer, Read(Answer(Request(Id)), Id));
        }
    }

    [Fact]
    public void Another_engine_at_the_same_address_is_asked_again_under_its_own_id()
    {
        Begin();
        agent = new UsmReceiver([User], Hex.Bytes("80 00 1F 88 04 CC DD"), 1, time);
        Assert.Null(agent.Read(Request(Id), out var report, out var refusal));
        Assert.Equal(UsmReport.UnknownEngineId, refusal);
        Assert.Equal(UsmVerdict.SendAgain, Read(report!, Id));
        Assert.Equal(UsmVerdict.Answer, Read(Answer(Request(Id)), Id));
    }

    [Fact]
    public void The_clock_of_the_engine_is_carried_on_between_requests()
    {
        Begin();
        time.Advance(TimeSpan.FromDays(30));
        Assert.Equal(UsmVerdict.Answer, Read(Answer(Request(Id)), Id));
    }

    [Fact]
    public void An_answer_changed_in_any_bit_is_ignored()
    {
        Begin();
        var answer = Answer(Request(Id));
        for (var bit = 0; bit < answer.Length * 8; bit++)
        {
            var changed = answer.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(UsmVerdict.Answer, Read(changed, Id));
        }

        Assert.Equal(UsmVerdict.Answer, Read(answer, Id));
    }

    [Fact]
    public void An_answer_that_is_less_protected_than_the_request_is_ignored()
    {
        Begin();
        var request = Request(Id);
        var received = agent.Read(request, out _, out _)!;
        foreach (var flags in (int[])[0, UsmMessage.AuthenticationFlag])
        {
            var writer = new BerWriter(new byte[1024]);
            var pdu = request[received.Scoped.Octets];
            pdu[0] = BerTag.Response;
            writer.Raw(pdu);
            var header = new UsmHeader { Id = Id, Flags = (byte)flags, EngineId = EngineId, Boots = 7, Time = 0, User = "edge"u8, ContextEngineId = EngineId, ContextName = [] };
            UsmMessage.Write(ref writer, header, flags == 0 ? null : received.Keys);
            Assert.Equal(UsmVerdict.Ignore, Read(writer.Written.ToArray(), Id));
        }
    }

    [Fact]
    public void An_answer_to_an_earlier_request_is_ignored()
    {
        Begin();
        var earlier = Answer(Request(Id));
        Assert.Equal(UsmVerdict.Ignore, Read(earlier, Id + 1));
    }

    [Fact]
    public void A_report_that_tells_nothing_new_ends_the_request()
    {
        Begin();
        var writer = new BerWriter(new byte[256]);
        writer.Raw(Tlv.Of(0xA8, Tlv.Integer(Id), Tlv.Integer(0), Tlv.Integer(0), Tlv.Of(0x30, Tlv.VarBind("1.3.6.1.6.3.15.1.1.2.0", Tlv.Integer(1, 0x41)))));
        UsmMessage.Write(ref writer, new UsmHeader { Id = Id, Flags = 0, EngineId = EngineId, Boots = 7, Time = 0, User = [], ContextEngineId = EngineId, ContextName = [] }, null);
        Assert.Equal(UsmVerdict.Refused, Read(writer.Written.ToArray(), Id));
    }

    [Fact]
    public void A_request_carries_neither_password_nor_values_in_clear()
    {
        Begin();
        var request = Request(Id);
        Assert.Equal(-1, request.AsSpan().IndexOf(Tlv.ObjectId(Power.ToString())));
        Assert.Equal(-1, request.AsSpan().IndexOf("authentication"u8));
        Assert.NotEqual(request, Request(Id));
    }

    [Fact]
    public async Task GetAsync_takes_the_right_answer_behind_a_forged_one()
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using var transport = new SnmpTransport(time);
        var target = new SnmpTarget(socket.Client.LocalEndPoint!, User) { Retries = 0 };
        var get = new SnmpClient(transport, target).GetAsync([Power], TestContext.Current.CancellationToken).AsTask();
        var discovery = await socket.ReceiveAsync(TestContext.Current.CancellationToken);
        agent.Read(discovery.Buffer, out var report, out _);
        await socket.SendAsync(report!, discovery.RemoteEndPoint, TestContext.Current.CancellationToken);
        var request = await socket.ReceiveAsync(TestContext.Current.CancellationToken);
        var answer = Answer(request.Buffer);
        var forged = answer.ToArray();
        forged[^1] ^= 1;
        await socket.SendAsync(forged, request.RemoteEndPoint, TestContext.Current.CancellationToken);
        while (transport.Answers < 2)
        {
            await Task.Yield();
        }

        // The client needs an instant to wait again; until then the answer would be dropped like any late one.
        while (!get.IsCompleted)
        {
            await socket.SendAsync(answer, request.RemoteEndPoint, TestContext.Current.CancellationToken);
            await Task.Yield();
        }

        Assert.Equal(SnmpType.Null, Assert.Single(await get).Value.Type);
        Assert.Equal(2, transport.Sent);
    }

    private void Begin()
    {
        agent.Read(Request(Id), out var report, out _);
        Read(report!, Id);
        Assert.Equal(UsmVerdict.Answer, Read(Answer(Request(Id)), Id));
    }

    private byte[] Request(int id)
    {
        var writer = new BerWriter(new byte[1024]);
        session.Write(ref writer, new VarBindList([Power]).Request(BerTag.Get, 0, 1), id);
        return writer.Written.ToArray();
    }

    private byte[] Answer(byte[] request) => agent.Confirm(request, agent.Read(request, out _, out _)!);

    private UsmVerdict Read(byte[] datagram, int id) => session.Read(datagram.ToArray(), id, out _, out _, out _);
}
