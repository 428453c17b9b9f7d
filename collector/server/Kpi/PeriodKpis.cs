using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Kpi;

/// <summary>
/// PUE, WUE and partial PUE over 15 minutes to 12 months, from energy and water counters. All uses of a ratio cover the same time; a
/// window that is not full enough has no value but an interim one, and says how much of it there is.
/// </summary>
internal sealed class PeriodKpis(EnergyUses uses, EnergyLedger ledger, int? category)
{
    /// <summary>A window with less than this share of its time has no value.</summary>
    private const double EnoughCoverage = 0.9;

    /// <summary>… and with less than this not even an interim one: minutes say nothing about a year.</summary>
    private const double EnoughForInterim = 0.01;

    /// <summary>Room for rounding, no more.</summary>
    private const double Complete = 0.9999;

    /// <summary>A window is estimated when more than this share of its energy was spread across gaps.</summary>
    private const double NotableEstimate = 0.01;

    /// <summary>A meter that is further behind than this, or than three of its intervals, is not waited for.</summary>
    private const long LagMs = 5 * PeriodBook.MinuteMs;

    private const long MaxLagMs = 20 * PeriodBook.MinuteMs;

    private static readonly (string Name, long LengthMs, long AlignMs)[] Windows =
    [
        ("15m", PeriodBook.QuarterMs, PeriodBook.MinuteMs),
        ("1h", 4 * PeriodBook.QuarterMs, PeriodBook.MinuteMs),
        ("1d", PeriodBook.DayMs, PeriodBook.MinuteMs),
        ("30d", 30 * PeriodBook.DayMs, PeriodBook.QuarterMs),
        ("12mo", 365 * PeriodBook.DayMs, PeriodBook.DayMs),
    ];

    private static readonly Ratio[] Ratios =
    [
        new("pue", "1", EnergyUse.Total, EnergyUse.It),
        new("wue", "L/(kW.h)", EnergyUse.Water, EnergyUse.It),
        new("ppue_cooling", "1", EnergyUse.Cooling, EnergyUse.It),
        new("ppue_ups", "1", EnergyUse.UpsInput, EnergyUse.UpsOutput),
    ];

    /// <summary>One sum for each ratio, and one for the parts of PUE.</summary>
    private static readonly int[] Masks =
    [
        .. Ratios.Select(ratio => PeriodBook.Mask(ratio.Upper, ratio.Lower)),
        PeriodBook.Mask(EnergyUse.Total, EnergyUse.It, EnergyUse.Cooling, EnergyUse.LightingOther),
    ];

    private readonly PeriodBook book = new(uses, ledger);
    private readonly int[] waitFor =
    [
        .. Enum.GetValues<EnergyUse>().Where(use => uses.Missing(use) is null).SelectMany(use => uses.Terms(use)).Select(term => term.Track).Distinct(),
    ];

    private IReadOnlyList<KpiValue> values = [];
    private long endMs;

    /// <summary>End of the windows: a whole minute that all meters which are not silent have reached.</summary>
    public long EndMs => endMs;

    /// <summary>The values of all windows; computed anew when a minute has passed or the past has changed.</summary>
    public IReadOnlyList<KpiValue> Tick(long nowMs)
    {
        var changed = ledger.Settle(nowMs);
        if (changed is { } range)
        {
            book.Forget(range.FromMs, range.ToMs);
        }

        var end = Math.Max(endMs, End(nowMs));
        if (end > endMs || changed?.FromMs < end || values.Count == 0)
        {
            endMs = end;
            values = [.. Windows.SelectMany(window => Window(window, end))];
        }

        return values;
    }

    /// <summary>A ratio over the quarter of an hour around an instant of the past; null when it is not known.</summary>
    public double? Around(string name, long atMs)
    {
        var from = Minute(atMs - (PeriodBook.QuarterMs / 2));
        var ratio = Ratios.First(ratio => ratio.Name == name);
        return Over(ratio, book.Sum(from, from + PeriodBook.QuarterMs, PeriodBook.Mask(ratio.Upper, ratio.Lower))[0], PeriodBook.QuarterMs);
    }

