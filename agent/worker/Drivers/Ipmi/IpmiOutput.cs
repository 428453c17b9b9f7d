using EdgeDcim.Protocols.Ipmi;
using EdgeDcim.Protocols.Ipmi.Sdr;

namespace EdgeDcim.Agent.Drivers.Ipmi;

/// <summary>One thing that a controller is asked for, once a poll however many series it feeds.</summary>
internal sealed class IpmiSource
{
    /// <summary>Null for the power reading and the chassis.</summary>
    public SensorRecord? Sensor { get; init; }

    public bool IsPower { get; init; }

    public SensorReading Reading { get; set; }

    public DcmiPower? Power { get; set; }

    public ChassisStatus? Chassis { get; set; }

    /// <summary>It was answered in this poll, be it that there is no value.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>Not asked before this time stamp, because it was refused or gave no answer.</summary>
    public long AsideUntil { get; set; } = long.MinValue;

    public string Name => Sensor is not null ? $"the sensor '{Sensor.Name}'" : IsPower ? "the DCMI power reading" : "the chassis status";

    public double Value(IpmiPoint point) =>
        Sensor is not null ? point.Convert(Sensor, Reading)
        : IsPower ? Power is null ? double.NaN : point.Convert(Power)
        : Chassis is null ? double.NaN : point.Convert(Chassis);
}

/// <summary>A source that gives a value of a series.</summary>
internal sealed record IpmiAlternative(IpmiPoint Point, PointInstance Instance, IpmiSource Source)
{
    public double Value => Source.Value(Point);
}

/// <summary>One series of a device: one source, or several of which the first with a verdict wins at each read.</summary>
internal sealed class IpmiOutput(List<IpmiAlternative> alternatives)
{
    public List<IpmiAlternative> Alternatives => alternatives;

    public IpmiPoint Point => alternatives[0].Point;

    /// <summary>False when none of the sources was answered.</summary>
    public bool TryTake(out Sample sample)
    {
        IpmiAlternative? answered = null;
        foreach (var alternative in alternatives)
        {
            if (!alternative.Source.IsAnswered)
            {
                continue;
            }

            answered ??= alternative;
            if (alternative.Value is var value && !double.IsNaN(value))
            {
                sample = new Sample(alternative.Instance, value);
                return true;
            }
        }

        sample = new Sample((answered ?? alternatives[0]).Instance, double.NaN);
        return answered is not null;
    }
}
