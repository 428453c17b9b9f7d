using EdgeDcim.Collector.Broker;
using EdgeDcim.Collector.Tests.Api;
using EdgeDcim.Collector.Tests.Hosting;
using EdgeDcim.Collector.Tests.Ingest;
using EdgeDcim.Core.Sparkplug;
using MQTTnet;
using MQTTnet.Protocol;
using Xunit;

namespace EdgeDcim.Collector.Tests.Broker;

/// <summary>What clients of the embedded broker may and may not do.</summary>
public sealed class EmbeddedBrokerTests
{
    private static readonly Dictionary<string, string> Users = new() { ["gateway-1"] = "one", ["gateway-2"] = "two" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_finds_the_host_online_and_a_message_that_calls_it_dead_goes_nowhere()
    {
        await using var collector = await RunningCollector.StartAsync(Cancel);
        using var client = await ApiTests.ConnectAsync(collector.MqttPort);
        var said = await StateAsync(client);
        Assert.True(HostState.Parse(said).Online);
        var spoof = await client.PublishAsync(BrokerLink.Message("spBv1.0/STATE/edgedcim", new HostState(false, 1).ToJson(), MqttQualityOfServiceLevel.AtLeastOnce, retain: true), Cancel);
        Assert.False(spoof.IsSuccess);
        using var other = await ApiTests.ConnectAsync(collector.MqttPort);
        Assert.True(HostState.Parse(await StateAsync(other)).Online);
    }

    [Theory]
    [InlineData("nobody", "one")]
    [InlineData("gateway-1", "two")]
    [InlineData(null, null)]
    public async Task With_users_a_wrong_name_or_password_is_turned_away(string? user, string? password)
    {
        await using var collector = await RunningCollector.StartAsync(Cancel, Users);
        using var client = new MqttClientFactory().CreateMqttClient();
        var options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", collector.MqttPort);
        if (user is not null)
        {
            options.WithCredentials(user, password);
        }

        var answer = await client.ConnectAsync(options.Build(), Cancel);
        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, answer.ResultCode);
    }

    [Fact]
    public async Task With_users_an_agent_speaks_only_as_itself_and_hears_only_its_own_commands()
    {
        await using var collector = await RunningCollector.StartAsync(Cancel, Users);
        using var client = await ApiTests.ConnectAsync(collector.MqttPort, "gateway-1", "one");
        foreach (var (topic, allowed) in new[]
        {
            ("spBv1.0/demo/NBIRTH/gateway-1", true), ("spBv1.0/demo/DDATA/gateway-1/main", true), ("spBv1.0/demo/NBIRTH/gateway-2", false),
            ("spBv1.0/demo/NCMD/gateway-1", false), ("spBv1.0/STATE/edgedcim", false), ("anything", false),
        })
        {
            var answer = await client.PublishAsync(BrokerLink.Message(topic, new byte[1], MqttQualityOfServiceLevel.AtLeastOnce, retain: false), Cancel);
            Assert.True(answer.IsSuccess == allowed, topic);
        }

        foreach (var (filter, allowed) in new[]
        {
            ("spBv1.0/demo/NCMD/gateway-1", true), ("spBv1.0/STATE/edgedcim", true), ("spBv1.0/demo/DCMD/gateway-1/#", true),
            ("spBv1.0/demo/NCMD/gateway-2", false), ("spBv1.0/#", false), ("spBv1.0/demo/#", false), ("#", false), ("spBv1.0/demo/NCMD/+", false),
        })
        {
            var answer = await client.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce, Cancel);
            Assert.True(answer.Items.Single().ResultCode <= MqttClientSubscribeResultCode.GrantedQoS2 == allowed, filter);
        }
    }

    [Fact]
    public async Task A_client_leaves_no_retained_message_behind()
    {
        await using var collector = await RunningCollector.StartAsync(Cancel);
        using var client = await ApiTests.ConnectAsync(collector.MqttPort);
        await client.PublishAsync(BrokerLink.Message("bomb", new byte[100], MqttQualityOfServiceLevel.AtLeastOnce, retain: true), Cancel);
        using var other = await ApiTests.ConnectAsync(collector.MqttPort);
        var heard = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        other.ApplicationMessageReceivedAsync += message =>
        {
            heard.TrySetResult(message.ApplicationMessage.Payload.Length);
            return Task.CompletedTask;
        };
        await other.SubscribeAsync("bomb", MqttQualityOfServiceLevel.AtLeastOnce, Cancel);

        // What is retained would come before this.
        await client.PublishAsync(BrokerLink.Message("bomb", new byte[1], MqttQualityOfServiceLevel.AtLeastOnce, retain: false), Cancel);
        Assert.Equal(1, await heard.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel));
    }

    [Fact]
    public async Task The_will_of_a_killed_edge_node_takes_it_offline()
    {
        await using var collector = await RunningCollector.StartAsync(Cancel);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var plc = new EdgeNodeDouble("plc-7", null);
        var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", collector.MqttPort).WithWillTopic("spBv1.0/demo/NDEATH/plc-7").WithWillPayload(plc.NodeDeath(0).Payload.ToArray()).Build(), Cancel);
        await ApiTests.PublishAsync(client, plc.NodeBirth(now));
        await OnlineAsync(collector, 1);
        client.Dispose();
        await OnlineAsync(collector, 0);
    }

    [Fact]
    public async Task Kpis_are_published_as_retained_json()
    {
        await using var collector = await RunningCollector.StartAsync(Cancel);
        using var client = await ApiTests.ConnectAsync(collector.MqttPort);
        using var json = System.Text.Json.JsonDocument.Parse(await HearAsync(client, "edgedcim/demo/kpi/pue"));
        Assert.Equal("pue", json.RootElement.GetProperty("name").GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, json.RootElement.GetProperty("value").ValueKind);
        Assert.NotNull(json.RootElement.GetProperty("reason").GetString());
        Assert.NotEmpty(await HearAsync(client, "edgedcim/demo/kpi/pue/15m"));
    }

    private static async Task OnlineAsync(RunningCollector collector, int agents)
    {
        var wanted = $"\"agents\":{{\"online\":{agents},\"known\":1}}";
        for (var i = 0; i < 300; i++)
        {
            if ((await collector.Http.GetStringAsync("/api/v1/state", Cancel)).Contains(wanted, StringComparison.Ordinal))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        }

        Assert.Fail($"the state never came to {wanted}");
    }

    private static Task<byte[]> StateAsync(IMqttClient client) => HearAsync(client, "spBv1.0/STATE/edgedcim");

    private static async Task<byte[]> HearAsync(IMqttClient client, string topic)
    {
        var said = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ApplicationMessageReceivedAsync += message =>
        {
            if (message.ApplicationMessage.Topic == topic)
            {
                said.TrySetResult(System.Buffers.BuffersExtensions.ToArray(message.ApplicationMessage.Payload));
            }

            return Task.CompletedTask;
        };
        await client.SubscribeAsync(topic, MqttQualityOfServiceLevel.AtLeastOnce, Cancel);
        return await said.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
    }
}