    /// <summary>Mean power in W over the quarter of an hour around an instant of the past; null when it is not known.</summary>
    public double? PowerAround(EnergyUse use, long atMs)
    {
        var from = Minute(atMs - (PeriodBook.QuarterMs / 2));
        var sums = book.Sum(from, from + PeriodBook.QuarterMs, PeriodBook.Mask(use))[0];
        return sums.CoveredMs < PeriodBook.QuarterMs * EnoughCoverage ? null : sums[use] * 3.6e9 / sums.CoveredMs;
    }

    private static long Minute(long ms) => ms - (ms % PeriodBook.MinuteMs);

    private static long From(long end, (string Name, long LengthMs, long AlignMs) window)
    {
        var start = end - window.LengthMs;
        return start - (start % window.AlignMs);
    }

    /// <summary>PUE and the UPS stage are plain ratios; the cooling stage adds the IT energy (ISO/IEC 30134-2); water is in litres.</summary>
    private static double Formula(string name, double upper, double lower) => name switch
    {
        "ppue_cooling" => (upper + lower) / lower,
        "wue" => upper * 1000 / lower,
        _ => upper / lower,
    };

    private static double? Over(Ratio ratio, PeriodSums sums, long lengthMs) =>
        sums.CoveredMs < lengthMs * EnoughCoverage || sums[ratio.Lower] <= 0 ? null : Formula(ratio.Name, sums[ratio.Upper], sums[ratio.Lower]);

    private IEnumerable<KpiValue> Window((string Name, long LengthMs, long AlignMs) window, long end)
    {
        var from = From(end, window);
        var sums = book.Sum(from, end, Masks);
        var yesterdayFrom = From(end - PeriodBook.DayMs, window);
        var yesterday = book.Sum(yesterdayFrom, end - PeriodBook.DayMs, Masks);
        for (var i = 0; i < Ratios.Length; i++)
        {
            var value = Value(Ratios[i], window.Name, from, end, sums[i]);
            yield return value with
            {
                Yesterday = Over(Ratios[i], yesterday[i], end - PeriodBook.DayMs - yesterdayFrom),
                Parts = value is { Name: "pue", Value: not null } && sums[^1].CoveredMs == sums[i].CoveredMs ? Parts(sums[^1]) : [],
            };
        }
    }

    private long End(long nowMs)
    {
        var end = nowMs;
        foreach (var track in waitFor)
        {
            var status = ledger.Status(track);
            var lag = nowMs - (status.KnownUntilMs ?? 0);
            if (lag <= Math.Min(MaxLagMs, Math.Max(LagMs, 3 * status.IntervalMs)))
            {
                end = Math.Min(end, status.KnownUntilMs!.Value);
            }
        }

        return Minute(end);
    }

    private KpiValue Value(Ratio ratio, string window, long from, long to, PeriodSums sums)
    {
        var coverage = (double)sums.CoveredMs / (to - from);
        var unknown = new KpiValue(
            ratio.Name, "site", window, null, ratio.Unit, ratio.Name == "pue" ? category : null, coverage, null, Quality.Missing,
            ledger.Revision(from, to), to, null);
        if ((uses.Missing(ratio.Upper) ?? uses.Missing(ratio.Lower)) is { } missing)
        {
            return unknown with { Reason = missing };
        }

        var share = coverage < Complete ? $"window has {Words.Duration(sums.CoveredMs)} of {Words.Duration(Windows.First(one => one.Name == window).LengthMs)}{Blame(ratio, from, to)}" : null;
        if (coverage < EnoughForInterim)
        {
            return unknown with { Reason = share };
        }

        if (sums[ratio.Lower] <= 0)
        {
            return unknown with { Reason = PueCalculator.Join($"there was no {(ratio.Lower == EnergyUse.It ? "IT" : "UPS output")} energy in this window", share) };
        }

        var value = Formula(ratio.Name, sums[ratio.Upper], sums[ratio.Lower]);
        if (ratio.Name == "pue" && PueCalculator.Fault(value) is { } fault)
        {
            return unknown with { Reason = PueCalculator.Join(fault, share) };
        }

        if (coverage < EnoughCoverage)
        {
            return unknown with { Interim = value, Reason = share };
        }

        var estimate = Estimate(ratio, sums);
        return unknown with
        {
            Value = value,
            Uncertainty = Uncertainty(ratio, sums, value, from, to),
            Quality = share is null && estimate is null ? Quality.Good : Quality.Estimated,
            Reason = PueCalculator.Join(share, estimate),
        };
    }

