using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Alarms;

/// <summary>Reads the rules of <c>alarms.yaml</c>. A rule of a name that is built in changes that one key by key; the metric decides what may be compared with what.</summary>
internal static class AlarmRuleReader
{
    private static readonly string[] Comparisons = ["above", "below", "is", "rises", "changes", "silent", "detector"];

    public static AlarmRule? Read(string name, YamlMap entry, AlarmRule? before)
    {
        var given = Comparisons.Where(entry.Has).ToList();
        if (given.Count > 1)
        {
            entry.Problem(given[1], $"the rule '{name}' compares in two ways, '{given[0]}' and '{given[1]}'; keep one, and write a second rule with the same 'cause' for the other");
        }

        var comparison = given.Count == 0 ? before?.Comparison : ComparisonOf(given[0]);
        var metric = MetricOf(name, entry, comparison, before);
        var rule = (before ?? new AlarmRule(name, metric, comparison ?? Comparison.Above)) with { Metric = metric, Comparison = comparison ?? Comparison.Above };
        if (comparison is null)
        {
            entry.Problem($"the rule '{name}' compares nothing; write one of: {string.Join(", ", Comparisons)}");
        }

        rule = Compared(entry, rule, given.FirstOrDefault());
        rule = rule with
        {
            Kinds = entry.Has("kind") ? Kinds(entry) : rule.Kinds,
            Devices = entry.String("device") ?? rule.Devices,
            Part = entry.Has("part") ? entry.String("part") : rule.Part,
            Minus = Known(entry, "minus") ?? rule.Minus,
            Apart = entry.Boolean("apart", rule.Apart),
            DeadBand = entry.Number("dead_band", rule.DeadBand),
            OnDelay = entry.Duration("on_delay", rule.OnDelay),
            OffDelay = entry.Duration("off_delay", rule.OffDelay),
            Priority = entry.Enum("priority", rule.Priority),
            Class = entry.Enum("class", rule.Class),
            Parent = entry.Has("parent") ? entry.RequiredEnum<AlarmClass>("parent") : rule.Parent,
            Cause = entry.String("cause", rule.Cause),
            WholeDevice = entry.Boolean("whole_device", rule.WholeDevice),
            Latches = entry.Boolean("latch", rule.Latches),
            Safety = entry.Boolean("safety", rule.Safety),
            StartUp = entry.Duration("start_up", rule.StartUp),
            Unless = GuardOf(entry, "unless") ?? rule.Unless,
            When = GuardOf(entry, "when") ?? rule.When,
            Text = entry.String("text") ?? rule.Text,
            Off = entry.Boolean("off", rule.Off),
            Otherwise = entry.Boolean("otherwise", rule.Otherwise),
        };
        if (rule.DeadBand < 0)
        {
            entry.Problem("dead_band", "'dead_band' must not be below 0");
        }

        entry.RejectUnknownKeys();
        return rule;
    }

    public static RuleOverride Override(string place, string name, YamlMap entry, AlarmRule? rule)
    {
        if (rule is null)
        {
            entry.Problem($"there is no rule '{name}'; 'edgedcim-collector rules list' prints them");
        }
        else if (entry.Has("limit") && rule.Comparison is Comparison.Is or Comparison.Silent or Comparison.Detected)
        {
            entry.Problem("limit", $"the rule '{name}' has no limit; give it on_delay, off_delay, priority or off");
        }

        var said = new RuleOverride(place, name)
        {
            Limit = entry.OptionalNumber("limit"),
            DeadBand = entry.OptionalNumber("dead_band"),
            OnDelay = entry.Has("on_delay") ? entry.Duration("on_delay", default) : null,
            OffDelay = entry.Has("off_delay") ? entry.Duration("off_delay", default) : null,
            Priority = entry.Has("priority") ? entry.RequiredEnum<AlarmPriority>("priority") : null,
            Off = entry.Has("off") ? entry.Boolean("off", false) : null,
        };
        entry.RejectUnknownKeys();
        return said;
    }

    private static Comparison ComparisonOf(string key) => key switch
    {
        "above" => Comparison.Above,
        "below" => Comparison.Below,
        "is" => Comparison.Is,
        "rises" => Comparison.Rises,
        "changes" => Comparison.Changes,
        "silent" => Comparison.Silent,
        _ => Comparison.Detected,
    };

