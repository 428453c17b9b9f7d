namespace EdgeDcim.Agent.Polling;

/// <summary>How the agent finds a device; the codes are those of the metric <c>device.state</c>.</summary>
internal enum DeviceState : byte
{
    Unknown = 0,
    Online = 1,

    /// <summary>Part of it answers, or it has just stopped answering.</summary>
    Degraded = 2,

    /// <summary>It is silent and only probed.</summary>
    Offline = 3,

    /// <summary>Our own driver failed on it: a bug.</summary>
    Faulted = 4,
}
