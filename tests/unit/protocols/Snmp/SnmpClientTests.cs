using EdgeDcim.Protocols.Snmp;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Protocols.Tests.Snmp;

public sealed class SnmpClientTests
{
    private const byte Get = 0xA0;
    private const int TooBig = 1;
    private const int NoSuchName = 2;
    private const int GenErr = 5;

    private static readonly Oid Root = Oid.Parse("1.3.6.1.4.1.318");

    private static readonly Oid[] Ten = [.. Enumerable.Range(1, 10).Select(i => Root.Append((uint)i, 0))];

    [Fact]
    public async Task GetAsync_gives_values_in_the_order_asked()
    {
        await using var agent = new TestAgent(request => request.Answer(
            Tlv.VarBind(request.Oids[0], Tlv.Text("pdu-7")),
            Tlv.VarBind(request.Oids[1], Tlv.Integer(4294967295, 0x42)),
            Tlv.VarBind(request.Oids[2], [0x80, 0x00])));
        await using var transport = new SnmpTransport(TimeProvider.System);
        var found = await Client(transport, agent).GetAsync(Ten[..3], TestContext.Current.CancellationToken);
        Assert.Equal(
            [
                new SnmpVariable(Ten[0], SnmpValue.OfText("pdu-7")),
                new SnmpVariable(Ten[1], SnmpValue.OfUnsigned(SnmpType.Gauge32, 4294967295)),
                new SnmpVariable(Ten[2], SnmpValue.Absent(SnmpType.NoSuchObject)),
            ],
            found);
        var seen = Assert.Single(agent.Seen);
        Assert.Equal((1, "public", Get), (seen.Version, seen.Community, seen.Kind));
    }

    [Fact]
    public async Task GetAsync_of_nothing_asks_nothing()
    {
        await using var transport = new SnmpTransport(TimeProvider.System);
        await using var agent = new TestAgent(_ => null);
        Assert.Empty(await Client(transport, agent).GetAsync([], TestContext.Current.CancellationToken));
        Assert.Equal(0, transport.Sent);
    }

