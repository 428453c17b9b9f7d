namespace EdgeDcim.Protocols.Modbus;

/// <summary>Where a Modbus TCP server listens and how gently it wants to be asked.</summary>
public sealed record ModbusTcpOptions
{
    public required string Host { get; init; }

    public int Port { get; init; } = 502;

    /// <summary>The longest part of <see cref="Timeout"/> that connecting may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>From a request's turn to its answer, connecting included; <see cref="ConnectDelay"/> and the wait for a turn are not.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Least quiet time on the connection before each request. Learnt upward for a unit that answers busy (06) or unreachable behind its gateway (0B).</summary>
    public TimeSpan Gap { get; init; }

    /// <summary>The most that <see cref="Gap"/> is learnt up to.</summary>
    public TimeSpan MaxLearnedGap { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Rest between the connection and the first request, for devices that drop what comes too early.</summary>
    public TimeSpan ConnectDelay { get; init; }

    /// <summary>Rest between the end of a connection and the next, for devices that free their only slot slowly.</summary>
    public TimeSpan ReconnectDelay { get; init; }

    /// <summary>Closes a connection that was quiet for so long, so that others get the device's only slot; zero closes after each answer, null never.</summary>
    public TimeSpan? CloseAfterIdle { get; init; }

    /// <summary>
    /// For RTU and ASCII over TCP, which have no transaction ids: how long a unit that stayed without answer is not asked again, so that its
    /// late answer is not taken for the next; other units are. Null: as long as <see cref="Timeout"/>.
    /// </summary>
    public TimeSpan? Turnaround { get; init; }

    /// <summary>Requests that may be under way on the connection together; more than 1 only where the device is known to cope.</summary>
    public int MaxInFlight { get; init; } = 1;

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Host);
        ArgumentOutOfRangeException.ThrowIfLessThan(Port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Port, 65535);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(Gap, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxLearnedGap, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(ConnectDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReconnectDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(CloseAfterIdle ?? TimeSpan.Zero, TimeSpan.Zero);

        ArgumentOutOfRangeException.ThrowIfLessThan(Turnaround ?? TimeSpan.Zero, TimeSpan.Zero);

        // Transaction ids of answered requests are told apart from foreign ones within a window of 64.
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxInFlight, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxInFlight, 32);
    }
}
