using System.Globalization;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Alarms;

/// <summary>One rule over one series (or over the silence of one device): holds the limit, the dead band and the delays. Written by one thread.</summary>
internal sealed class Watch(AlarmRule rule, string device, SeriesSlot? slot)
{
    /// <summary>Remembered values of a rate at most; a window is thinned to this.</summary>
    private const int MaxPast = 64;

    private Queue<(long AtMs, double Value)>? past;
    private double lastState = double.NaN;
    private long rememberedMs;

    public AlarmRule Rule => rule;

    public string Device => device;

    public SeriesSlot? Slot => slot;

    public string? Part => rule.WholeDevice ? null : slot?.Series.Part;

    /// <summary>How an alarm names it among its sources.</summary>
    public string Key { get; } = KeyOf(rule.Name, device, slot?.Series);

    /// <summary>The series that <see cref="AlarmRule.Minus"/> names; looked for until it is there.</summary>
    public SeriesSlot? Other { get; set; }

    /// <summary>The condition as the last usable value has it, dead band included.</summary>
    public bool Holds { get; private set; }

    /// <summary>The condition after its delays.</summary>
    public bool IsActive { get; private set; }

    /// <summary>The data that would decide is not there.</summary>
    public bool IsBlind { get; private set; }

    /// <summary>Since when <see cref="Holds"/> is what it is.</summary>
    public long SinceMs { get; private set; }

    /// <summary>What was compared last.</summary>
    public double Value { get; private set; } = double.NaN;

    public bool IsPending => Holds != IsActive && !IsBlind;

    public long DueMs => SinceMs + (long)(Holds ? rule.OnDelay : rule.OffDelay).TotalMilliseconds;

    public static string KeyOf(string rule, string device, Series? series) => $"{rule}:{series?.ToString() ?? device}";

    /// <summary>As it was before the restart: the alarm holds until a value says otherwise.</summary>
    public void Resume() => (Holds, IsActive, IsBlind) = (true, true, true);

    /// <summary>A usable verdict at an instant.</summary>
    public void Tell(bool holds, long atMs)
    {
        if (holds != Holds)
        {
            (Holds, SinceMs) = (holds, atMs);
        }

        IsBlind = false;
    }

    /// <summary>Bad or absent data: neither raises nor clears, and a delay that ran begins anew.</summary>
    public void Blind()
    {
        Holds = IsActive;
        IsBlind = true;
    }

    /// <summary>Lets a delay that is over take effect; true when that changed something.</summary>
    public bool Settle(long nowMs)
    {
        if (!IsPending || nowMs < DueMs)
        {
            return false;
        }

        IsActive = Holds;
        return true;
    }

    /// <summary>Judges the newest value of the series.</summary>
    /// <param name="state">A state that is better known than what the device says, or null.</param>
    public void Judge(long nowMs, double? state)
    {
        var sample = slot!.Sample();
        if (sample.Quality is not (Quality.Good or Quality.Estimated) || !double.IsFinite(sample.Value) || sample.IsStale(nowMs))
        {
            Blind();
        }
        else if (Verdict(state ?? sample.Value, sample.AtMs, nowMs) is { } holds)
        {
            Tell(holds, sample.AtMs);
        }
        else
        {
            Blind();
        }
    }

    /// <summary>What a person reads on the list.</summary>
    public string Text()
    {
        if (rule.Text is { } text)
        {
            return text.Replace("{value}", ValueText(), StringComparison.Ordinal).Replace("{limit}", LimitText(), StringComparison.Ordinal)
                .Replace("{device}", device, StringComparison.Ordinal).Replace("{part}", slot?.Series.Part ?? "", StringComparison.Ordinal).Replace("  ", " ", StringComparison.Ordinal).Trim();
        }

        var what = slot?.Series.MetricPath ?? device;
        return rule.Comparison switch
        {
            Comparison.Above => $"{what} {ValueText()} is above {LimitText()}",
            Comparison.Below => $"{what} {ValueText()} is below {LimitText()}",
            Comparison.Is => $"{what} is {ValueText()}",
            Comparison.Rises => $"{what} rose by {ValueText()}",
            Comparison.Changes => $"{what} changed {ValueText()} times",
            _ => $"{device} does not answer",
        };
    }