    [Fact]
    public async Task GetAsync_of_more_than_MaxVariables_asks_in_parts()
    {
        await using var agent = new TestAgent(NumberOfOid);
        await using var transport = new SnmpTransport(TimeProvider.System);
        var client = new SnmpClient(transport, new SnmpTarget(agent.EndPoint, SnmpVersion.V2c, "public") { MaxVariables = 4 });
        var found = await client.GetAsync(Ten, TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], found.Select(variable => variable.Value.Integer));
        Assert.Equal([4, 4, 2], agent.Seen.Select(request => request.Oids.Count));
    }

    [Fact]
    public async Task GetAsync_from_a_v1_agent_asks_again_without_the_missing_names()
    {
        string[] missing = [Ten[2].ToString(), Ten[7].ToString()];
        await using var agent = new TestAgent(request => FirstOf(request, missing) is > 0 and var index ? request.Error(NoSuchName, index) : NumberOfOid(request));
        await using var transport = new SnmpTransport(TimeProvider.System);
        var client = new SnmpClient(transport, new SnmpTarget(agent.EndPoint, SnmpVersion.V1, "public"));
        var found = await client.GetAsync(Ten, TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 0, 4, 5, 6, 7, 0, 9, 10], found.Select(variable => variable.Value.Integer));
        Assert.Equal([2, 7], found.Index().Where(each => each.Item.Value.Type == SnmpType.NoSuchInstance).Select(each => each.Index));
        Assert.Equal([10, 9, 8], agent.Seen.Select(request => request.Oids.Count));
    }

    [Fact]
    public async Task GetAsync_from_a_v1_agent_that_has_none_of_the_names_says_so_for_each()
    {
        await using var agent = new TestAgent(request => request.Error(NoSuchName, 1));
        await using var transport = new SnmpTransport(TimeProvider.System);
        var client = new SnmpClient(transport, new SnmpTarget(agent.EndPoint, SnmpVersion.V1, "public"));
        var found = await client.GetAsync(Ten[..2], TestContext.Current.CancellationToken);
        Assert.All(found, variable => Assert.Equal(SnmpType.NoSuchInstance, variable.Value.Type));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(-1)]
    public async Task GetAsync_from_an_agent_that_does_not_say_which_name_is_missing_finds_it(int index)
    {
        string[] missing = [Ten[6].ToString()];
        await using var agent = new TestAgent(request => FirstOf(request, missing) > 0 ? request.Error(NoSuchName, index) : NumberOfOid(request));
        await using var transport = new SnmpTransport(TimeProvider.System);
        var client = new SnmpClient(transport, new SnmpTarget(agent.EndPoint, SnmpVersion.V1, "public"));
        var found = await client.GetAsync(Ten, TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 3, 4, 5, 6, 0, 8, 9, 10], found.Select(variable => variable.Value.Integer));
        Assert.Equal(SnmpType.NoSuchInstance, found[6].Value.Type);
    }

    [Fact]
    public async Task GetAsync_keeps_the_others_when_the_agent_fails_on_one()
    {
        string[] broken = [Ten[4].ToString()];
        await using var agent = new TestAgent(request => FirstOf(request, broken) is > 0 and var index ? request.Error(GenErr, index) : NumberOfOid(request));
        await using var transport = new SnmpTransport(TimeProvider.System);
        var found = await Client(transport, agent).GetAsync(Ten, TestContext.Current.CancellationToken);
        Assert.Equal(SnmpType.Null, found[4].Value.Type);
        Assert.Equal([1, 2, 3, 4, 0, 6, 7, 8, 9, 10], found.Select(variable => variable.Value.Integer));
    }

    [Fact]
    public async Task GetAsync_of_only_failing_objects_names_target_request_and_cause()
    {
        await using var agent = new TestAgent(request => request.Error(GenErr, 1));
        await using var transport = new SnmpTransport(TimeProvider.System);
        var client = new SnmpClient(transport, new SnmpTarget(agent.EndPoint, SnmpVersion.V2c, "s3cret-community"));
        var fault = await Assert.ThrowsAsync<SnmpException>(async () => await client.GetAsync(Ten[..1], TestContext.Current.CancellationToken));
        Assert.Equal((SnmpFault.AgentError, GenErr), (fault.Fault, fault.ErrorStatus));
        Assert.Equal($"SNMP {agent.EndPoint}: GET {Ten[0]}: the agent answered genErr (5)", fault.Message);
    }

    [Fact]
    public async Task GetAsync_halves_on_tooBig_and_remembers()
    {
        await using var agent = new TestAgent(request => request.Oids.Count > 3 ? request.Error(TooBig, 0) : NumberOfOid(request));
        await using var transport = new SnmpTransport(TimeProvider.System);
        var client = Client(transport, agent);
        await client.GetAsync(Ten, TestContext.Current.CancellationToken);
        Assert.Equal([10, 5, 2, 2, 2, 2, 2], agent.Seen.Select(request => request.Oids.Count));
        agent.Seen.Clear();
        var found = await client.GetAsync(Ten, TestContext.Current.CancellationToken);
        Assert.Equal([2, 2, 2, 2, 2], agent.Seen.Select(request => request.Oids.Count));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], found.Select(variable => variable.Value.Integer));
    }

    [Fact]
    public async Task GetAsync_of_one_object_that_is_too_big_is_an_agent_error()
    {
        await using var agent = new TestAgent(request => request.Error(TooBig, 0));
        await using var transport = new SnmpTransport(TimeProvider.System);
        var fault = await Assert.ThrowsAsync<SnmpException>(async () => await Client(transport, agent).GetAsync(Ten, TestContext.Current.CancellationToken));
        Assert.Equal((SnmpFault.AgentError, TooBig), (fault.Fault, fault.ErrorStatus));
    }

    [Fact]
    public async Task GetAsync_that_fails_half_way_keeps_what_it_has()
    {
        await using var agent = new TestAgent(request => request.Oids[0] == Ten[8].ToString() ? [0x30, 0x00] : NumberOfOid(request));
        await using var transport = new SnmpTransport(TimeProvider.System);
        var target = new SnmpTarget(agent.EndPoint, SnmpVersion.V2c, "public") { MaxVariables = 4, Timeout = TimeSpan.FromMilliseconds(50), Retries = 0 };
        var fault = await Assert.ThrowsAsync<SnmpException>(async () => await new SnmpClient(transport, target).GetAsync(Ten, TestContext.Current.CancellationToken));
        Assert.Equal(SnmpFault.Timeout, fault.Fault);
        Assert.Equal(Ten[..8], fault.Partial.Select(variable => variable.Oid));
    }

    [Fact]
    public async Task GetAsync_whose_answer_holds_another_object_is_a_bad_reply()
    {
        await using var agent = new TestAgent(request => request.Answer([.. request.Oids.Reverse().Select(oid => Tlv.VarBind(oid, Tlv.Integer(1)))]));
        await using var transport = new SnmpTransport(TimeProvider.System);
        var fault = await Assert.ThrowsAsync<SnmpException>(async () => await Client(transport, agent).GetAsync(Ten[..2], TestContext.Current.CancellationToken));
        Assert.Equal(SnmpFault.BadReply, fault.Fault);
        Assert.EndsWith($"GET {Ten[0]} and 1 more: the answer is not valid: it holds {Ten[1]}, which was not asked there", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task GetAsync_whose_answer_holds_fewer_or_more_objects_is_a_bad_reply(int count)
    {
        await using var agent = new TestAgent(request => request.Answer([.. request.Oids.Append("1.3.9").Take(count).Select(oid => Tlv.VarBind(oid, Tlv.Integer(1)))]));
        await using var transport = new SnmpTransport(TimeProvider.System);
        var fault = await Assert.ThrowsAsync<SnmpException>(async () => await Client(transport, agent).GetAsync(Ten[..2], TestContext.Current.CancellationToken));
        Assert.Equal(SnmpFault.BadReply, fault.Fault);
    }

    [Fact]
    public async Task ReadAsync_remembers_what_a_v1_agent_does_not_have_and_asks_for_it_again_later()
    {
        var time = new FakeTimeProvider();
        string[] missing = [Ten[1].ToString()];
        await using var agent = new TestAgent(request => FirstOf(request, missing) is > 0 and var index ? request.Error(NoSuchName, index) : NumberOfOid(request));
        await using var transport = new SnmpTransport(time);
        var get = new SnmpClient(transport, new SnmpTarget(agent.EndPoint, SnmpVersion.V1, "public")).Prepare(Ten[..3]);
        var values = new SnmpValue[3];
        await get.ReadAsync(values, TestContext.Current.CancellationToken);
        await get.ReadAsync(values, TestContext.Current.CancellationToken);
        Assert.Equal([3, 2, 2], agent.Seen.Select(request => request.Oids.Count));
        Assert.Equal([SnmpType.Integer32, SnmpType.NoSuchInstance, SnmpType.Integer32], values.Select(value => value.Type));
        Assert.Equal(3, values[2].Integer);

        missing[0] = "gone";
        time.Advance(TimeSpan.FromMinutes(10));
        await get.ReadAsync(values, TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 3], values.Select(value => value.Integer));
    }

    [Fact]
    public async Task ReadAsync_asks_again_for_an_object_that_the_agent_failed_on()
    {
        var failing = true;
        await using var agent = new TestAgent(request => failing && request.Oids.Count > 2 ? request.Error(GenErr, 2) : NumberOfOid(request));
        await using var transport = new SnmpTransport(TimeProvider.System);
        var get = Client(transport, agent).Prepare(Ten[..3]);
        var values = new SnmpValue[3];
        await get.ReadAsync(values, TestContext.Current.CancellationToken);
        Assert.False(values[1].HasValue);
        failing = false;
        await get.ReadAsync(values, TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 3], values.Select(value => value.Integer));
    }

    [Fact]
    public async Task ReadAsync_into_too_little_room_is_refused()
    {
        await using var transport = new SnmpTransport(TimeProvider.System);
        await using var agent = new TestAgent(NumberOfOid);
        var get = Client(transport, agent).Prepare(Ten);
        await Assert.ThrowsAsync<ArgumentException>(async () => await get.ReadAsync(new SnmpValue[9], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task GetNextAsync_at_the_end_of_a_v1_agent_is_the_end_of_the_view()
    {
        await using var agent = new TestAgent(request => request.Error(NoSuchName, 1));
        await using var transport = new SnmpTransport(TimeProvider.System);
        var client = new SnmpClient(transport, new SnmpTarget(agent.EndPoint, SnmpVersion.V1, "public"));
        var found = Assert.Single(await client.GetNextAsync([Root], TestContext.Current.CancellationToken));
        Assert.Equal(new SnmpVariable(Root, SnmpValue.Absent(SnmpType.EndOfMibView)), found);
    }

    [Fact]
    public async Task GetBulkAsync_sends_both_numbers_and_never_zero_repetitions()
    {
        await using var agent = new TestAgent(NumberOfOid);
        await using var transport = new SnmpTransport(TimeProvider.System);
        var client = Client(transport, agent);
        await client.GetBulkAsync(Ten[..2], 1, 5, TestContext.Current.CancellationToken);
        var seen = Assert.Single(agent.Seen);
        Assert.Equal([0xA5, 1, 5], [seen.Kind, seen.Second, seen.Third]);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await client.GetBulkAsync(Ten, 0, 0, TestContext.Current.CancellationToken));
    }

    private static SnmpClient Client(SnmpTransport transport, TestAgent agent) => new(transport, new SnmpTarget(agent.EndPoint, SnmpVersion.V2c, "public"));

    /// <summary>The object 1.3.6.1.4.1.318.N.0 has the value N.</summary>
    private static byte[] NumberOfOid(SeenRequest request) =>
        request.Answer([.. request.Oids.Select(oid => Tlv.VarBind(oid, Tlv.Integer(Oid.Parse(oid).Arcs[^2])))]);

    /// <summary>The error-index of the first of these names in a request, or 0.</summary>
    private static int FirstOf(SeenRequest request, string[] names) => Array.FindIndex([.. request.Oids], names.Contains) + 1;
}
