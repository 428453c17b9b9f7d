using System.Buffers;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Agent.Polling;

/// <summary>What one poll of one device gave. The readings live in a pooled array: whoever takes the result returns it once.</summary>
internal sealed class PollResult(PolledDevice device, DeviceState state, string? reason, long atMs, Reading[] buffer, int count)
{
    public PolledDevice Device => device;

    /// <summary>The device's state after this poll.</summary>
    public DeviceState State => state;

    public string? Reason => reason;

    public long AtMs => atMs;

    /// <summary>Good, suspect and missing readings of the poll, and at times those about the device itself (<c>device.*</c>).</summary>
    public ReadOnlySpan<Reading> Readings => buffer.AsSpan(0, count);

    public int Count => count;

    /// <summary>Somebody waits for it: the device itself asked to be read.</summary>
    public bool IsUrgent { get; init; }

    public void Return() => ArrayPool<Reading>.Shared.Return(buffer, clearArray: true);
}
