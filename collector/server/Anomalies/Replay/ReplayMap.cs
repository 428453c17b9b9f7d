using EdgeDcim.Collector.Ingest;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Anomalies.Replay;

/// <summary>What one column of a recording is.</summary>
/// <param name="Missing">Values that mean there was none.</param>
/// <param name="States">Cell text to code, for a state; empty for a number.</param>
internal sealed record ReplayColumn(
    string Column, Series Series, Metric Metric, UnitConversion Conversion, IReadOnlySet<double> Missing, IReadOnlyDictionary<string, int> States);

/// <summary>MAP.yaml of <c>replay</c>: when a row was sampled, and what each column is in the words of the vocabulary.</summary>
internal sealed record ReplayMap(
    TimeColumns Time, char? Separator, bool Sort, IReadOnlyList<ReplayColumn> Columns, IReadOnlySet<string> Ignored, IReadOnlyDictionary<string, string> Kinds)
{
    public static ReplayMap? Load(string file, ConfigProblems problems) =>
        YamlMap.Load(file, problems) is { } root ? new ReplayMapReader(root).Read() : null;

    public static ReplayMap? Parse(string file, string text, ConfigProblems problems) =>
        YamlMap.Parse(file, text, problems) is { } root ? new ReplayMapReader(root).Read() : null;
}

/// <summary>Reads a map; a column is <c>ignore</c>, <c>device/metric/part</c>, or a mapping of device, metric, part and unit.</summary>
internal sealed class ReplayMapReader(YamlMap root)
{
    private readonly Dictionary<string, string> kinds = new(StringComparer.Ordinal);
    private readonly Dictionary<Series, string> takenBy = [];
    private string? device;

    /// <summary>Null when the file has a problem.</summary>
    public ReplayMap? Read()
    {
        var before = root.Problems.Sorted.Count;
        TimeColumns? time = null;
        var sort = false;
        if (root.IsMap("time"))
        {
            var entry = root.RequiredMap("time");
            sort = entry.Boolean("sort", false);
            time = TimeColumns.Read(entry);
        }
        else if (root.Required("time") is { } plain)
        {
            plain.Problem("'time' must be a mapping, such as time: { column: timestamp, format: iso }");
        }

        var separator = Separator();
        device = root.String("device");
        var kind = root.String("kind");
        foreach (var (id, entry) in root.Map("devices")?.Maps() ?? [])
        {
            Kind(id, entry.RequiredString("kind"), message => entry.Problem("kind", message));
            entry.RejectUnknownKeys();
        }

        if (device is not null && kind is not null)
        {
            Kind(device, kind, message => root.Problem("kind", message));
        }
        else if (kind is not null)
        {
            root.Problem("kind", "'kind' says what 'device' is; name the device too, or write devices: { pump-1: { kind: pump } }");
        }

        var (columns, ignored) = Columns();
        root.RejectUnknownKeys();
        return root.Problems.Sorted.Count > before || time is null ? null : new ReplayMap(time, separator, sort, columns, ignored, kinds);
    }

    private char? Separator()
    {
        if (root.Scalar("separator") is not { } given)
        {
            return null;
        }

        switch (given.Text)
        {
            case "tab" or "\t" or "\\t":
                return '\t';
            case { Length: 1 } one:
                return one[0];
            default:
                given.Problem($"'separator' is '{given.Text}'; write one character such as \";\", or tab");
                return null;
        }
    }

    private void Kind(string id, string kind, Action<string> problem)
    {
        if (!Vocabulary.Default.Kinds.ContainsKey(kind))
        {
            problem($"'{kind}' is no kind of device{Spelling.DidYouMean(kind, Vocabulary.Default.Kinds.Keys)}; write one of: {string.Join(", ", Vocabulary.Default.Kinds.Keys.Order(StringComparer.Ordinal))}");
        }
        else if (!kinds.TryAdd(id, kind))
        {
            problem($"the device '{id}' has a kind already; write it once");
        }
    }

