using System.Text;
using EdgeDcim.Collector.Alarms;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeDcim.Collector.Broker;

/// <summary>Where an alarm stands on the broker as plain JSON: retained while there is something to know of it; at rest the retained message is taken away.</summary>
internal static class AlarmTopic
{
    public static IEnumerable<MqttApplicationMessage> Messages(string site, Alarm alarm, string json)
    {
        var topic = $"edgedcim/{site}/alarm/{alarm.Id}";
        yield return BrokerLink.Message(topic, Encoding.UTF8.GetBytes(json), MqttQualityOfServiceLevel.AtLeastOnce, retain: alarm.IsLive);
        if (!alarm.IsLive)
        {
            yield return BrokerLink.Message(topic, ReadOnlyMemory<byte>.Empty, MqttQualityOfServiceLevel.AtLeastOnce, retain: true);
        }
    }
}
