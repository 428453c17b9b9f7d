using EdgeDcim.Protocols.Snmp;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Protocols.Tests.Snmp;

public sealed class SnmpWalkTests
{
    private const byte GetNext = 0xA1;
    private const byte GetBulk = 0xA5;

    private static readonly Oid Root = Oid.Parse("1.3.6.1.2.1.2.2");

    /// <summary>A table of 100 rows with something in front and behind.</summary>
    private static readonly Oid[] Mib = [Oid.Parse("1.3.6.1.2.1.1.1.0"), .. Enumerable.Range(1, 100).Select(i => Root.Append(1, 10, (uint)i)), Oid.Parse("1.3.6.1.2.1.4.1.0")];

    [Fact]
    public async Task WalkAsync_gives_the_subtree_and_nothing_else_in_few_requests()
    {
        await using var agent = new TestAgent(request => Serve(request, Mib));
        await using var transport = new SnmpTransport(TimeProvider.System);
        var rows = await Client(transport, agent).WalkAsync(Root, TestContext.Current.CancellationToken);
        Assert.Equal(Mib[1..101], rows.Select(row => row.Oid));
        Assert.All(agent.Seen, request => Assert.Equal((GetBulk, 24), (request.Kind, request.Third)));
        Assert.Equal(5, agent.Seen.Count);
    }

    [Fact]
    public async Task WalkAsync_to_the_end_of_the_view_ends()
    {
        await using var agent = new TestAgent(request => Serve(request, Mib[..101]));
        await using var transport = new SnmpTransport(TimeProvider.System);
        Assert.Equal(100, (await Client(transport, agent).WalkAsync(Root, TestContext.Current.CancellationToken)).Count);
    }

    [Fact]
    public async Task WalkAsync_of_a_v1_agent_goes_by_getnext_and_ends_at_noSuchName()
    {
        await using var agent = new TestAgent(request => Serve(request, Mib[..101]));
        await using var transport = new SnmpTransport(TimeProvider.System);
        var rows = await new SnmpClient(transport, new SnmpTarget(agent.EndPoint, SnmpVersion.V1, "public")).WalkAsync(Root, TestContext.Current.CancellationToken);
        Assert.Equal(100, rows.Count);
        Assert.All(agent.Seen, request => Assert.Equal(GetNext, request.Kind));
    }

    [Fact]
    public async Task WalkAsync_halves_on_tooBig_and_remembers()
    {
        await using var agent = new TestAgent(request => request.Third > 7 ? request.Error(1, 0) : Serve(request, Mib));
        await using var transport = new SnmpTransport(TimeProvider.System);
        var client = Client(transport, agent);
        Assert.Equal(100, (await client.WalkAsync(Root, TestContext.Current.CancellationToken)).Count);
        Assert.Equal([24, 12, 6, 6], agent.Seen.Take(4).Select(request => request.Third));
        agent.Seen.Clear();
        await client.WalkAsync(Root, TestContext.Current.CancellationToken);
        Assert.All(agent.Seen, request => Assert.Equal(6, request.Third));
    }

    [Fact]
    public async Task WalkAsync_halves_on_silence_remembers_and_tries_more_again_later()
    {
        var time = new FakeTimeProvider();
        var patient = 6;
        await using var agent = new TestAgent(request =>
        {
            if (request.Third > patient)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return null;
            }

            return Serve(request, Mib);
        });
        await using var transport = new SnmpTransport(time);
        var client = new SnmpClient(transport, new SnmpTarget(agent.EndPoint, SnmpVersion.V2c, "public") { Retries = 2 });
        Assert.Equal(100, (await client.WalkAsync(Root, TestContext.Current.CancellationToken)).Count);
        Assert.Equal([24, 12, 6, 6, 6], agent.Seen.Take(5).Select(request => request.Third));

