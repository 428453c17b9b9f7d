using System.Globalization;

namespace EdgeDcim.Collector.Anomalies.Statistical;

/// <summary>
/// A sensor is frozen: its value has not moved for longer than it ever stood still while it was sound, and longer than chance explains for a
/// sensor of its coarseness. A value that rests at an end of its range (a stopped pump, a closed valve) is no frozen sensor.
/// </summary>
internal sealed class StuckDetector(string subject, IReadOnlyList<Signal> signals) : InstrumentDetector("stuck", subject, HysteresisLimits.Default, signals)
{
    /// <summary>Fewer equal readings than this say nothing.</summary>
    private const int MinRows = 20;

    /// <summary>A machine that is held at one point is steady: less than this, or ten times what was seen while sound if that is less, says nothing.</summary>
    private const double MinMs = 5 * 3_600_000.0;

    private const double ManyTimes = 10;

    private const double LeastMs = 1_800_000;

    /// <summary>So many runs tell more of a sensor than chance does.</summary>
    private const int EnoughRuns = 50;

    /// <summary>A sound sensor may stand still a quarter longer than it was seen to.</summary>
    private const double Longer = 1.25;

    /// <summary>One false alarm of a signal in seven weeks.</summary>
    private const double FalseEveryMs = 49 * 86_400_000.0;

    private static readonly LearningNeed Need = new(200, 86_400_000);

    private readonly Run[] runs = [.. signals.Select(_ => new Run())];

    public override string Baseline => string.Join("; ", runs.Select((run, i) => (run, Inputs[i])).Where(one => one.run.Steps > 0).Select(one =>
        $"{one.Item2.Series.MetricPath} stood still for {Spell.Span(one.run.LongestMs)} at most, unchanged from row to row in {Spell.Percent((double)one.run.Same / one.run.Steps)}"));

    protected override double Take(int index, Signal signal, in Moment moment)
    {
        var run = runs[index];
        var value = signal.Value;
        if (run.FirstMs == 0)
        {
            (run.FirstMs, run.SinceMs, run.Value, run.Low, run.High) = (signal.AtMs, signal.AtMs, value, value, value);
            return double.NaN;
        }

        run.Steps++;
        if (value != run.Value)
        {
            // What was called frozen is not learnt as sound.
            run.LongestMs = run.IsFrozen ? run.LongestMs : Math.Max(run.LongestMs, run.LastMs - run.SinceMs);
            run.Count++;
            (run.Rows, run.SinceMs, run.Value, run.IsFrozen) = (0, signal.AtMs, value, false);
            (run.Low, run.High) = (Math.Min(run.Low, value), Math.Max(run.High, value));
        }
        else
        {
            run.Rows++;
            run.LastMs = signal.AtMs;
            run.Same += run.IsFrozen ? 0 : 1;
            run.Steps -= run.IsFrozen ? 1 : 0;
        }

        if (moment.Training || run.Steps < Need.Samples || (!run.Vouched && signal.AtMs - run.FirstMs < Need.SpanMs))
        {
            run.Vouched |= moment.Training;
            return double.NaN;
        }

        if (run.Rows == 0 || value <= run.Low || value >= run.High || value == 0)
        {
            return 0;
        }

        var score = run.Rows < MinRows ? 0 : (signal.AtMs - run.SinceMs) / Limit(run, signal);
        run.IsFrozen |= score >= 1;
        return score;
    }

    /// <summary>Time from which on it is frozen, ms: chance (unchanged with probability p each row), what was seen, and the least.</summary>
    private static double Limit(Run run, Signal signal)
    {
        var same = Math.Clamp((double)run.Same / run.Steps, 0.01, 0.9999);
        var chance = run.Count >= EnoughRuns ? 0 : Math.Log(Math.Max(signal.IntervalMs, 1) / FalseEveryMs) / Math.Log(same) * signal.IntervalMs;
        return Math.Max(Math.Max(LeastMs, Math.Min(MinMs, ManyTimes * run.LongestMs)), Math.Max(chance, Longer * run.LongestMs));
    }

    protected override Finding Explain(long nowMs)
    {
        var (run, signal) = (runs[Worst], WorstSignal);
        var unit = Spell.Unit(signal.Metric?.Unit);
        return IsAnomalous
            ? new Finding(
                "frozen sensor", 0.8,
                $"{signal.Series.MetricPath} has read {signal.Value.ToString("G6", CultureInfo.InvariantCulture)}{unit} for {run.Rows + 1} readings ({Spell.Span(nowMs - run.SinceMs)}), since {Spell.At(run.SinceMs)}; "
                + $"while sound it stood still for {Spell.Span(run.LongestMs)} at most and moved from one reading to the next in {Spell.Percent(1 - ((double)run.Same / run.Steps))}")
            : new Finding("frozen sensor", 0.8, $"every sensor of {Subject} moves again");
    }

    protected override void Forget(int index) => runs[index] = new Run();

    protected override void Save(int index, BinaryWriter writer)
    {
        var run = runs[index];
        foreach (var number in (ReadOnlySpan<long>)[run.FirstMs, run.SinceMs, run.Rows, run.LastMs, run.LongestMs, run.Steps, run.Same, run.Count])
        {
            writer.Write(number);
        }

        foreach (var number in (ReadOnlySpan<double>)[run.Value, run.Low, run.High])
        {
            writer.Write(number);
        }

        writer.Write(run.IsFrozen);
        writer.Write(run.Vouched);
    }

    protected override void Load(int index, BinaryReader reader) => runs[index] = new Run
    {
        FirstMs = reader.ReadInt64(),
        SinceMs = reader.ReadInt64(),
        Rows = reader.ReadInt64(),
        LastMs = reader.ReadInt64(),
        LongestMs = reader.ReadInt64(),
        Steps = reader.ReadInt64(),
        Same = reader.ReadInt64(),
        Count = reader.ReadInt64(),
        Value = reader.ReadDouble(),
        Low = reader.ReadDouble(),
        High = reader.ReadDouble(),
        IsFrozen = reader.ReadBoolean(),
        Vouched = reader.ReadBoolean(),
    };

    private sealed class Run
    {
        public long FirstMs { get; set; }

        public long SinceMs { get; set; }

        /// <summary>Rows that repeated the value.</summary>
        public long Rows { get; set; }

        public long LastMs { get; set; }

        public long LongestMs { get; set; }

        public long Steps { get; set; }

        /// <summary>Steps that changed nothing.</summary>
        public long Same { get; set; }

        /// <summary>Runs that have ended.</summary>
        public long Count { get; set; }

        public double Value { get; set; }

        public double Low { get; set; }

        public double High { get; set; }

        public bool IsFrozen { get; set; }

        /// <summary>Learnt from data that somebody vouched for.</summary>
        public bool Vouched { get; set; }
    }
}
