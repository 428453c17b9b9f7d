namespace EdgeDcim.Protocols.LocalSensors;

/// <summary>Why a local sensor gave no value.</summary>
public enum LocalSensorFault
{
    /// <summary>Nothing answers there: no bus, no chip, no file, no pin, or no permission for it.</summary>
    Absent,

    /// <summary>The bus did not come back within its time.</summary>
    Timeout,

    /// <summary>What came fails its check (CRC, identity, form).</summary>
    BadReply,

    /// <summary>The sensor itself says, or its value tells, that it does not measure.</summary>
    NotMeasuring,
}

/// <summary>The one exception of local sensors; its message names the place and the cause.</summary>
public sealed class LocalSensorException(LocalSensorFault fault, string message, Exception? cause = null) : Exception(message, cause)
{
    public LocalSensorFault Fault => fault;
}