        patient = 12;
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal(100, (await client.WalkAsync(Root, TestContext.Current.CancellationToken)).Count);
        }

        Assert.Equal(12, agent.Seen[^1].Third);
    }

    [Fact]
    public async Task WalkAsync_of_an_agent_that_never_answers_is_a_timeout_and_does_not_teach_small_requests()
    {
        var time = new FakeTimeProvider();
        await using var agent = new TestAgent(request =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return null;
        });
        await using var transport = new SnmpTransport(time);
        var client = Client(transport, agent);
        for (var i = 0; i < 2; i++)
        {
            var fault = await Assert.ThrowsAsync<SnmpException>(async () => await client.WalkAsync(Root, TestContext.Current.CancellationToken));
            Assert.Equal(SnmpFault.Timeout, fault.Fault);
        }

        Assert.Equal([24, 12, 24, 12], agent.Seen.Select(request => request.Third));
    }

    [Fact]
    public async Task WalkAsync_past_a_row_that_the_agent_cannot_read_gets_all_rows_before_it()
    {
        await using var agent = new TestAgent(request => Mib.SkipWhile(oid => oid <= Oid.Parse(request.Oids[0])).Take(Math.Max(1, (int)request.Third)).Contains(Mib[50])
            ? request.Error(5, 1)
            : Serve(request, Mib));
        await using var transport = new SnmpTransport(TimeProvider.System);
        var fault = await Assert.ThrowsAsync<SnmpException>(async () => await Client(transport, agent).WalkAsync(Root, TestContext.Current.CancellationToken));
        Assert.Equal(SnmpFault.AgentError, fault.Fault);
        Assert.Equal(Mib[1..50], fault.Partial.Select(row => row.Oid));
        Assert.Equal(GetNext, agent.Seen[^1].Kind);
    }

    [Theory]
    [InlineData("1.3.6.1.2.1.2.2.1.10.3")]
    [InlineData("1.3.6.1.2.1.2.2.1.10.2")]
    [InlineData("1.3.6.1.2.1.1.1.0")]
    public async Task WalkAsync_of_an_agent_that_goes_back_stops_with_an_error(string back)
    {
        // field.md 13: a non-increasing OID stops the walk.
        await using var agent = new TestAgent(request => request.Oids[0] == Root.ToString()
            ? request.Answer(Row(Mib[1]), Row(Mib[2]), Row(Mib[3]))
            : request.Answer(Tlv.VarBind(back, Tlv.Integer(1))));
        await using var transport = new SnmpTransport(TimeProvider.System);
        var fault = await Assert.ThrowsAsync<SnmpException>(async () => await Client(transport, agent).WalkAsync(Root, TestContext.Current.CancellationToken));
        Assert.Equal(SnmpFault.LoopingAgent, fault.Fault);
        Assert.Contains($"the agent answered {back}, which is not behind {Mib[3]}", fault.Message, StringComparison.Ordinal);
        Assert.Equal(3, fault.Partial.Count);
        Assert.Equal(2, agent.Seen.Count);
    }

    [Fact]
    public async Task WalkAsync_of_more_rows_than_allowed_stops_with_an_error()
    {
        await using var agent = new TestAgent(request => Serve(request, Mib));
        await using var transport = new SnmpTransport(TimeProvider.System);
        var fault = await Assert.ThrowsAsync<SnmpException>(async () => await Client(transport, agent).WalkAsync(Root, 30, TestContext.Current.CancellationToken));
        Assert.Equal((SnmpFault.TooManyRows, 30), (fault.Fault, fault.Partial.Count));
    }

    [Fact]
    public async Task WalkAsync_of_empty_answers_ends_with_an_error_and_does_not_loop()
    {
        await using var agent = new TestAgent(request => request.Answer());
        await using var transport = new SnmpTransport(TimeProvider.System);
        var fault = await Assert.ThrowsAsync<SnmpException>(async () => await Client(transport, agent).WalkAsync(Root, TestContext.Current.CancellationToken));
        Assert.Equal(SnmpFault.BadReply, fault.Fault);
        Assert.Equal([24, 12, 6, 3, 1, 0], agent.Seen.Select(request => request.Third));
        Assert.DoesNotContain(agent.Seen, request => request is { Kind: GetBulk, Third: 0 });
    }

    private static SnmpClient Client(SnmpTransport transport, TestAgent agent) => new(transport, new SnmpTarget(agent.EndPoint, SnmpVersion.V2c, "public"));

    private static byte[] Row(Oid oid) => Tlv.VarBind(oid.ToString(), Tlv.Integer(1));

    private static byte[] Serve(SeenRequest request, Oid[] mib)
    {
        var rows = mib.SkipWhile(oid => oid <= Oid.Parse(request.Oids[0])).Take(request.Kind == GetBulk ? (int)request.Third : 1).ToArray();
        if (rows.Length == 0 && request.Version == 0)
        {
            return request.Error(2, 1);
        }

        return rows.Length == 0 ? request.Answer(Tlv.VarBind(request.Oids[0], [0x82, 0x00])) : request.Answer([.. rows.Select(Row)]);
    }
}
