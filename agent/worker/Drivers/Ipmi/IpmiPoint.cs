using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.Ipmi;
using EdgeDcim.Protocols.Ipmi.Sdr;

namespace EdgeDcim.Agent.Drivers.Ipmi;

/// <summary>A point of an IPMI profile: sensors by name, type or entity, a figure of the DCMI power reading, or a flag of the chassis.</summary>
internal sealed record IpmiPoint : Point
{
    /// <summary>The first that fits a sensor is taken; empty: any name.</summary>
    public IReadOnlyList<SensorPattern> Names { get; init; } = [];

    /// <summary>Sensors with one of these names are left to others.</summary>
    public IReadOnlyList<SensorPattern> Not { get; init; } = [];

    /// <summary>Sensor types; empty: any.</summary>
    public IReadOnlyList<byte> Types { get; init; } = [];

    /// <summary>Entities; empty: any.</summary>
    public IReadOnlyList<byte> Entities { get; init; } = [];

    public DcmiFigure? Dcmi { get; init; }

    public ChassisFlag? Chassis { get; init; }

    /// <summary>Of a sensor with states: which list of states its numbers come from (event/reading type).</summary>
    public byte Reading { get; init; } = SensorRecord.SpecificReading;

    /// <summary>Of a sensor with states: the first in the profile's order that is asserted decides.</summary>
    public IReadOnlyList<(int State, int Code)> States { get; init; } = [];

    /// <summary>When none of them is asserted; null: unknown.</summary>
    public int? NoState { get; init; }

    /// <summary>Where DCMI measures it, of a temperature.</summary>
    public DcmiPlace? TemperaturePlace => Dcmi switch
    {
        DcmiFigure.TemperatureInlet => DcmiPlace.Inlet,
        DcmiFigure.TemperatureProcessor => DcmiPlace.Processor,
        DcmiFigure.TemperatureBoard => DcmiPlace.Board,
        _ => null,
    };

    public bool IsSensor => Dcmi is null && Chassis is null;

    public bool IsState => Metric.Kind == Core.Telemetry.MetricKind.State;

    /// <summary>The part is made of the sensor's name or instance, so every sensor that fits is one series.</summary>
    public bool Spreads => Part?.Contains('{', StringComparison.Ordinal) == true;

    public override string Place =>
        Dcmi is { } figure ? $"dcmi/{Core.Configuration.Quantities.SnakeCase(figure.ToString())}"
        : Chassis is { } flag ? $"chassis/{Core.Configuration.Quantities.SnakeCase(flag.ToString())}"
        : string.Join(", ", Names.Select(name => $"'{name.Text}'").Concat(Types.Select(SensorWords.TypeOf)).Concat(Entities.Select(SensorWords.EntityOf)));

    /// <summary>NaN when the sensor has no reading now.</summary>
    public double Convert(SensorRecord sensor, in SensorReading reading)
    {
        if (!reading.IsAvailable)
        {
            return double.NaN;
        }

        if (!IsState)
        {
            return SensorUnits.TryConvert(sensor, Metric.Unit, reading.Value, out var value) ? Conversion.Apply(value) : double.NaN;
        }

        foreach (var (state, code) in States)
        {
            if ((reading.States & (1 << state)) != 0)
            {
                return code;
            }
        }

        return NoState ?? Conversion.OtherState ?? double.NaN;
    }

    /// <summary>NaN while the controller does not measure.</summary>
    public double Convert(DcmiPower power) => !power.IsActive ? double.NaN : Conversion.Apply(Dcmi switch
    {
        DcmiFigure.PowerMin => power.Min,
        DcmiFigure.PowerMax => power.Max,
        DcmiFigure.PowerMean => power.Mean,
        _ => power.Now,
    });

    public double Convert(ChassisStatus chassis) => Conversion.Apply(Chassis switch
    {
        ChassisFlag.PowerFault => chassis.PowerFault,
        ChassisFlag.CoolingFault => chassis.CoolingFault,
        ChassisFlag.DriveFault => chassis.DriveFault,
        ChassisFlag.Intrusion => chassis.Intrusion,
        _ => chassis.PowerIsOn,
    } ? 1 : 0);
}

/// <summary>A figure of DCMI: of its power reading, in watts, or a temperature of one kind of place, in °C.</summary>
internal enum DcmiFigure
{
    Power,
    PowerMin,
    PowerMax,
    PowerMean,
    TemperatureInlet,
    TemperatureProcessor,
    TemperatureBoard,
}

/// <summary>A flag of the chassis status: 1 or 0.</summary>
internal enum ChassisFlag
{
    Power,
    PowerFault,
    CoolingFault,
    DriveFault,
    Intrusion,
}