    private (List<ReplayColumn> Columns, HashSet<string> Ignored) Columns()
    {
        var found = new List<ReplayColumn>();
        var ignored = new HashSet<string>(StringComparer.Ordinal);
        var section = root.RequiredMap("columns");
        foreach (var name in section.Keys.ToList())
        {
            if (section.IsMap(name))
            {
                var entry = section.RequiredMap(name);
                if (Column(name, entry) is { } column)
                {
                    found.Add(column);
                }

                entry.RejectUnknownKeys();
            }
            else if (section.Scalar(name) is not { } scalar)
            {
                section.Problem(name, $"the column '{name}' says nothing; write ignore, device/metric/part, or {{ device: …, metric: …, part: …, unit: … }}");
            }
            else if (scalar.Text == "ignore")
            {
                ignored.Add(name);
            }
            else
            {
                var slash = scalar.Text.IndexOf('/', StringComparison.Ordinal);
                var parts = slash < 0 ? (device ?? "", scalar.Text, (string?)null) : Split(scalar.Text, slash);
                if (parts.Item1.Length == 0)
                {
                    scalar.Problem($"the column '{name}' is '{scalar.Text}'; write ignore, or device/metric/part, such as pump-1/flow");
                }
                else if (Make(name, parts.Item1, parts.Item2, parts.Item3, null, [], [], scalar.Problem) is { } column)
                {
                    found.Add(column);
                }
            }
        }

        return (found, ignored);
    }

    /// <summary><c>flow/secondary</c> is a metric of the default device when there is one and the first word is a metric.</summary>
    private (string, string, string?) Split(string text, int slash)
    {
        if (device is not null && Vocabulary.Default.Find(text[..slash]) is not null)
        {
            return (device, text[..slash], text[(slash + 1)..]);
        }

        var series = Series.FromMetricPath(text[..slash], text[(slash + 1)..]);
        return (series.Device, series.Metric, series.Part);
    }

    private ReplayColumn? Column(string name, YamlMap entry)
    {
        var owner = entry.String("device", device ?? "");
        if (owner.Length == 0)
        {
            entry.Problem("device", $"the column '{name}' has no 'device'; write it here, or once for all at the top of the map");
            return null;
        }

        var metric = entry.RequiredString("metric");
        var unit = entry.String("unit");
        var missing = entry.Strings("missing");
        var states = entry.Map("states")?.Scalars() ?? [];
        return metric.Length == 0 ? null : Make(name, owner, metric, entry.String("part"), unit, missing, states, message => entry.Problem(Blame(message), message));

        string Blame(string message) => message.StartsWith("the unit", StringComparison.Ordinal) && entry.Has("unit") ? "unit" : "metric";
    }

    private ReplayColumn? Make(
        string name, string owner, string metricName, string? part, string? unit, IReadOnlyList<YamlScalar> missing, IReadOnlyList<YamlScalar> states, Action<string> problem)
    {
        if (Vocabulary.Default.Find(metricName) is not { } metric)
        {
            problem($"the metric '{metricName}' is not in the vocabulary{Spelling.DidYouMean(metricName, Vocabulary.Default.Metrics.Keys)}");
            return null;
        }

        var conversion = unit is null ? UnitConversion.None
            : metric.Quantity == "temperature difference" ? UnitConversion.OfDifference(unit, metric.Unit) : UnitConversion.Between(unit, metric.Unit);
        if (conversion is null)
        {
            problem($"the unit '{unit}' of the column '{name}' cannot become {metric.Unit}, the unit of {metricName}; known units are {string.Join(", ", UnitConversion.Units)}");
            return null;
        }

        var series = new Series(owner, metricName, part);
        if (!takenBy.TryAdd(series, name))
        {
            problem($"the column '{name}' is {series}, and so is the column '{takenBy[series]}'; give one of them a 'part' of its own, or ignore it");
            return null;
        }

        return new ReplayColumn(name, series, metric, conversion.Value, Sentinels(missing), Codes(states, metric));
    }

    private static HashSet<double> Sentinels(IReadOnlyList<YamlScalar> missing)
    {
        var values = new HashSet<double>();
        foreach (var scalar in missing)
        {
            if (double.TryParse(scalar.Text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var value))
            {
                values.Add(value);
            }
            else
            {
                scalar.Problem($"'missing' has '{scalar.Text}'; write the numbers of the file that mean there was no value");
            }
        }

        return values;
    }

    private static Dictionary<string, int> Codes(IReadOnlyList<YamlScalar> states, Metric metric)
    {
        var codes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var state in states)
        {
            if (metric.StateCode(state.Text) is { } code)
            {
                codes[state.Key] = code;
            }
            else
            {
                state.Problem($"'{state.Text}' is no state of {metric.Name}; write one of: {string.Join(", ", metric.States.Values)}");
            }
        }

        return codes;
    }
}
