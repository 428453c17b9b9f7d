namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>Leak of a closed loop that has no level: pressure decay, warmth and flow taken out.</summary>
internal sealed class PressureDetector(LiquidWatch watch, IReadOnlyList<Signal> inputs)
    : Detector("pressure_decay", watch.Unit.Id, new HysteresisLimits(1, 0.5, 60_000, 3_600_000), inputs)
{
    private const double ReservoirLitres = 60;

    private readonly PressureDecay decay = new();
    private readonly MassBalance balance = new(ReservoirLitres);

    public override DetectorPhase Phase => decay.IsLearning || balance.Learnt < 2 ? DetectorPhase.Learning : DetectorPhase.Watching;

    public override string Baseline => decay.IsLearning ? "learning the pressure by temperature and flow" : $"decay of the sound loop known over {balance.Learnt} of 4 windows";

    protected override double Judge(in Moment moment)
    {
        watch.Update(moment);
        var sound = !IsAnomalous && !(balance.Score > 0.7);
        var pressure = watch.IsSteady ? LiquidSignals.Live(watch.Signals.ReturnKpa, moment.NowMs) : double.NaN;
        var litres = decay.Litres(pressure, watch.Mean, watch.FlowRaw, moment, sound && watch.Diagnosis.Name is null);
        balance.Take(litres, 0, moment.NowMs, sound);
        return balance.Score >= 1 && watch.IsExplained ? 0.9 : balance.Score;
    }

    protected override Finding Explain(long nowMs)
    {
        var seen = $"return pressure falls by {Spell.Number(balance.LitresPerHour * PressureDecay.KilopascalPerLitre)} kPa/h over {balance.Over}, temperature and flow taken out; now {Spell.Number(watch.Signals.ReturnKpa!.Value)} kPa";
        return IsAnomalous ? new("leak", 0.6, $"{seen}; the loop has no level to compare with: a leak, a vessel that loses its charge, or a gauge that drifts") : new("", 0, seen);
    }

    protected override void Forget()
    {
        decay.Clear();
        balance.Clear();
    }

    protected override void SaveLearnt(BinaryWriter writer)
    {
        decay.Save(writer);
        balance.Save(writer);
    }

    protected override void LoadLearnt(BinaryReader reader)
    {
        decay.Load(reader);
        balance.Load(reader);
    }
}
