using EdgeDcim.Agent.Profiles;

namespace EdgeDcim.Agent.Drivers.Modbus;

/// <summary>One series that a model gives, with one point or the alternatives of a choice. Made once a profile, for all devices of it.</summary>
internal sealed class RegisterOutput(IReadOnlyList<RegisterPoint> points)
{
    public (RegisterPoint Point, PointInstance Instance)[] Alternatives { get; } =
        [.. points.Select(point => (point, new PointInstance(point, point.Part, point.Slot.Source)))];

    /// <summary>Whichever gave a value first is taken for good.</summary>
    public bool Stays { get; } = points[0].Choice is { Kind: ChoiceKind.FirstOf };

    /// <summary>In the order of the first point of each.</summary>
    public static IReadOnlyList<RegisterOutput> Of(IEnumerable<RegisterPoint> points)
    {
        var outputs = new List<List<RegisterPoint>>();
        var choices = new Dictionary<(int Choice, string? Part), List<RegisterPoint>>();
        foreach (var point in points)
        {
            if (point.Choice is { } choice && choices.TryGetValue((choice.Id, point.Part), out var known))
            {
                known.Add(point);
                continue;
            }

            outputs.Add([point]);
            if (point.Choice is { } begun)
            {
                choices.Add((begun.Id, point.Part), outputs[^1]);
            }
        }

        return [.. outputs.Select(alternatives => new RegisterOutput(alternatives))];
    }

    /// <summary>Asked for every value of every poll, so without a closure.</summary>
    public bool IsRead(RegisterValues raw)
    {
        foreach (var (point, _) in Alternatives)
        {
            if (raw.Has(point.Slot))
            {
                return true;
            }
        }

        return false;
    }
}
