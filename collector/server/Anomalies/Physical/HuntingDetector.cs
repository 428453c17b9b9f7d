namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>
/// A valve or fan that swings: turns of direction by more than a dead band, counted over a span. Twelve in half an hour are a swing of five
/// minutes or less, six times in a row.
/// </summary>
/// <param name="isExplained">Something else makes it swing, and says so; null where nothing can.</param>
internal sealed class HuntingDetector(string subject, Signal output, HuntingLimits limits, Func<bool>? isExplained = null)
    : Detector("hunting", subject, new HysteresisLimits(1, 0.5, 0, 900_000), [output])
{
    private const int Kept = HuntingLimits.MaxTurns;

    private readonly long[] turns = new long[Kept];
    private readonly double[] sizes = new double[Kept];
    private int count;
    private double extreme = double.NaN;
    private double opposite = double.NaN;
    private int direction;

    public override DetectorPhase Phase => output.AtMs == 0 ? DetectorPhase.Waiting : DetectorPhase.Watching;

    public override string Baseline => $"fewer than {limits.Turns} turns of more than {Spell.Number(limits.SwingPercent)} % in {Spell.Span(limits.WithinMs)}";

    public int Turns { get; private set; }

    protected override double Judge(in Moment moment)
    {
        var value = LiquidSignals.Live(output, moment.NowMs);
        if (double.IsNaN(value))
        {
            return double.NaN;
        }

        if (direction == 0)
        {
            // Until it has moved for the first time, its least and its largest value are kept.
            (extreme, opposite) = (double.IsNaN(extreme) ? value : Math.Max(extreme, value), double.IsNaN(opposite) ? value : Math.Min(opposite, value));
            if (extreme - opposite > limits.SwingPercent)
            {
                direction = value >= extreme ? 1 : -1;
                extreme = value;
            }
        }
        else if ((value - extreme) * direction >= 0)
        {
            extreme = value;
        }
        else if (Math.Abs(value - extreme) > limits.SwingPercent)
        {
            (turns[count % Kept], sizes[count % Kept]) = (moment.NowMs, Math.Abs(value - extreme));
            count++;
            (extreme, direction) = (value, -direction);
        }

        Turns = 0;
        for (var i = 0; i < Math.Min(count, Kept); i++)
        {
            Turns += moment.NowMs - turns[i] <= limits.WithinMs ? 1 : 0;
        }

        return isExplained?.Invoke() == true ? Math.Min((double)Turns / limits.Turns, 0.9) : (double)Turns / limits.Turns;
    }

    protected override Finding Explain(long nowMs) => new(
        IsAnomalous ? "hunting" : "", 0.9, $"{output.Series.Metric} turned {Turns} times in {Spell.Span(limits.WithinMs)} by more than {Spell.Number(limits.SwingPercent)} %, last by {Spell.Number(count == 0 ? 0 : sizes[(count - 1) % Kept])} %");

    protected override void Forget() => (count, extreme, opposite, direction, Turns) = (0, double.NaN, double.NaN, 0, 0);

    protected override void SaveLearnt(BinaryWriter writer)
    {
    }

    protected override void LoadLearnt(BinaryReader reader)
    {
    }
}
