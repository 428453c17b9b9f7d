using EdgeDcim.Core.Sparkplug;

namespace EdgeDcim.Collector.Broker;

/// <summary>
/// What a client may say and hear. One with a name is the agent of that name in the group of this site and nothing else; one without, which
/// only loopback can be, may look at everything. Commands are the host's to give, and STATE its own to say.
/// </summary>
internal sealed class AgentRights(string site, string stateTopic)
{
    public bool MayPublish(string? agent, string topic)
    {
        if (topic == stateTopic || !SparkplugTopic.TryParse(topic, out var parsed))
        {
            return topic != stateTopic && agent is null;
        }

        return parsed.Type is not (MessageType.NodeCommand or MessageType.DeviceCommand or MessageType.State)
            && (agent is null || (parsed.Node == agent && parsed.Group == site));
    }

    public bool MaySubscribe(string? agent, string filter)
    {
        if (agent is null)
        {
            return true;
        }

        var levels = filter.Split('/');
        return levels[0] == SparkplugTopic.Namespace
            && (levels is [_, "STATE", not ("+" or "#")] || (levels is [_, var group, "NCMD" or "DCMD", var node, ..] && group == site && node == agent));
    }
}
