using System.Globalization;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Agent.Profiles;

/// <summary>
/// The keys that points of every protocol have. A point may be written whole, or as an outer mapping with alternatives (<c>first_of</c>,
/// <c>decide</c>), where a key of the alternative wins over the outer one.
/// </summary>
internal sealed class PointKeys(YamlMap outer, YamlMap inner)
{
    /// <summary>The mapping that says the key, the alternative's first. Both count it as known.</summary>
    public YamlMap this[string key] => outer.Has(key) & !inner.Has(key) ? outer : inner;

    public int Line => inner.Line;

    public void Problem(string message) => inner.Problem(message);

    public void Problem(string key, string message) => this[key].Problem(key, message);

    public bool Has(string key) => this[key].Has(key);

    /// <summary>Every point of the list, alternatives one by one, each with the choice that it belongs to.</summary>
    public static IEnumerable<(PointKeys Keys, Choice? Choice, bool IsLast)> Each(YamlMap profile)
    {
        var choices = 0;
        foreach (var map in profile.MapList("points"))
        {
            var firstOf = map.MapList("first_of");
            var decide = map.MapList("decide");
            if (firstOf.Count > 0 && decide.Count > 0)
            {
                map.Problem("decide", "a point has either 'first_of' or 'decide'");
            }

            var alternatives = firstOf.Count > 0 ? firstOf : decide;
            if (alternatives.Count == 0)
            {
                yield return (new PointKeys(map, map), null, true);
                map.RejectUnknownKeys();
                continue;
            }

            var choice = new Choice(++choices, firstOf.Count > 0 ? ChoiceKind.FirstOf : ChoiceKind.Decide);
            for (var i = 0; i < alternatives.Count; i++)
            {
                yield return (new PointKeys(map, alternatives[i]), choice, i == alternatives.Count - 1);
                alternatives[i].RejectUnknownKeys();
            }

            map.RejectUnknownKeys();
        }
    }

    /// <summary>Null, and a problem, when the metric is not in the vocabulary.</summary>
    public Metric? Metric()
    {
        this["metric"].Expect("metric", Vocabulary.Default.Metrics.Keys);
        if (this["metric"].Required("metric") is not { } name)
        {
            return null;
        }

        var metric = Vocabulary.Default.Find(name.Text);
        if (metric is null)
        {
            name.Problem($"the metric '{name.Text}' is not in the vocabulary{Spelling.DidYouMean(name.Text, Vocabulary.Default.Metrics.Keys)}");
        }

        return metric;
    }

    /// <summary>The part, whose placeholders must be among <paramref name="known"/> (<c>1</c> stands for any number).</summary>
    public string? Part(params string[] known)
    {
        var part = this["part"].String("part");
        foreach (var name in part?.Split('{').Skip(1).Select(rest => rest.Split('}')[0]) ?? [])
        {
            if (!known.Contains(name) && !(known.Contains("1") && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            {
                Problem("part", known.Length == 0 ? $"one object has nothing that '{{{name}}}' could stand for" : $"'{{{name}}}' is no placeholder here; known are {string.Join(", ", known.Select(each => $"{{{each}}}"))}");
            }
        }

        return part;
    }

    public PollGroup Every() => this["every"].Enum("every", PollGroup.Normal);

    public double? Rollover(Metric metric)
    {
        var rollover = this["rollover"].OptionalNumber("rollover");
        if (rollover is not null && (metric.Kind != MetricKind.Counter || rollover <= 0))
        {
            Problem("rollover", $"'rollover' is the positive value at which a counter begins again; {metric.Name} is a {Quantities.SnakeCase(metric.Kind.ToString())}");
        }

        return rollover;
    }

    /// <param name="metric">Of the point.</param>
    /// <param name="silentOnOther">A raw state that is not listed gives no verdict, so that the next alternative is asked.</param>
    public Conversion Conversion(Metric metric, bool silentOnOther)
    {
        var missing = new List<double>();
        var missingTexts = new List<string>();
        foreach (var sentinel in this["missing"].Strings("missing"))
        {
            missingTexts.Add(sentinel.Text);
            if (TryNumber(sentinel.Text, out var number))
            {
                missing.Add(number);
            }
        }

        var states = new Dictionary<double, int>();
        var texts = new Dictionary<string, int>(StringComparer.Ordinal);
        if (metric.Kind == MetricKind.State)
        {
            ReadStates(metric, states, texts);
        }
        else if (Has("states"))
        {
            Problem("states", $"{metric.Name} is no state but a {Quantities.SnakeCase(metric.Kind.ToString())}; remove 'states'");
        }

        return new Conversion
        {
            Scale = Fraction("scale", 1),
            Offset = this["offset"].Number("offset", 0),
            Absolute = this["absolute"].Boolean("absolute", false),
            Missing = missing,
            MissingTexts = missingTexts,
            MissingBelow = this["missing_below"].Number("missing_below", double.NegativeInfinity),
            States = metric.Kind == MetricKind.State ? states : null,
            StateTexts = texts.Count > 0 ? texts : null,
            OtherState = metric.Kind == MetricKind.State && !silentOnOther ? metric.StateCode("unknown") : null,
        };
    }

    /// <summary>The rule inside a <c>scale_from</c> mapping: <c>as</c> or <c>values</c>.</summary>
    public static ScaleRule ScaleRule(YamlMap map)
    {
        if (map.Map("values") is not { } values)
        {
            return new ScaleRule(map.Enum("as", ScaleKind.Factor), null);
        }

        var factors = new Dictionary<double, double>();
        foreach (var entry in values.Scalars())
        {
            if (TryNumber(entry.Key, out var raw) && TryFraction(entry.Text, out var factor))
            {
                factors[raw] = factor;
            }
            else
            {
                entry.Problem($"'{entry.Key}: {entry.Text}' must be a raw number and the factor that it stands for");
            }
        }

        return new ScaleRule(ScaleKind.Factor, factors);
    }

    private double Fraction(string key, double otherwise)
    {
        if (this[key].Scalar(key) is not { } scalar)
        {
            return otherwise;
        }

        if (!TryFraction(scalar.Text, out var number) || number == 0)
        {
            scalar.Problem($"'{key}' is '{scalar.Text}'; write a number or a fraction such as 0.1, 1000 or 5/9");
            return otherwise;
        }

        return number;
    }

    private void ReadStates(Metric metric, Dictionary<double, int> states, Dictionary<string, int> texts)
    {
        if (!Has("states"))
        {
            Problem($"{metric.Name} is a state; write 'states' with a word of the vocabulary for each raw value: {string.Join(", ", metric.States.Values)}");
            return;
        }

        foreach (var entry in this["states"].RequiredMap("states").Scalars())
        {
            if (metric.StateCode(entry.Text) is not { } code)
            {
                entry.Problem($"{metric.Name} has no state '{entry.Text}'{Spelling.DidYouMean(entry.Text, metric.States.Values)}; it has {string.Join(", ", metric.States.Values)}");
                continue;
            }

            texts[entry.Key] = code;
            if (TryNumber(entry.Key, out var raw))
            {
                states[raw] = code;
            }
        }
    }

    private static bool TryFraction(string text, out double number)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return TryNumber(text, out number);
        }

        number = TryNumber(text[..slash], out var above) && TryNumber(text[(slash + 1)..], out var below) && below != 0 ? above / below : double.NaN;
        return !double.IsNaN(number);
    }

    private static bool TryNumber(string text, out double number)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex))
        {
            number = hex;
            return true;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
    }
}
