using System.Net;
using System.Net.Sockets;
using EdgeDcim.Protocols.Snmp;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Protocols.Tests.Snmp;

/// <summary>An agent, or somebody who pretends to be one, behaves in every way that the network allows.</summary>
public sealed class SnmpTransportTests : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);
    private static readonly Oid Power = Oid.Parse("1.3.6.1.4.1.318.1.1.26.4.3.1.5.1");

    private readonly FakeTimeProvider time = new();
    private readonly SnmpTransport transport;
    private readonly TestAgent agent = new();

    public SnmpTransportTests() => transport = new SnmpTransport(time);

    public async ValueTask DisposeAsync()
    {
        Assert.Equal(0, transport.InFlight);
        await transport.DisposeAsync();
        await agent.DisposeAsync();
    }

    [Fact]
    public async Task A_late_answer_is_never_taken_for_the_next_request()
    {
        var client = Client(retries: 0);
        var first = client.GetAsync([Power], Cancel).AsTask();
        var slow = await agent.ReceiveAsync();
        time.Advance(Timeout);
        Assert.Equal(SnmpFault.Timeout, (await Assert.ThrowsAsync<SnmpException>(() => first)).Fault);

        var second = client.GetAsync([Power], Cancel).AsTask();
        var request = await agent.ReceiveAsync();
        Assert.NotEqual(slow.Id, request.Id);
        await agent.SendAsync(slow.AnswerNumbers(111), slow.From);
        await agent.SendAsync(request.AnswerNumbers(222), request.From);
        Assert.Equal(222, Assert.Single(await second).Value.Integer);
        Assert.Equal(1, transport.Strangers);
    }

    [Fact]
    public async Task A_late_answer_is_taken_while_the_same_request_is_asked_again()
    {
        var get = Client(retries: 1).GetAsync([Power], Cancel).AsTask();
        var first = await agent.ReceiveAsync();
        time.Advance(Timeout);
        var again = await agent.ReceiveAsync();
        Assert.Equal(first.Datagram, again.Datagram);
        await agent.SendAsync(first.AnswerNumbers(7), first.From);
        Assert.Equal(7, Assert.Single(await get).Value.Integer);
    }

    [Fact]
    public async Task A_duplicated_answer_is_dropped_and_counted()
    {
        var client = Client(retries: 0);
        var first = client.GetAsync([Power], Cancel).AsTask();
        var request = await agent.ReceiveAsync();
        await agent.SendAsync(request.AnswerNumbers(1), request.From);
        await first;
        await agent.SendAsync(request.AnswerNumbers(2), request.From);
        Assert.Equal(3, await AskAsync(client, 3));
        Assert.Equal((2, 1), (transport.Answers, transport.Strangers));
    }

    [Fact]
    public async Task An_answer_with_a_wrong_id_is_dropped()
    {
        var get = Client(retries: 0).GetAsync([Power], Cancel).AsTask();
        var request = await agent.ReceiveAsync();
        await agent.SendAsync((request with { Id = request.Id + 1 }).AnswerNumbers(1), request.From);
        await agent.SendAsync(request.AnswerNumbers(2), request.From);
        Assert.Equal(2, Assert.Single(await get).Value.Integer);
        Assert.Equal(1, transport.Strangers);
    }

    [Fact]
    public async Task An_answer_from_another_address_is_dropped()
    {
        await using var impostor = new TestAgent();
        var get = Client(retries: 0).GetAsync([Power], Cancel).AsTask();
        var request = await agent.ReceiveAsync();
        await impostor.SendAsync(request.AnswerNumbers(666), request.From);
        await agent.SendAsync(request.AnswerNumbers(2), request.From);
        Assert.Equal(2, Assert.Single(await get).Value.Integer);
        Assert.Equal(1, transport.WrongSources);
    }

    [Fact]
    public async Task Garbage_is_dropped_and_counted()
    {
        var get = Client(retries: 0).GetAsync([Power], Cancel).AsTask();
        var request = await agent.ReceiveAsync();
        byte[][] garbage = [[], [0x30], [0xFF, 0xFF, 0xFF], [.. Enumerable.Repeat((byte)0x30, 2000)], "GET / HTTP/1.1\r\n"u8.ToArray(), request.Datagram];
        foreach (var datagram in garbage)
        {
            await agent.SendAsync(datagram, request.From);
        }

        await agent.SendAsync(request.AnswerNumbers(2), request.From);
        Assert.Equal(2, Assert.Single(await get).Value.Integer);
        Assert.Equal(garbage.Length, transport.Garbage);
    }

    [Fact]
    public async Task A_truncated_answer_is_asked_again_and_then_a_bad_reply()
    {
        var get = Client(retries: 1).GetAsync([Power], Cancel).AsTask();
        for (var i = 0; i < 2; i++)
        {
            var request = await agent.ReceiveAsync();
            await agent.SendAsync(request.AnswerNumbers(1)[..^1], request.From);
        }

        var fault = await Assert.ThrowsAsync<SnmpException>(() => get);
        Assert.Equal(SnmpFault.BadReply, fault.Fault);
        Assert.Contains("an element that is longer than what is around it", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_cut_at_any_byte_is_never_a_value()
    {
        var length = Tlv.Response(1, "public", 0x12345678, 0, 0, Tlv.VarBind(Power.ToString(), Tlv.Integer(1))).Length;
        for (var cut = 0; cut < length; cut++)
        {
            var get = Client(retries: 0).GetAsync([Power], Cancel).AsTask();
            var request = await agent.ReceiveAsync();
            var dropped = transport.Garbage;
            await agent.SendAsync(request.AnswerNumbers(1)[..cut], request.From);
            while (!get.IsCompleted && transport.Garbage == dropped)
            {
                await Task.Yield();
            }

            time.Advance(Timeout);
            Assert.Contains((await Assert.ThrowsAsync<SnmpException>(() => get)).Fault, (SnmpFault[])[SnmpFault.BadReply, SnmpFault.Timeout]);
        }
    }

    [Fact]
    public async Task An_answer_in_another_version_is_a_bad_reply()
    {
        var get = Client(retries: 0).GetAsync([Power], Cancel).AsTask();
        var request = await agent.ReceiveAsync();
        await agent.SendAsync((request with { Version = 0 }).AnswerNumbers(1), request.From);
        Assert.Equal(SnmpFault.BadReply, (await Assert.ThrowsAsync<SnmpException>(() => get)).Fault);
    }

    [Fact]
    public async Task Silence_is_a_timeout_after_every_attempt_and_names_the_target_but_no_secret()
    {
        var target = new SnmpTarget(agent.EndPoint, SnmpVersion.V2c, "s3cret-community") { Timeout = Timeout, Retries = 2 };
        var get = new SnmpClient(transport, target).GetAsync([Power, Power.Append(1)], Cancel).AsTask();
        for (var i = 0; i < 3; i++)
        {
            Assert.False(get.IsCompleted);
            await agent.ReceiveAsync();
            time.Advance(Timeout);
        }

        var fault = await Assert.ThrowsAsync<SnmpException>(() => get);
        Assert.Equal(SnmpFault.Timeout, fault.Fault);
        Assert.Equal($"SNMP {agent.EndPoint}: GET {Power} and 1 more: no answer within 1000 ms in 3 attempts", fault.Message);
        Assert.DoesNotContain("s3cret", fault + target.ToString(), StringComparison.Ordinal);
        Assert.Equal(3, transport.Sent);
    }

    [Fact]
    public async Task Cancellation_ends_the_wait_at_once()
    {
        using var stop = new CancellationTokenSource();
        var get = Client(retries: 5).GetAsync([Power], stop.Token).AsTask();
        await agent.ReceiveAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => get);
    }

    [Fact]
    public async Task A_token_that_is_cancelled_already_asks_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Client(retries: 0).GetAsync([Power], new CancellationToken(canceled: true)));
        Assert.Equal(0, transport.Sent);
    }

    [Fact]
    public async Task Closing_ends_waiting_requests_and_refuses_new_ones()
    {
        var get = Client(retries: 5).GetAsync([Power], Cancel).AsTask();
        await agent.ReceiveAsync();
        await transport.DisposeAsync();
        Assert.Equal(SnmpFault.Closed, (await Assert.ThrowsAsync<SnmpException>(() => get)).Fault);
        Assert.Equal(SnmpFault.Closed, (await Assert.ThrowsAsync<SnmpException>(async () => await Client(retries: 0).GetAsync([Power], Cancel))).Fault);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_unreachable()
    {
        var target = new SnmpTarget(new DnsEndPoint("no-such-host.invalid", 161), SnmpVersion.V2c, "public");
        var fault = await Assert.ThrowsAsync<SnmpException>(async () => await new SnmpClient(transport, target).GetAsync([Power], Cancel));
        Assert.Equal(SnmpFault.Unreachable, fault.Fault);
        Assert.StartsWith("SNMP no-such-host.invalid:161: the name", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_resolves_is_asked()
    {
        var target = new SnmpTarget(new DnsEndPoint("localhost", agent.EndPoint.Port, AddressFamily.InterNetwork), SnmpVersion.V2c, "public") { Timeout = Timeout };
        Assert.Equal(5, await AskAsync(new SnmpClient(transport, target), 5));
    }

    [Fact]
    public async Task An_agent_on_IPv6_is_asked_beside_one_on_IPv4()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 && await LoopbackHasIPv6Async(), "this machine has no IPv6 loopback");
        using var socket = new UdpClient(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        var target = new SnmpTarget(socket.Client.LocalEndPoint!, SnmpVersion.V2c, "public") { Timeout = Timeout };
        var get = new SnmpClient(transport, target).GetAsync([Power], Cancel).AsTask();
        var received = await socket.ReceiveAsync(Cancel);
        await socket.SendAsync(SeenRequest.Parse(received.Buffer, received.RemoteEndPoint).AnswerNumbers(6), received.RemoteEndPoint, Cancel);
        Assert.Equal(6, Assert.Single(await get).Value.Integer);
        Assert.Equal(4, await AskAsync(Client(retries: 0), 4));
    }

    /// <summary>field.md 13, sharpsnmplib #312: three dead targets of fifty do not delay the others. The clock stands still until the others are done.</summary>
    [Fact]
    public async Task Three_dead_targets_of_fifty_cost_the_others_nothing()
    {
        await using var living = new TestAgent(request => request.AnswerNumbers(1));
        var targets = Enumerable.Range(0, 50).Select(i => new SnmpTarget(i % 17 == 0 ? agent.EndPoint : living.EndPoint, SnmpVersion.V2c, "public") { Timeout = Timeout, Retries = 0 });
        var reads = targets.Select(target => (Dead: target.ToString() == agent.EndPoint.ToString(), Read: new SnmpClient(transport, target).GetAsync([Power], Cancel).AsTask())).ToArray();
        var onTime = await Task.WhenAll(reads.Where(read => !read.Dead).Select(read => read.Read));
        Assert.Equal(47, onTime.Length);
        Assert.All(reads.Where(read => read.Dead), read => Assert.False(read.Read.IsCompleted));
        time.Advance(Timeout);
        foreach (var (_, read) in reads.Where(read => read.Dead))
        {
            Assert.Equal(SnmpFault.Timeout, (await Assert.ThrowsAsync<SnmpException>(() => read)).Fault);
        }
    }

    [Fact]
    public async Task Many_requests_at_once_each_get_their_own_answer()
    {
        var client = Client(retries: 0);
        for (var round = 0; round < 100; round++)
        {
            var oids = Enumerable.Range(0, 16).Select(i => Power.Append((uint)((round * 16) + i))).ToArray();
            var gets = oids.Select(oid => Task.Run(async () => Assert.Single(await client.GetAsync([oid], Cancel)))).ToArray();
            var held = new Stack<SeenRequest>();
            while (held.Count < oids.Length)
            {
                held.Push(await agent.ReceiveAsync());
            }

            foreach (var request in held)
            {
                await agent.SendAsync(Own(request), request.From);
            }

            Assert.Equal(oids.Select(oid => new SnmpVariable(oid, SnmpValue.OfInteger((int)oid.Arcs[^1]))), await Task.WhenAll(gets));
        }

        static byte[] Own(SeenRequest request) => request.AnswerNumbers(Oid.Parse(request.Oids[0]).Arcs[^1]);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<bool> LoopbackHasIPv6Async()
    {
        await Task.Yield();
        try
        {
            using var probe = new UdpClient(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private SnmpClient Client(int retries) => new(transport, new SnmpTarget(agent.EndPoint, SnmpVersion.V2c, "public") { Timeout = Timeout, Retries = retries });

    private async Task<long> AskAsync(SnmpClient client, long answer)
    {
        var get = client.GetAsync([Power], Cancel).AsTask();
        var request = await agent.ReceiveAsync();
        await agent.SendAsync(request.AnswerNumbers(answer), request.From);
        return Assert.Single(await get).Value.Integer;
    }
}
