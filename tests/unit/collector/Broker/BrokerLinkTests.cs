using EdgeDcim.Collector.Broker;
using MQTTnet;
using MQTTnet.Protocol;
using Xunit;

namespace EdgeDcim.Collector.Tests.Broker;

public sealed class BrokerLinkTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_follows_the_last_word_not_even_the_answer_to_its_own_echo()
    {
        await using var link = new EchoingLink();
        await link.PublishAsync(Say("online"), Cancel);
        await link.LeaveAsync(Say("offline"));

        Assert.False(await link.PublishAsync(Say("acknowledgement"), Cancel));
        Assert.Equal(["online", "offline"], link.Sent);
    }

    private static MqttApplicationMessage Say(string topic) => BrokerLink.Message(topic, default, MqttQualityOfServiceLevel.AtLeastOnce, retain: true);

    /// <summary>A broker that gives the host its own messages back while it still sends them; the host declares itself alive to that.</summary>
    private sealed class EchoingLink : BrokerLink
    {
        public List<string> Sent { get; } = [];

        public override bool IsConnected => true;

        public override Task StartAsync(CancellationToken cancel) => Task.CompletedTask;

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        protected override async Task<bool> SendAsync(MqttApplicationMessage message, CancellationToken cancel)
        {
            Sent.Add(message.Topic);
            if (message.Topic == "offline")
            {
                await PublishAsync(Say("online"), cancel);
            }

            return true;
        }
    }
}
