namespace EdgeDcim.Simulator.Physics;

/// <summary>What can go wrong in the hall; the words on the wire are the same in snake case.</summary>
internal enum FaultKind
{
    /// <summary>Plates of an exchanger lose conductance. %.</summary>
    Fouling,

    /// <summary>Flow resistance of the CDU's filter grows. % above clean.</summary>
    FilterClog,

    /// <summary>Flow resistance of the cold plates grows. % above clean.</summary>
    PlateClog,

    /// <summary>Pumps trip: 1 a duty pump while the standby takes over, 2 the standby is missing too, 3 all.</summary>
    PumpTrip,

    /// <summary>The pumps lose head at a given speed. %.</summary>
    PumpWear,

    /// <summary>Gas in the coolant: head falls and all readings of the loop tremble. % of volume.</summary>
    Air,

    /// <summary>The primary valve stands still. Position in %.</summary>
    ValveStuck,

    /// <summary>The primary valve, or a CRAC's fan, swings about its aim. Amplitude in %.</summary>
    Hunting,

    /// <summary>Coolant is lost. L/h.</summary>
    Leak,

    /// <summary>Part of the flow passes the cold plates by. %.</summary>
    Bypass,

    /// <summary>Conductivity rises, pH falls, turbidity rises. uS/cm.</summary>
    Contamination,

    /// <summary>A reading is off by a constant. Unit of the point.</summary>
    SensorDrift,

    /// <summary>A reading is off by a factor. %.</summary>
    SensorGain,

    /// <summary>A reading stands still.</summary>
    SensorFreeze,

    /// <summary>Two readings are exchanged.</summary>
    SensorSwap,

    /// <summary>The chiller loses compressor capacity. %.</summary>
    ChillerTrip,

    /// <summary>The room's dew point rises. K.</summary>
    Condensation,

    /// <summary>One CRAC heats and humidifies while the other cools and dries. kW.</summary>
    CracFighting,

    /// <summary>Exhaust air returns to a rack's inlet. % of its inlet air.</summary>
    Recirculation,
}

/// <summary>One fault: where, how large, since when, and over what time it grows to its size.</summary>
/// <param name="At">A device (<c>cdu-1</c>), a part of it (<c>cdu-1/tray</c>) or a point (<c>cdu-1/flow/secondary</c>).</param>
/// <param name="OnsetS">Seconds of hall time.</param>
/// <param name="RampS">Seconds from nothing to the whole size; 0 is a step.</param>
/// <param name="With">The other point of a swap.</param>
internal sealed record Fault(FaultKind Kind, string At, double Size, double OnsetS, double RampS = 0, string? With = null)
{
    public double SizeAt(double seconds) =>
        seconds < OnsetS ? 0 : RampS <= 0 ? Size : Size * Math.Min(1, (seconds - OnsetS) / RampS);
}

/// <summary>The faults that are injected at present.</summary>
internal sealed class Faults
{
    private static readonly Fault[] None = [];

    public IReadOnlyList<Fault> All { get; private set; } = None;

    public void Replace(IReadOnlyList<Fault> faults) => All = faults;

    /// <summary>Size of a fault now, in the unit of its kind; those of the same kind and place add up.</summary>
    public double Size(FaultKind kind, string at, double seconds)
    {
        var sum = 0.0;
        foreach (var fault in All)
        {
            if (fault.Kind == kind && fault.At == at)
            {
                sum += fault.SizeAt(seconds);
            }
        }

        return sum;
    }

    /// <summary>A fault whose size may be nothing: a stuck valve at 0 %, a frozen sensor.</summary>
    public Fault? Active(FaultKind kind, string at, double seconds)
    {
        foreach (var fault in All)
        {
            if (fault.Kind == kind && seconds >= fault.OnsetS && (fault.At == at || fault.With == at))
            {
                return fault;
            }
        }

        return null;
    }
}
