namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>Heat balance of a loop: ln(Σ Q_machines / (share · P_IT)), against what it was; held back while one of its machines explains it.</summary>
internal sealed class BalanceDetector(BalanceWatch balance, IReadOnlyList<LiquidWatch> machines, IReadOnlyList<Signal> inputs)
    : Detector("heat_balance", balance.Loop.Id, new HysteresisLimits(1, 0.6, 600_000, 600_000), inputs)
{
    public override DetectorPhase Phase => balance.Drift.IsLearning ? DetectorPhase.Learning : DetectorPhase.Watching;

    public override string Baseline => balance.Drift.ToString();

    public override void EndTraining() => balance.Drift.EndTraining();

    protected override double Judge(in Moment moment)
    {
        foreach (var machine in machines)
        {
            machine.Update(moment);
        }

        var score = Math.Abs(balance.Z);
        var explained = machines.Any(machine => machine.Pumps.Cause is not null || machine.Plant.IsOut || machine.Diagnosis is { Name: not null, Owner: not Law.Balance });
        return score >= 1 && explained ? 0.5 : score;
    }

    protected override Finding Explain(long nowMs)
    {
        var change = Math.Exp(balance.Drift.Deviation) - 1;
        var evidence = $"machines take {Spell.Number(balance.HeatW / 1000)} kW of {Spell.Number(balance.PowerW / 1000)} kW that should be in the loop: {Spell.Signed(change * 100)} % against usual (limit {Spell.Percent(balance.Drift.Limit)})";
        return IsAnomalous ? new(change < 0 ? "heat_to_air_or_meter" : "uncovered_heat_or_meter", 0.5, evidence + "; every law of its machines holds") : new("", 0, evidence);
    }

    protected override void Forget() => balance.Drift.Clear();

    protected override void SaveLearnt(BinaryWriter writer) => balance.Drift.Save(writer);

    protected override void LoadLearnt(BinaryReader reader) => balance.Drift.Load(reader);
}
