using System.Globalization;

namespace EdgeDcim.Agent.Commissioning;

/// <summary>What one check says of one point now. No verdict at all is given while the load is too small to tell.</summary>
/// <param name="Reason">Why it failed, with the figures; null when it passed.</param>
internal readonly record struct Verdict(string Check, (string Metric, string? Part) Point, string? Reason)
{
    public bool Passed => Reason is null;
}

/// <summary>
/// Physics that holds for every power device: what a wrong scale, unit or profile breaks first. Pure: one snapshot of a device in, verdicts out.
/// The tolerances leave room for the resolution of the registers and for loads that move between two requests.
/// </summary>
internal static class SanityChecks
{
    public const double Tolerance = 0.10;

    /// <summary>Below it a tenth of an ampere is more than a tenth of the load.</summary>
    private const double LeastCurrent = 1;

    private const double LeastPower = 200;

    /// <summary>Idle power supplies are the worst that is met; a factor of ten is worse.</summary>
    private const double LeastPowerFactor = 0.15;

    private const double LoadPoints = 10;

    private static readonly (string Power, string Current, string Voltage, string? Factor)[] Circuits =
    [
        ("power.active", "current", "voltage.line_neutral", "power.factor"),
        ("power.active.output", "current.output", "voltage.output", "power.factor.output"),
        ("power.active.input", "current.input", "voltage.input", null),
    ];

    private static readonly string[] Sums = ["power.active", "power.active.input", "power.active.output", "power.apparent", "power.apparent.output"];

    /// <summary>Where people and machines live; the vocabulary's own range is that of the sensor.</summary>
    private static readonly (string Metric, double Low, double High)[] Temperatures =
        [("temperature.ambient", -30, 60), ("temperature.inlet", -30, 60), ("temperature.supply", -30, 95), ("temperature.return", -30, 95)];

    public static List<Verdict> Judge(Snapshot values)
    {
        var verdicts = new List<Verdict>();
        foreach (var circuit in Circuits)
        {
            verdicts.AddRange(values.PartsOf(circuit.Power).Select(part => Circuit(values, circuit, part)).OfType<Verdict>());
        }

        verdicts.AddRange(Totals(values, verdicts).ToList());
        verdicts.AddRange(Sums.SelectMany(metric => Sum(values, metric)));
        if (Load(values) is { } load)
        {
            verdicts.Add(load);
        }

        foreach (var (metric, low, high) in Temperatures)
        {
            verdicts.AddRange(values.PartsOf(metric).Select(part => Temperature(values, metric, part, low, high)));
        }

        return verdicts;
    }

