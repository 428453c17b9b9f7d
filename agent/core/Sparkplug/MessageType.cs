namespace EdgeDcim.Core.Sparkplug;

/// <summary>The third level of a Sparkplug topic (the second for <see cref="State"/>): what the message is for.</summary>
public enum MessageType : byte
{
    /// <summary>Birth of an edge node: all its metrics.</summary>
    NodeBirth,

    /// <summary>Death of an edge node; also its will.</summary>
    NodeDeath,

    DeviceBirth,
    DeviceDeath,
    NodeData,
    DeviceData,
    NodeCommand,
    DeviceCommand,

    /// <summary>A host application is online or offline (JSON, not protobuf).</summary>
    State,
}
