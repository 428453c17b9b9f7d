using System.Globalization;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.Ipmi.Sdr;

namespace EdgeDcim.Agent.Drivers.Ipmi;

/// <summary>
/// Finds out which sensors of one controller belong to which points of its profile. A sensor belongs to the first point that takes it, so a
/// profile goes from the special to the general; a sensor whose unit is not the metric's fits no point of it.
/// </summary>
/// <param name="profile">What is wanted.</param>
/// <param name="sensors">What the controller has.</param>
/// <param name="others">What it answers beside its sensors.</param>
internal sealed class IpmiSurvey(IpmiProfile profile, IReadOnlyList<SensorRecord> sensors, IReadOnlyList<IpmiSource> others)
{
    private readonly Dictionary<SensorRecord, IpmiSource> sources = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<(SensorRecord, bool)> taken = [];
    private readonly HashSet<(string Metric, string? Part)> named = [];
    private readonly HashSet<string> measured = [];

    /// <summary>Every point with what it found, the alternatives of a choice as a group still to be decided.</summary>
    public IEnumerable<(IpmiPoint Point, IReadOnlyList<IpmiAlternative> Found)> Run()
    {
        foreach (var point in profile.Objects)
        {
            yield return (point, Find(point));
        }
    }

    private List<IpmiAlternative> Find(IpmiPoint point)
    {
        if (!point.IsSensor)
        {
            return others.FirstOrDefault(source => source.Feeds(point)) is { } source ? Beside(point, source) : [];
        }

        if (point.Names.Count == 0)
        {
            return Spread(point, sensors.Where(sensor => Fits(point, sensor)).Select(sensor => (sensor, "")));
        }

        var first = point.Names
            .Select(name => sensors.Where(sensor => Fits(point, sensor)).Select(sensor => (Sensor: sensor, Match: name.Match(sensor.Name))).Where(each => each.Match is not null).ToList())
            .FirstOrDefault(found => found.Count > 0);
        return first is null ? [] : Spread(point, first.Select(each => (each.Sensor, each.Match!)));
    }

    /// <summary>A temperature of DCMI stands in where no sensor gives the metric: it is mostly one of the sensors' once more.</summary>
    private List<IpmiAlternative> Beside(IpmiPoint point, IpmiSource source)
    {
        if (point.TemperaturePlace is null)
        {
            return [new IpmiAlternative(point, new PointInstance(point, point.Part, point.Place), source)];
        }

        var isAlone = point.Choice is not null || !measured.Contains(point.Metric.Name);
        return !isAlone ? [] : [.. source.Temperatures.Take(point.Spreads ? int.MaxValue : 1).Select(each => new IpmiAlternative(
            point, new PointInstance(point, point.Part?.Replace("{instance}", each.Instance.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), point.Place), source)
        {
            Number = each.Instance,
        })];
    }

    private bool Fits(IpmiPoint point, SensorRecord sensor) =>
        !taken.Contains((sensor, point.IsState))
        && (point.Types.Count == 0 || point.Types.Contains(sensor.Type))
        && (point.Entities.Count == 0 || point.Entities.Contains(sensor.Entity))
        && !point.Not.Any(name => name.Match(sensor.Name) is not null)
        && (point.IsState ? sensor.ReadingType == point.Reading : SensorUnits.TryConvert(sensor, point.Metric.Unit, 0, out _));

    private List<IpmiAlternative> Spread(IpmiPoint point, IEnumerable<(SensorRecord Sensor, string Match)> found)
    {
        var alternatives = new List<IpmiAlternative>();
        foreach (var (sensor, match) in point.Spreads ? found.ToList() : found.Take(1).ToList())
        {
            // Alternatives of a choice may share a sensor with nobody but each other.
            taken.Add((sensor, point.IsState));
            measured.Add(point.Metric.Name);
            if (!sources.TryGetValue(sensor, out var source))
            {
                sources[sensor] = source = new IpmiSource(sensor);
            }

            alternatives.Add(new IpmiAlternative(point, new PointInstance(point, PartOf(point, sensor, match), sensor.Name), source));
        }

        return alternatives;
    }

    private string? PartOf(IpmiPoint point, SensorRecord sensor, string match)
    {
        if (!point.Spreads)
        {
            return point.Part;
        }

        var instance = sensor.EntityInstance.ToString(CultureInfo.InvariantCulture);
        var part = point.Part!
            .Replace("{match}", Clean(match.Length > 0 ? match : instance), StringComparison.Ordinal)
            .Replace("{name}", Clean(sensor.Name), StringComparison.Ordinal)
            .Replace("{instance}", instance, StringComparison.Ordinal);
        return named.Add((point.Metric.Name, part)) ? part : $"{part}-{sensor.Number.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>A slash separates levels of a part, and control characters are of no use in a name.</summary>
    private static string Clean(string text) => string.Concat(text.Select(letter => letter == '/' ? '-' : char.IsControl(letter) ? ' ' : letter)).Trim();
}
