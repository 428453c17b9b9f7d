namespace EdgeDcim.Agent.Drivers;

/// <summary>Why a device gave nothing; bounded, so that it can be a label of a counter.</summary>
internal enum FaultKind
{
    /// <summary>No way to the device: no connection, no serial port, no name.</summary>
    Unreachable,

    /// <summary>No answer within its time.</summary>
    Timeout,

    /// <summary>The device or its gateway asks to come again later.</summary>
    Busy,

    /// <summary>The device refuses what was asked.</summary>
    Refused,

    /// <summary>What came is no correct answer.</summary>
    BadReply,

    /// <summary>The device has nothing of what its profile asks for: probably the wrong profile.</summary>
    NotSupported,

    /// <summary>Community, user or password is not accepted, or the device cannot prove who it is.</summary>
    BadCredentials,
}
