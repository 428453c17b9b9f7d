using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.LocalSensors;

namespace EdgeDcim.Agent.Drivers.Local;

/// <summary>A point of a local profile.</summary>
internal sealed record LocalPoint : Point
{
    public required LocalSource Source { get; init; }

    /// <summary>For chips.</summary>
    public ChipChannel Channel { get; init; }

    /// <summary>In Ω; 0 where the point needs none. The device's own wins.</summary>
    public double Shunt { get; init; }

    /// <summary>What 4 and 20 mA stand for; null for the current itself.</summary>
    public (double Low, double High)? Range { get; init; }

    public override string Place => Source.ToString()!;
}

/// <summary>A set of sensors that belong to the machine.</summary>
internal sealed class LocalProfile(ProfileHeader header, IReadOnlyList<LocalPoint> points) : DeviceProfile(header, points)
{
    public IReadOnlyList<LocalPoint> Sensors => points;

    /// <summary>How many points have their place among what the kernel shows. Chips and contacts cannot be looked up.</summary>
    public int CountShown(IReadOnlyList<string> drivers, IReadOnlyList<string> probes) => Sensors.Count(point => point.Source switch
    {
        HwmonSource hwmon => drivers.Contains(hwmon.Driver),
        OneWireSource probe => probes.Any(id => Pattern.Match(probe.Probe, id) is not null),
        _ => false,
    });

    public override IReadOnlyList<string> DescribePlan(PollGroup group) =>
        [.. Sensors.Where(point => point.Every == group).GroupBy(point => point.Source).Select(source => $"{source.Key} ({source.Count()} values)")];
}
