using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Scenarios.Harness;
using MQTTnet;
using MQTTnet.Protocol;
using Xunit;

namespace EdgeDcim.Scenarios.Security;

/// <summary>What an agent with a good certificate cannot do: speak as somebody else, command, call the host dead, leave something behind, listen around.</summary>
[Collection(nameof(SecuredCollector))]
public sealed class TopicAttacks(SecuredCollector collector)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("spBv1.0/ams-1/NBIRTH/honest")]
    [InlineData("spBv1.0/ams-1/DDATA/honest/ups-a")]
    [InlineData("spBv1.0/ams-1/NDEATH/honest")]
    [InlineData("spBv1.0/other-site/NBIRTH/mallory")]
    [InlineData("spBv1.0/ams-1/NCMD/honest")]
    [InlineData("spBv1.0/ams-1/DCMD/honest/ups-a")]
    [InlineData("spBv1.0/ams-1/NCMD/mallory")]
    [InlineData("spBv1.0/STATE/edgedcim")]
    [InlineData("spBv1.0/STATE/another-host")]
    [InlineData("STATE/edgedcim")]
    [InlineData("edgedcim/ams-1/kpi/pue")]
    [InlineData("anything")]
    [InlineData("$SYS/broker/uptime")]
    public async Task A_message_that_is_not_the_agents_own_is_refused_and_counted(string topic)
    {
        using var mallory = await collector.ConnectAsync("mallory", Cancel);
        var before = await collector.MetricAsync("edgedcim_broker_messages_refused_total", Cancel);
        var answer = await mallory.PublishAsync(SecuredCollector.Message(topic, new HostState(false, 1).ToJson()), Cancel);
        Assert.False(answer.IsSuccess);
        Assert.True(await collector.MetricAsync("edgedcim_broker_messages_refused_total", Cancel) > before);
        await collector.HarmsNobodyAsync(Cancel);
    }

    [Fact]
    public async Task A_will_in_another_agents_name_is_not_published()
    {
        var before = await collector.MetricAsync("edgedcim_broker_messages_refused_total", Cancel);
        await using (var raw = await collector.OpenAsync("mallory", Cancel))
        {
            // CONNECT with a will (flags 0x06): topic and payload after the client id.
            byte[] body = [0, 4, .. "MQTT"u8, 4, 6, 0, 60, 0, 1, (byte)'m', 0, 27, .. "spBv1.0/ams-1/NDEATH/honest"u8, 0, 1, 0];
            await raw.WriteAsync(RawMqtt.Packet(0x10, body), Cancel);
            Assert.Equal(0x20, raw.ReadByte());
        }

        await Eventually.TrueAsync(
            async () => await collector.MetricAsync("edgedcim_broker_messages_refused_total", Cancel) > before, "the will is refused", TimeSpan.FromSeconds(60), Cancel);
        await collector.HarmsNobodyAsync(Cancel);
    }

    [Theory]
    [InlineData("#")]
    [InlineData("+/#")]
    [InlineData("spBv1.0/#")]
    [InlineData("spBv1.0/ams-1/#")]
    [InlineData("spBv1.0/+/NCMD/mallory")]
    [InlineData("spBv1.0/ams-1/NCMD/+")]
    [InlineData("spBv1.0/ams-1/NCMD/honest")]
    [InlineData("spBv1.0/ams-1/DDATA/honest/+")]
    [InlineData("spBv1.0/STATE/+")]
    [InlineData("$share/x/spBv1.0/ams-1/#")]
    [InlineData("$SYS/#")]
    public async Task A_subscription_beyond_the_agents_own_commands_is_refused(string filter)
    {
        using var mallory = await collector.ConnectAsync("mallory", Cancel);
        var answer = await mallory.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce, Cancel);
        Assert.True(answer.Items.Single().ResultCode > MqttClientSubscribeResultCode.GrantedQoS2, filter);
        await collector.HarmsNobodyAsync(Cancel);
    }

    [Theory]
    [InlineData("spBv1.0/ams-1/NCMD/mallory")]
    [InlineData("spBv1.0/ams-1/DCMD/mallory/#")]
    [InlineData("spBv1.0/STATE/edgedcim")]
    public async Task A_subscription_that_an_agent_needs_is_granted(string filter)
    {
        using var mallory = await collector.ConnectAsync("mallory", Cancel);
        var answer = await mallory.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce, Cancel);
        Assert.True(answer.Items.Single().ResultCode <= MqttClientSubscribeResultCode.GrantedQoS2, filter);
    }

    [Fact]
    public async Task A_bomb_of_retained_messages_leaves_nothing_behind()
    {
        using var mallory = await collector.ConnectAsync("mallory", Cancel);
        for (var i = 0; i < 100; i++)
        {
            var answer = await mallory.PublishAsync(SecuredCollector.Message($"spBv1.0/ams-1/DDATA/mallory/d{i}", new byte[1000], retain: true), Cancel);
            Assert.False(answer.IsSuccess);
        }

        await collector.HarmsNobodyAsync(Cancel);
    }

    [Fact]
    public async Task Another_agents_client_id_cannot_be_taken_over()
    {
        using var mallory = await collector.ConnectAsync("mallory", Cancel, "a-client-id");
        using var thief = new MqttClientFactory().CreateMqttClient();
        await using var raw = await collector.OpenAsync("honest", Cancel);
        await raw.WriteAsync(RawMqtt.Connect("a-client-id"), Cancel);
        var answer = await RawMqtt.ReadToEndAsync(raw, Cancel);
        Assert.Equal([0x20, 2, 0, 5], answer); // CONNACK, not authorised
        Assert.True((await mallory.PublishAsync(SecuredCollector.Message("spBv1.0/ams-1/NDATA/mallory", [1]), Cancel)).IsSuccess);
        await collector.HarmsNobodyAsync(Cancel);
    }

    [Fact]
    public async Task Births_that_are_replayed_again_and_again_are_one_node_and_cost_no_memory_of_series()
    {
        using var mallory = await collector.ConnectAsync("mallory", Cancel);
        var writer = new PayloadWriter();
        writer.Begin(1_700_000_000_000);
        writer.BeginMetric(SparkplugNames.BdSeq).Type(DataType.Int64).Value(0L).EndMetric();
        writer.BeginMetric(SparkplugNames.Rebirth).Type(DataType.Boolean).Value(false).EndMetric();
        var birth = writer.End(0).ToArray();
        for (var i = 0; i < 300; i++)
        {
            await mallory.PublishAsync(SecuredCollector.Message("spBv1.0/ams-1/NBIRTH/mallory", birth), Cancel);
        }

        // mallory alone, or beside the honest one.
        await Eventually.TrueAsync(
            async () => System.Text.RegularExpressions.Regex.IsMatch(await collector.GetAsync("/api/v1/state", Cancel), "\"agents\":\\{\"online\":[0-2],\"known\":[12][,}]"),
            "one node is known for all births", TimeSpan.FromSeconds(60), Cancel);
        await collector.HarmsNobodyAsync(Cancel);
    }
}