    private static KpiPart[] Parts(PeriodSums sums)
    {
        var it = sums[EnergyUse.It];
        var (cooling, lighting) = (sums[EnergyUse.Cooling], sums[EnergyUse.LightingOther]);
        return
        [
            new KpiPart("cooling", cooling / it),
            new KpiPart("power_chain", (sums[EnergyUse.Total] - it - cooling - lighting) / it),
            new KpiPart("lighting_other", lighting / it),
        ];
    }

    /// <summary>Names the meter that keeps a window from being complete, when the others have clearly more.</summary>
    private string Blame(Ratio ratio, long from, long to)
    {
        var spans = uses.Terms(ratio.Upper).Concat(uses.Terms(ratio.Lower)).DistinctBy(term => term.Track)
            .Select(term => (term.Meter, Status: ledger.Status(term.Track), ledger.Energy(term.Track, from, to).CoveredMs))
            .OrderBy(span => span.CoveredMs).ToList();
        if (spans.Count == 0 || spans[^1].CoveredMs - spans[0].CoveredMs < 2 * PeriodBook.MinuteMs)
        {
            return "";
        }

        var worst = spans[0];
        return worst.Status.PendingSinceMs is not null ? $": the counter of meter {worst.Meter} jumped and waits for confirmation"
            : worst.CoveredMs == 0 ? $": meter {worst.Meter} has no energy readings in it"
            : $": meter {worst.Meter} covers {Words.Duration(worst.CoveredMs)}";
    }

    private string? Estimate(Ratio ratio, PeriodSums sums)
    {
        var integrated = uses.Terms(ratio.Upper).Concat(uses.Terms(ratio.Lower)).Where(term => term.Integrated).Select(term => term.Meter).Distinct().ToList();
        if (integrated.Count > 0)
        {
            return $"energy of {string.Join(", ", integrated.Take(3))}{(integrated.Count > 3 ? $" and {integrated.Count - 3} more" : "")} is integrated from power";
        }

        var share = Math.Max(Share(ratio.Upper, sums), Share(ratio.Lower, sums));
        return share < NotableEstimate ? null : $"{Words.Percent(share)} of it is spread across gaps";
    }

    private static double Share(EnergyUse use, PeriodSums sums) => sums[use] == 0 ? 0 : Math.Abs(sums.Estimated(use) / sums[use]);

    /// <summary>Meters are independent (GUM): accuracies weighted by energy, and the step of each register at both ends of the window.</summary>
    private double? Uncertainty(Ratio ratio, PeriodSums sums, double value, long from, long to)
    {
        var (upper, lower) = (Relative(ratio.Upper, sums, from, to), Relative(ratio.Lower, sums, from, to));
        return PueCalculator.Combined(upper, lower) * (ratio.Name == "ppue_cooling" ? value - 1 : value);
    }

    private double? Relative(EnergyUse use, PeriodSums sums, long from, long to)
    {
        double? variance = 0;
        foreach (var term in uses.Terms(use))
        {
            var share = term.Factor * ledger.Energy(term.Track, from, to).Amount * term.Accuracy;
            var step = term.Factor * ledger.Status(term.Track).Resolution;

            // A reading of a register is anywhere within one step; the difference of two has the variance q²/6.
            variance += (share * share) + (step * step / 6);
        }

        return sums[use] == 0 || variance is not { } known ? null : Math.Sqrt(known) / Math.Abs(sums[use]);
    }

    private sealed record Ratio(string Name, string Unit, EnergyUse Upper, EnergyUse Lower);
}
