using EdgeDcim.Core.Sparkplug;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeDcim.Collector.Broker;

/// <summary>
/// What this collector says of itself as the Sparkplug host application: online with every connection, offline by its will or on leaving.
/// Birth and will of one connection carry the same time stamp, so that an agent can tell a late will from a new birth (Sparkplug 3.0, 4.3.2).
/// </summary>
internal sealed class HostApplication(string hostId, TimeProvider time)
{
    private long sessionMs;

    public string HostId => hostId;

    public string StateTopic { get; } = SparkplugTopic.State(hostId).Format();

    /// <summary>Starts a connection and returns the payload of its will.</summary>
    public byte[] BeginSession()
    {
        // Two connections within a millisecond must still be told apart.
        sessionMs = Math.Max(sessionMs + 1, time.GetUtcNow().ToUnixTimeMilliseconds());
        return new HostState(Online: false, sessionMs).ToJson();
    }

    public MqttApplicationMessage Birth() => State(online: true, sessionMs);

    /// <summary>For a clean leave: stamped with the moment of leaving.</summary>
    public MqttApplicationMessage Death() => State(online: false, Math.Max(sessionMs, time.GetUtcNow().ToUnixTimeMilliseconds()));

    /// <summary>True when somebody (a late will, an impostor) declared this host dead: it has to be born again.</summary>
    public bool IsDeclaredDead(string host, ReadOnlySpan<byte> payload)
    {
        if (host != hostId)
        {
            return false;
        }

        try
        {
            return !HostState.Parse(payload).Online;
        }
        catch (SparkplugException)
        {
            return true;
        }
    }

    private MqttApplicationMessage State(bool online, long timestampMs) =>
        BrokerLink.Message(StateTopic, new HostState(online, timestampMs).ToJson(), MqttQualityOfServiceLevel.AtLeastOnce, retain: true);
}
