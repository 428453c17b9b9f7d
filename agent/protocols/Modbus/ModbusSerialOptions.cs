using System.IO.Ports;

namespace EdgeDcim.Protocols.Modbus;

/// <summary>A serial line and how gently its units want to be asked.</summary>
public sealed record ModbusSerialOptions
{
    /// <summary>Device file or port name: <c>/dev/ttyUSB0</c>, <c>/dev/serial/by-id/…</c>, <c>COM3</c>.</summary>
    public required string Port { get; init; }

    public int BaudRate { get; init; } = 9600;

    public Parity Parity { get; init; } = Parity.Even;

    public int DataBits { get; init; } = 8;

    public StopBits StopBits { get; init; } = StopBits.One;

    /// <summary>From a request's turn to its answer, less the time that both need on the line.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Least quiet time on the line before each request; never less than 3.5 characters. Learnt upward for a unit that answers busy.</summary>
    public TimeSpan Gap { get; init; }

    /// <summary>The most that <see cref="Gap"/> is learnt up to.</summary>
    public TimeSpan MaxLearnedGap { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long a unit that stayed without answer is not asked again, so that its late answer is not taken for the next; other units are.
    /// Null: as long as <see cref="Timeout"/>.
    /// </summary>
    public TimeSpan? Turnaround { get; init; }

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Port);
        ArgumentOutOfRangeException.ThrowIfLessThan(BaudRate, 50);
        ArgumentOutOfRangeException.ThrowIfLessThan(DataBits, 7);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(DataBits, 8);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(Gap, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxLearnedGap, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(Turnaround ?? TimeSpan.Zero, TimeSpan.Zero);
    }

    /// <summary>Start, data, parity and stop bits at the line's speed.</summary>
    internal TimeSpan TimeFor(int characters)
    {
        var bits = 1 + DataBits + (Parity == Parity.None ? 0 : 1) + (StopBits == StopBits.One ? 1 : 2);
        return TimeSpan.FromSeconds((double)characters * bits / BaudRate);
    }

    /// <summary>3.5 characters; above 19 200 baud fixed at 1.75 ms (MODBUS over Serial Line 1.02, section 2.5.1.1).</summary>
    internal TimeSpan LeastGap
    {
        get
        {
            var silence = BaudRate > 19_200 ? TimeSpan.FromMilliseconds(1.75) : TimeFor(7) / 2;
            return silence > Gap ? silence : Gap;
        }
    }
}
