using EdgeDcim.Collector.Facility;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Kpi;

/// <summary>Partial PUE of a stage at this instant, and the efficiency of each UPS.</summary>
internal static class PartialPue
{
    /// <summary>Below this share of its rating a UPS's efficiency says nothing about it (IEC 62040-3).</summary>
    private const double LeastLoad = 0.05;

    /// <summary>(cooling + IT) / IT, ISO/IEC 30134-2.</summary>
    public static KpiValue Cooling(PowerSum cooling, PowerSum it, long nowMs)
    {
        var unknown = Unknown("ppue_cooling", "site", "1", Math.Min(cooling.Coverage, it.Coverage), nowMs);
        if (cooling.Value is not { } coolingW || it.Value is not { } itW)
        {
            return unknown with { Reason = PueCalculator.Join(cooling.Value is null ? cooling.Reason : null, it.Value is null ? it.Reason : null) };
        }

        if (itW <= 0)
        {
            return unknown with { Reason = $"the IT meters show {Words.Power(itW)}" };
        }

        return unknown with
        {
            Value = (coolingW + itW) / itW,
            Uncertainty = coolingW / itW * PueCalculator.Combined(coolingW == 0 ? 0 : cooling.RelativeUncertainty, it.RelativeUncertainty),
            Quality = cooling.Quality < it.Quality ? cooling.Quality : it.Quality,
            Reason = PueCalculator.Join(cooling.Reason, it.Reason),
        };
    }

    /// <summary>Σ input / Σ output of all UPSs: shows what ECO mode saves.</summary>
    public static KpiValue Ups(MeterTree tree, FacilitySnapshot snapshot, long nowMs)
    {
        var unknown = Unknown("ppue_ups", "site", "1", 0, nowMs);
        if (tree.Converters.Count == 0)
        {
            return unknown with { Reason = "the facility file has no UPS with input and output" };
        }

        var input = PowerSum.Of([.. tree.Converters.Select(converter => new Term(converter.Input, 1))], snapshot);
        var output = PowerSum.Of([.. tree.Converters.Select(converter => new Term(converter.Output, 1))], snapshot);
        unknown = unknown with { Coverage = Math.Min(input.Coverage, output.Coverage) };
        if (input.Value is not { } inputW || output.Value is not { } outputW)
        {
            return unknown with { Reason = PueCalculator.Join(input.Value is null ? input.Reason : null, output.Value is null ? output.Reason : null) };
        }

        if (outputW <= 0)
        {
            return unknown with { Reason = "the UPSs carry no load" };
        }

        if (Busy(snapshot) is { } busy)
        {
            return unknown with { Reason = busy };
        }

        var value = inputW / outputW;
        return value < 1
            ? unknown with { Reason = $"the UPSs give out more than they take in ({Words.Power(outputW)} of {Words.Power(inputW)}): their meters disagree" }
            : unknown with
            {
                Value = value,
                Uncertainty = value * PueCalculator.Combined(input.RelativeUncertainty, output.RelativeUncertainty),
                Quality = input.Quality < output.Quality ? input.Quality : output.Quality,
                Reason = PueCalculator.Join(input.Reason, output.Reason),
            };
    }

    /// <summary>Output over input of each UPS, in percent, while its load and its battery let that mean something.</summary>
    public static IEnumerable<KpiValue> Efficiency(MeterTree tree, FacilitySnapshot snapshot, long nowMs)
    {
        foreach (var converter in tree.Converters)
        {
            var (input, output) = (PowerReading.Of(converter.Input, snapshot), PowerReading.Of(converter.Output, snapshot));
            var unknown = Unknown("ups_efficiency", converter.Id, "%", input.Value is null || output.Value is null ? 0 : 1, nowMs);
            if (input.Value is not { } inputW || output.Value is not { } outputW)
            {
                yield return unknown with { Reason = PueCalculator.Join(input.Reason, output.Reason) };
            }
            else if (inputW <= 0 || outputW <= LeastLoad * (converter.Output.RatedW ?? 0))
            {
                yield return unknown with { Reason = $"{converter.Id} carries too little load ({Words.Power(outputW)}) for an efficiency" };
            }
            else if (snapshot.UpsStates.FirstOrDefault(state => state.Meter == converter.Id).BatteryBusy)
            {
                yield return unknown with { Reason = $"the battery of {converter.Id} is charging or discharging" };
            }
            else if (outputW > inputW)
            {
                yield return unknown with { Reason = $"{converter.Id} gives out more than it takes in ({Words.Power(outputW)} of {Words.Power(inputW)}): its meters disagree" };
            }
            else
            {
                yield return unknown with { Value = outputW / inputW * 100, Quality = input.Quality < output.Quality ? input.Quality : output.Quality, Reason = PueCalculator.Join(input.Reason, output.Reason) };
            }
        }
    }

    private static string? Busy(FacilitySnapshot snapshot) =>
        snapshot.UpsStates.FirstOrDefault(state => state.Source == UpsSource.Battery) is { Meter: { } meter } ? $"{meter} runs on battery" : null;

    private static KpiValue Unknown(string name, string scope, string unit, double coverage, long nowMs) =>
        new(name, scope, "now", null, unit, null, coverage, null, Quality.Missing, 0, nowMs, null);
}
