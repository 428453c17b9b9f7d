namespace EdgeDcim.Agent.Drivers;

/// <summary>The one exception of drivers besides cancellation. Its message names address, object and cause.</summary>
internal sealed class DeviceFault(FaultKind kind, string message, Exception? cause = null) : Exception(message, cause)
{
    public FaultKind Kind => kind;

    /// <summary>What was read before the fault; belongs to the driver and is valid until its next read.</summary>
    public IReadOnlyList<Sample> Partial { get; init; } = [];
}
