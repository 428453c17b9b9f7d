namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>Margin of the coldest surface of a room over its dew point: below 2 K a warning, below 1 K water is about to form.</summary>
internal sealed class DewPointDetector(string room, IReadOnlyList<(string Machine, Signal Supply, Signal DewPoint)> surfaces)
    : Detector("dew_point_margin", room, new HysteresisLimits(1, 0.3, 60_000, 300_000), [.. surfaces.SelectMany(one => new[] { one.Supply, one.DewPoint }).Distinct()])
{
    private const double ScoreAtDewPoint = 3;

    private readonly LowPass[] margins = [.. surfaces.Select(_ => new LowPass(60))];
    private int least;

    public override DetectorPhase Phase => double.IsNaN(Score) ? DetectorPhase.Waiting : DetectorPhase.Watching;

    public override string Baseline => "supply at least 2 K above the dew point";

    /// <summary>1 at a margin of 2 K, 2 at 1 K, 3 at the dew point.</summary>
    protected override double Judge(in Moment moment)
    {
        var score = double.NaN;
        for (var i = 0; i < margins.Length; i++)
        {
            var margin = LiquidSignals.Live(surfaces[i].Supply, moment.NowMs) - LiquidSignals.Live(surfaces[i].DewPoint, moment.NowMs);
            if (double.IsFinite(margin) && !(ScoreAtDewPoint - margins[i].Take(margin, moment.NowMs) <= score))
            {
                (score, least) = (ScoreAtDewPoint - margins[i].Value, i);
            }
        }

        return double.IsNaN(score) ? double.NaN : Math.Max(0, score);
    }

    protected override Finding Explain(long nowMs) => new(
        IsAnomalous ? "condensation" : "", 0.9,
        $"{surfaces[least].Machine}: supply {Spell.Number(surfaces[least].Supply.Value)} °C, dew point {Spell.Number(surfaces[least].DewPoint.Value)} °C, margin {Spell.Number(margins[least].Value)} K");

    protected override void Forget() => Array.ForEach(margins, margin => margin.Clear());

    protected override void SaveLearnt(BinaryWriter writer)
    {
    }

    protected override void LoadLearnt(BinaryReader reader)
    {
    }
}
