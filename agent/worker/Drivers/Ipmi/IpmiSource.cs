using EdgeDcim.Protocols.Ipmi;
using EdgeDcim.Protocols.Ipmi.Sdr;

namespace EdgeDcim.Agent.Drivers.Ipmi;

/// <summary>One thing that a controller is asked for, once a poll however many series it feeds: a sensor, or one of the answers beside the sensors.</summary>
internal sealed class IpmiSource
{
    private enum Kind
    {
        Sensor,
        Power,
        Temperatures,
        Chassis,
    }

    private readonly Kind kind;
    private readonly DcmiPlace place;
    private SensorReading reading;
    private DcmiPower? power;
    private ChassisStatus? chassis;

    public IpmiSource(SensorRecord sensor) => Sensor = sensor;

    private IpmiSource(Kind kind, DcmiPlace place = default) => (this.kind, this.place) = (kind, place);

    public SensorRecord? Sensor { get; }

    /// <summary>Of a temperature reading of DCMI.</summary>
    public IReadOnlyList<DcmiTemperature> Temperatures { get; private set; } = [];

    /// <summary>The controller behind the one that is asked; null when it is that one.</summary>
    public (byte Channel, byte Address)? Owner => Sensor is { IsBehind: true } ? (Sensor.Channel, Sensor.Owner) : null;

    /// <summary>It was answered in this poll, be it that there is no value.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>Not asked before this time stamp, because it was refused or gave no answer.</summary>
    public long AsideUntil { get; set; } = long.MinValue;

    /// <summary>The last answer had something in it.</summary>
    public bool IsThere => reading.IsAvailable || power is not null || chassis is not null || Temperatures.Count > 0;

    public string Name => kind switch
    {
        Kind.Power => "the DCMI power reading",
        Kind.Temperatures => $"the DCMI temperature reading ({place})",
        Kind.Chassis => "the chassis status",
        _ => $"the sensor '{Sensor!.Name}'",
    };

    /// <summary>What may be there beside the sensors that a controller describes.</summary>
    public static IEnumerable<IpmiSource> BesideSensors() =>
    [
        new(Kind.Power), new(Kind.Chassis),
        new(Kind.Temperatures, DcmiPlace.Inlet), new(Kind.Temperatures, DcmiPlace.Processor), new(Kind.Temperatures, DcmiPlace.Board),
    ];

    public bool Feeds(IpmiPoint point) => kind switch
    {
        Kind.Power => point.Dcmi is not null && point.TemperaturePlace is null,
        Kind.Temperatures => point.TemperaturePlace == place,
        Kind.Chassis => point.Chassis is not null,
        _ => false,
    };

    public void Forget()
    {
        reading = default;
        power = null;
        chassis = null;
        Temperatures = [];
    }

    public async ValueTask AskAsync(IpmiClient client, CancellationToken cancel)
    {
        switch (kind)
        {
            case Kind.Power:
                power = await client.ReadPowerAsync(cancel);
                break;
            case Kind.Temperatures:
                Temperatures = await client.ReadTemperaturesAsync(place, cancel);
                break;
            case Kind.Chassis:
                chassis = await client.ReadChassisAsync(cancel);
                break;
            default:
                reading = await client.ReadSensorAsync(Sensor!, cancel);
                break;
        }
    }

    /// <param name="point">What is wanted of it.</param>
    /// <param name="number">Of a temperature reading: which.</param>
    public double Value(IpmiPoint point, byte number) => kind switch
    {
        Kind.Power => power is null ? double.NaN : point.Convert(power),
        Kind.Temperatures => Temperatures.Where(each => each.Instance == number).Select(each => point.Conversion.Apply(each.Celsius)).FirstOrDefault(double.NaN),
        Kind.Chassis => chassis is null ? double.NaN : point.Convert(chassis),
        _ => point.Convert(Sensor!, reading),
    };
}