    /// <summary>The figures behind the text: what is seen, against what, for how long.</summary>
    public string Evidence() => slot is null
        ? $"nothing heard for {Span(rule.OnDelay)} and more"
        : rule.Comparison switch
        {
            Comparison.Is => $"{slot.Series.MetricPath} = {ValueText()}",
            Comparison.Rises => $"{slot.Series.MetricPath} rose by {ValueText()} within {Span(rule.Within)}, limit {LimitText()}",
            Comparison.Changes => $"{slot.Series.MetricPath} changed {ValueText()} times within {Span(rule.Within)}, limit {LimitText()}",
            _ => $"{slot.Series.MetricPath}{(rule.Minus is { } minus ? $" − {minus}" : "")} {ValueText()}, limit {LimitText()}{(rule.OnDelay > TimeSpan.Zero ? $" for {Span(rule.OnDelay)}" : "")}",
        };

    private bool? Verdict(double value, long atMs, long nowMs)
    {
        switch (rule.Comparison)
        {
            case Comparison.Is:
                Value = value;
                return slot!.Metric?.StateName(value) is { } word && word != "unknown" ? rule.Words.Contains(word) : null;
            case Comparison.Changes:
                Value = Changes(value, atMs);
                return Holds ? Value > rule.Limit - rule.DeadBand - 1 : Value >= rule.Limit;
            case Comparison.Rises:
                Value = Rise(value, atMs);
                break;
            default:
                if (rule.Minus is null)
                {
                    Value = value;
                }
                else if (Other is { Quality: Quality.Good or Quality.Estimated } other && !other.Sample().IsStale(nowMs))
                {
                    Value = rule.Apart ? Math.Abs(value - other.Value) : value - other.Value;
                }
                else
                {
                    return null;
                }

                break;
        }

        return rule.Comparison == Comparison.Below
            ? Value < (Holds ? rule.Limit + rule.DeadBand : rule.Limit)
            : Value > (Holds ? rule.Limit - rule.DeadBand : rule.Limit);
    }

    private double Rise(double value, long atMs)
    {
        Remember(value, atMs, (long)rule.Within.TotalMilliseconds / MaxPast);
        var lowest = value;
        foreach (var (_, remembered) in past!)
        {
            lowest = Math.Min(lowest, remembered);
        }

        return value - lowest;
    }

    private double Changes(double value, long atMs)
    {
        if (slot!.Metric?.StateName(value) is { } word && (rule.Words.Count == 0 || rule.Words.Contains(word)) && value != lastState)
        {
            if (!double.IsNaN(lastState))
            {
                Remember(value, atMs, 0);
            }

            lastState = value;
        }

        Forget(atMs);
        return past?.Count ?? 0;
    }

    private void Remember(double value, long atMs, long apartMs)
    {
        past ??= new Queue<(long, double)>();
        Forget(atMs);
        if (past.Count == 0 || atMs - rememberedMs >= apartMs)
        {
            past.Enqueue((atMs, value));
            rememberedMs = atMs;
        }

        if (past.Count > MaxPast * 2)
        {
            past.Dequeue();
        }
    }

    private void Forget(long atMs)
    {
        while (past is { Count: > 0 } && past.Peek().AtMs < atMs - (long)rule.Within.TotalMilliseconds)
        {
            past.Dequeue();
        }
    }

    private string ValueText() => rule.Comparison switch
    {
        Comparison.Is => slot?.Metric?.StateName(Value) ?? "unknown",
        Comparison.Changes => Value.ToString(CultureInfo.InvariantCulture),
        _ => Figure(Value),
    };

    private string LimitText() => rule.Comparison == Comparison.Changes ? rule.Limit.ToString(CultureInfo.InvariantCulture) : Figure(rule.Limit);

    private string Figure(double value)
    {
        var unit = slot?.Metric?.Unit switch
        {
            null or "1" or "[pH]" => "",
            "Cel" => rule.Minus is null && rule.Comparison != Comparison.Rises ? " °C" : " K",
            var other => " " + other,
        };
        return double.IsFinite(value) ? value.ToString("0.##", CultureInfo.InvariantCulture) + unit : "unknown";
    }

    private static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 120 } => FormattableString.Invariant($"{span.TotalSeconds:0.#} s"),
        { TotalMinutes: < 120 } => FormattableString.Invariant($"{span.TotalMinutes:0.#} min"),
        _ => FormattableString.Invariant($"{span.TotalHours:0.#} h"),
    };
}