    /// <summary>P ≈ V·I·PF; of a whole device that may have three lines also √3 and 3 times as much. Without a power factor only what no power factor explains fails.</summary>
    private static Verdict? Circuit(Snapshot values, (string Power, string Current, string Voltage, string? Factor) circuit, string? part)
    {
        if (values[circuit.Power, part] is not { } power || values[circuit.Current, part] is not { } current || values[circuit.Voltage, part] is not { } voltage
            || current.Value < LeastCurrent || voltage.Value * current.Value < LeastPower)
        {
            return null;
        }

        var factor = circuit.Factor is null ? null : values[circuit.Factor, part];
        double[] lines = IsLine(part) || part?.StartsWith("outlet/", StringComparison.Ordinal) == true ? [1] : [1, Math.Sqrt(3), 3];
        var room = 10 + power.Quantum + voltage.Value * Math.Max(0.1, current.Quantum);
        var magnitude = Math.Abs(power.Value);
        var fits = lines.Any(count =>
        {
            var apparent = voltage.Value * current.Value * count;
            var high = apparent * (factor is null ? 1 : Math.Min(1, Math.Abs(factor.Value.Value) + 0.02)) * (1 + Tolerance) + room * count;
            var low = apparent * (factor is null ? LeastPowerFactor : Math.Max(0, Math.Abs(factor.Value.Value) - 0.02) * (1 - Tolerance)) - room * count;
            return magnitude >= low && magnitude <= high;
        });
        return new Verdict("power", (circuit.Power, part), fits ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"{power.Value:G6} W does not go with {voltage.Value:G5} V × {current.Value:G5} A{(factor is { } known ? $" × {known.Value:G3}" : "")} = {voltage.Value * current.Value * (factor?.Value ?? 1):G6} {(factor is null ? "VA" : "W")}"));
    }

    /// <summary>A total is no better than its lines: one scale is wrong for all of them. It has a verdict where most of its lines have one.</summary>
    private static IEnumerable<Verdict> Totals(Snapshot values, List<Verdict> lines) =>
        from verdict in lines
        where verdict.Check == "power" && IsLine(verdict.Point.Part)
        group verdict by (verdict.Point.Metric, Part: verdict.Point.Part!.Length == 2 ? null : verdict.Point.Part[..^3]) into total
        where values[total.Key.Metric, total.Key.Part] is not null
        let failed = total.Where(line => !line.Passed).ToList()
        select new Verdict("lines", total.Key, failed.Count * 2 <= total.Count() ? null : $"{failed.Count} of its {total.Count()} lines are wrong: {failed[0].Reason}");

    /// <summary>The lines of a device add up to its total.</summary>
    private static IEnumerable<Verdict> Sum(Snapshot values, string metric)
    {
        foreach (var group in values.PartsOf(metric).Where(IsLine).GroupBy(part => part!.Length == 2 ? null : part[..^3]))
        {
            var lines = group.Select(part => values[metric, part]!.Value).ToList();
            if (lines.Count < 2 || values[metric, group.Key] is not { } total)
            {
                continue;
            }

            var sum = lines.Sum(line => line.Value);
            if (Math.Max(Math.Abs(sum), Math.Abs(total.Value)) < LeastPower)
            {
                continue;
            }

            var room = Tolerance * Math.Max(Math.Abs(sum), 0) + 20 + total.Quantum + lines.Sum(line => line.Quantum);
            yield return new Verdict("sum", (metric, group.Key), Math.Abs(sum - total.Value) <= room ? null : string.Create(
                CultureInfo.InvariantCulture, $"the total of {total.Value:G6} is not the {sum:G6} that its {lines.Count} lines add up to"));
        }
    }

    /// <summary>Load ≈ power over rating, of active or of apparent power: makers mean either.</summary>
    private static Verdict? Load(Snapshot values)
    {
        if (values["load", null] is not { } load)
        {
            return null;
        }

        var shares = new List<double>();
        foreach (var power in (string[])["power.active.output", "power.apparent.output"])
        {
            foreach (var rated in (string[])["power.active.rated", "power.apparent.rated"])
            {
                if (values.Total(power) is { } given && values[rated, null] is { Value: > 0 } rating)
                {
                    shares.Add(100 * given / rating.Value);
                }
            }
        }

        if (shares.Count == 0 || Math.Max(load.Value, shares.Max()) < LoadPoints)
        {
            return null;
        }

        return new Verdict("load", ("load", null), shares.Exists(share => Math.Abs(share - load.Value) <= LoadPoints) ? null : string.Create(
            CultureInfo.InvariantCulture, $"{load.Value:G4} % is not the {string.Join(" or ", shares.Select(share => share.ToString("0", CultureInfo.InvariantCulture)))} % that power over rating gives"));
    }

    private static Verdict Temperature(Snapshot values, string metric, string? part, double low, double high)
    {
        var value = values[metric, part]!.Value.Value;
        return new Verdict("temperature", (metric, part), value >= low && value <= high ? null : string.Create(
            CultureInfo.InvariantCulture, $"{value:G4} Cel is no temperature of such a place; is it in tenths, or in degrees Fahrenheit?"));
    }

    /// <summary><c>L1</c>, or the line of a piece: <c>pdu/1/L1</c>.</summary>
    private static bool IsLine(string? part) => part is { Length: 2 } or { Length: > 3 } && (part.Length == 2 || part[^3] == '/') && part[^2] == 'L' && part[^1] is '1' or '2' or '3';
}
