namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>Raises one law of a CDU or tank, when the pattern of all laws means a cause that this law owns.</summary>
internal sealed class LawDetector(string name, LiquidWatch watch, Law law, IReadOnlyList<Signal> inputs)
    : Detector(name, watch.Unit.Id, new HysteresisLimits(1, 0.6, 60_000, 600_000), inputs)
{
    private readonly Drift drift = watch[law];

    public override DetectorPhase Phase => double.IsNaN(drift.Z) && drift.IsLearning ? DetectorPhase.Learning : DetectorPhase.Watching;

    public override string Baseline => drift.ToString();

    public override void EndTraining() => drift.EndTraining();

    protected override double Judge(in Moment moment)
    {
        watch.Update(moment);
        var score = Math.Abs(drift.Z);
        if (score < 1 || double.IsNaN(score))
        {
            return score;
        }

        // Broken, but by something that another detector tells: held below the limit, and cleared if it was raised before that was known.
        var explained = watch.Pumps.Cause is not null || watch.Plant.IsOut || watch.IsSwapped || watch.Diagnosis is { Name: not null } found && found.Owner != law;
        return explained ? 0.5 : watch.IsPondering(moment.NowMs) ? (IsAnomalous ? score : 0.99) : score;
    }

    protected override Finding Explain(long nowMs)
    {
        var change = Math.Exp(drift.Deviation) - 1;
        var since = drift.SinceMs > 0 ? $" since {Spell.At(drift.SinceMs)}" : "";
        var seen = $"{Describe(law)} {(change >= 0 ? "up" : "down")} {Spell.Percent(Math.Abs(change))} (limit {Spell.Percent(drift.Limit)}){since}";
        if (!IsAnomalous)
        {
            var reason = watch.Pumps.Cause ?? (watch.Plant.IsOut ? "facility_water" : watch.Diagnosis.Name);
            return new("", 0, reason is null ? $"{seen}: back to normal" : $"{seen}: explained by {reason}");
        }

        var others = string.Join(", ", Enum.GetValues<Law>().Where(other => other != law && Math.Abs(watch.Z(other)) >= 1).Select(other => $"{Describe(other)} {(watch.Z(other) > 0 ? "up" : "down")}"));
        return new(watch.Diagnosis.Name ?? "unexplained", watch.Diagnosis.Confidence, $"{seen}; {(others.Length > 0 ? others : "every other law holds")}");
    }

    protected override void Forget()
    {
        drift.Clear();
        watch.CurveOf(law)?.Clear();
    }

    protected override void SaveLearnt(BinaryWriter writer)
    {
        drift.Save(writer);
        watch.CurveOf(law)?.Save(writer);
    }

    protected override void LoadLearnt(BinaryReader reader)
    {
        drift.Load(reader);
        watch.CurveOf(law)?.Load(reader);
    }

    private static string Describe(Law law) => law switch
    {
        Law.Split => "heat on the water side over heat of the loop",
        Law.Balance => "heat of the loop over IT power",
        Law.Exchanger => "exchanger conductance for its flow",
        Law.Filter => "filter ΔP/flow²",
        Law.Plates => "cold-plate ΔP/flow²",
        Law.PumpCurve => "flow for the pump speed",
        Law.Tremble => "trembling of the flow",
        Law.Rise => "temperature rise over the load",
        _ => "water flow for the valve position",
    };
}