    private static AlarmRule Compared(YamlMap entry, AlarmRule rule, string? key)
    {
        var within = entry.Duration("within", rule.Within);
        if (rule.Comparison is Comparison.Rises or Comparison.Changes && within <= TimeSpan.Zero)
        {
            entry.Problem($"the rule '{rule.Name}' needs 'within', the span in which it is counted, such as 15m");
        }

        var words = rule.Comparison switch
        {
            Comparison.Is when key is not null => Words(entry, "is", rule.Metric),
            Comparison.Changes when entry.Has("between") => Words(entry, "between", rule.Metric),
            Comparison.Detected when entry.Has("causes") => [.. entry.Strings("causes").Select(scalar => scalar.Text)],
            _ => rule.Words,
        };
        var limit = rule.Comparison is Comparison.Above or Comparison.Below or Comparison.Rises or Comparison.Changes && key is not null ? entry.RequiredNumber(key) : rule.Limit;
        if (rule.Comparison == Comparison.Silent && !entry.Boolean("silent", true))
        {
            entry.Problem("silent", "'silent' can only be true; switch the rule off with off: true");
        }

        return rule with { Within = within, Words = words, Limit = limit };
    }

    private static string MetricOf(string name, YamlMap entry, Comparison? comparison, AlarmRule? before)
    {
        if (comparison == Comparison.Detected)
        {
            return entry.String("detector") ?? before?.Metric ?? "*";
        }

        if (comparison == Comparison.Silent)
        {
            return "";
        }

        var metric = Known(entry, "metric") ?? before?.Metric;
        if (metric is null)
        {
            if (!entry.Has("metric"))
            {
                entry.Problem($"the rule '{name}' names no 'metric'");
            }

            return "";
        }

        var isState = Vocabulary.Default.Find(metric)?.Kind == MetricKind.State;
        if (isState != comparison is Comparison.Is or Comparison.Changes && comparison is not null)
        {
            entry.Problem("metric", isState
                ? $"'{metric}' is a state; write 'is' with the words that alarm, or 'changes'"
                : $"'{metric}' is a number; write 'above', 'below' or 'rises'");
        }

        return metric;
    }

    private static string? Known(YamlMap entry, string key)
    {
        if (entry.Scalar(key) is not { } scalar)
        {
            return null;
        }

        if (Vocabulary.Default.Find(scalar.Text) is null)
        {
            scalar.Problem($"the metric '{scalar.Text}' is not in the vocabulary{Spelling.DidYouMean(scalar.Text, Vocabulary.Default.Metrics.Keys)}");
            return null;
        }

        return scalar.Text;
    }

    private static List<string> Kinds(YamlMap entry)
    {
        var found = new List<string>();
        foreach (var scalar in entry.Strings("kind"))
        {
            if (scalar.Text != Silence.GatewayKind && !Vocabulary.Default.Kinds.ContainsKey(scalar.Text))
            {
                scalar.Problem($"'{scalar.Text}' is no kind of device{Spelling.DidYouMean(scalar.Text, Vocabulary.Default.Kinds.Keys)}");
            }

            found.Add(scalar.Text);
        }

        return found;
    }

    private static List<string> Words(YamlMap entry, string key, string metric)
    {
        var known = Vocabulary.Default.Find(metric)?.States.Values.ToList() ?? [];
        var found = new List<string>();
        foreach (var scalar in entry.Strings(key))
        {
            if (known.Count > 0 && !known.Contains(scalar.Text))
            {
                scalar.Problem($"'{metric}' has no state '{scalar.Text}'{Spelling.DidYouMean(scalar.Text, known)}; it has: {string.Join(", ", known)}");
            }

            found.Add(scalar.Text);
        }

        return found;
    }

    private static Guard? GuardOf(YamlMap entry, string key)
    {
        if (entry.Map(key) is not { } guard)
        {
            return null;
        }

        var metric = Known(guard, "metric") ?? "";
        if (!guard.Has("metric"))
        {
            guard.Problem($"'{key}' needs 'metric', a state of the same device, and 'is'");
        }

        var made = new Guard(metric, Words(guard, "is", metric));
        guard.RejectUnknownKeys();
        return made;
    }
}
