using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Broker;
using MQTTnet.Protocol;

namespace EdgeDcim.Collector.Notification;

/// <summary>A message on the broker that the collector is connected to, at QoS 1 and not retained: an event and no state.</summary>
internal sealed class MqttChannel(MqttChannelConfig config, string site, BrokerLink link) : Channel(config)
{
    public override async Task SendAsync(OutboxMessage message, CancellationToken cancel)
    {
        var sent = await link.PublishAsync(
            BrokerLink.Message(config.Topic, NotifyJson.Message(site, message), MqttQualityOfServiceLevel.AtLeastOnce, retain: false), cancel);
        if (!sent)
        {
            throw new NotifyException("the broker is away");
        }
    }
}
