using System.Globalization;

namespace EdgeDcim.Collector.Anomalies.Statistical;

/// <summary>
/// A device behaves otherwise than it did while it was learnt: one or more of its measured values have left their level, by more than their
/// noise and their own wandering explain. Needs no knowledge of the machine. One detector a device, so that one fault is one anomaly.
/// </summary>
internal sealed class ShiftDetector : Detector
{
    /// <summary>Rows that are kept to learn from; more are thinned by averaging pairs. Live, a thousand machines learn at once and for days.</summary>
    private const int Capacity = 4096;

    private const int LiveRows = 1024;

    /// <summary>It must last, and be over, for this many rows.</summary>
    private const int Sustained = 5;

    /// <summary>It must last so long, however fast the rows come: a pump that changes over or a valve that strokes is back by then.</summary>
    private const long TransientMs = 8000;

    /// <summary>Below this share of the power that it mostly draws a machine rests.</summary>
    private const double Idle = 0.1;

    private static readonly LearningNeed Need = new(500, 7 * 86_400_000L);

    private readonly ShiftChannel[] channels;
    private readonly RowClock clock;
    private readonly LearningPeriod learning = new(Need);
    private readonly int power;
    private float[]? rows;
    private int held;
    private int trained;
    private int worst;
    private long sinceMs;
    private double running;
    private double starting;

    public ShiftDetector(string subject, IReadOnlyList<Signal> signals)
        : base("shift", subject, new HysteresisLimits(1, 0.6, 0, 0), signals)
    {
        channels = [.. signals.Select(_ => new ShiftChannel())];
        clock = new RowClock(signals) { MinPeriodMs = 0 };
        power = signals.ToList().FindIndex(signal => signal.Series is { Metric: "power.active", Part: null });
    }

    public override DetectorPhase Phase =>
        learning.IsComplete ? DetectorPhase.Watching : learning.Samples > 0 ? DetectorPhase.Learning : DetectorPhase.Waiting;

    public override string Baseline => !learning.IsComplete ? $"learning: {learning}" : string.Join("; ", channels
        .Select((channel, i) => (channel, signal: Inputs[i]))
        .Where(one => one.channel.IsLearnt)
        .Select(one => $"{one.signal.Series.MetricPath} {Spell.Number(one.channel.Level)} ± {Spell.Number(one.channel.Strays)}{Spell.Unit(one.signal.Metric?.Unit)}"))
        + $" (from {learning})";

    protected override double Judge(in Moment moment)
    {
        if (!clock.Take(moment.NowMs))
        {
            return double.NaN;
        }

        // Live data is learnt over days: rows are then so long that what is kept spans all of it.
        clock.MinPeriodMs = learning.IsComplete || trained > 0 || moment.Training ? clock.MinPeriodMs : Need.SpanMs / LiveRows;
        trained += moment.Training ? 1 : 0;
        if (!learning.IsComplete)
        {
            Keep();
            if (learning.Take(moment.NowMs, moment.Training))
            {
                Learn();
            }

            return double.NaN;
        }

        if (Rests())
        {
            starting = 2 * ShiftChannel.Smoothing[0];
            Array.ForEach(channels, channel => channel.Rest());
            return double.NaN;
        }

        if (starting > 0)
        {
            starting -= clock.Elapsed;
            return double.NaN;
        }

        var highest = 0.0;
        for (var i = 0; i < channels.Length; i++)
        {
            var score = Math.Abs(channels[i].Take(clock.Row[i], clock.Elapsed));
            if (score > highest)
            {
                (highest, worst) = (score, i);
            }
        }

        sinceMs = highest < Limits.Clear ? 0 : sinceMs == 0 ? moment.NowMs : sinceMs;
        Limits = Limits with { OnDelayMs = Math.Max(TransientMs, Sustained * clock.PeriodMs), OffDelayMs = Sustained * clock.PeriodMs };
        return highest;
    }

    protected override Finding Explain(long nowMs)
    {
        var (channel, signal) = (channels[worst], Inputs[worst]);
        var unit = Spell.Unit(signal.Metric?.Unit);
        if (!IsAnomalous)
        {
            return new Finding(
                "level shift", 0.5, $"every value of {Subject} is at its level again; the last away was {signal.Series.MetricPath}, now {Spell.Number(channel.Smooth)}{unit}");
        }

        var away = channel.Smooth - channel.Level;
        var others = string.Join(", ", channels
            .Select((one, i) => (Score: Math.Abs(one.Score), Path: Inputs[i].Series.MetricPath, Index: i))
            .Where(one => one.Index != worst && one.Score >= 0.6).OrderByDescending(one => one.Score).Take(2)
            .Select(one => $"{one.Path} ({one.Score.ToString("F1", CultureInfo.InvariantCulture)} of its limit)"));
        return new Finding(
            $"{signal.Series.MetricPath} {(away < 0 ? "low" : "high")}",
            Math.Clamp(1 - (0.5 / Math.Max(Math.Abs(channel.Score), 0.5)), 0, 0.9),
            $"{signal.Series.MetricPath} is {Spell.Number(channel.Smooth)}{unit}, {Spell.Signed(away)}{unit} from its level {Spell.Number(channel.Level)}{unit} "
            + $"(it strays {Spell.Number(channel.Strays)}{unit}), since {Spell.At(sinceMs)}; learnt from {learning}"
            + (others.Length > 0 ? $"; also {others}" : ""));
    }

    public override void EndTraining()
    {
        // What --learn-rows or a person calls good is enough from 64 rows on.
        if (learning.EndTraining(64))
        {
            Learn();
        }
    }

    protected override void Forget()
    {
        learning.Clear();
        (rows, held, trained, sinceMs) = (null, 0, 0, 0);
        clock.MinPeriodMs = 0;
        Array.ForEach(channels, channel => channel.Clear());
    }

    protected override void SaveLearnt(BinaryWriter writer)
    {
        learning.Save(writer);
        writer.Write(clock.MinPeriodMs);
        writer.Write(sinceMs);
        writer.Write(running);
        Array.ForEach(channels, channel => channel.Save(writer));
        writer.Write(rows is null ? 0 : held);
        for (var i = 0; rows is not null && i < held * channels.Length; i++)
        {
            writer.Write(rows[i]);
        }
    }

    protected override void LoadLearnt(BinaryReader reader)
    {
        learning.Load(reader);
        clock.MinPeriodMs = reader.ReadInt64();
        sinceMs = reader.ReadInt64();
        running = reader.ReadDouble();
        Array.ForEach(channels, channel => channel.Load(reader));
        held = Math.Clamp(reader.ReadInt32(), 0, Capacity);
        rows = held > 0 ? new float[held * channels.Length] : null;
        for (var i = 0; rows is not null && i < held * channels.Length; i++)
        {
            rows[i] = reader.ReadSingle();
        }
    }

    /// <summary>Keeps the row to learn from. When there is no room, pairs are averaged and rows become twice as long.</summary>
    private void Keep()
    {
        var width = channels.Length;
        if (rows is null || (rows.Length == held * width && held < Capacity))
        {
            Array.Resize(ref rows, Math.Max(256, 2 * held) * width);
        }

        if (held == Capacity)
        {
            for (var i = 0; i < Capacity / 2; i++)
            {
                for (var j = 0; j < width; j++)
                {
                    rows[(i * width) + j] = Mean(rows[(2 * i * width) + j], rows[(((2 * i) + 1) * width) + j]);
                }
            }

            held /= 2;
            clock.MinPeriodMs = 2 * clock.PeriodMs;
        }

        for (var j = 0; j < width; j++)
        {
            rows[(held * width) + j] = (float)clock.Row[j];
        }

        held++;
    }

    private static float Mean(float a, float b) => float.IsNaN(a) ? b : float.IsNaN(b) ? a : (a + b) / 2;

    private void Learn()
    {
        var width = channels.Length;
        var column = new float[held];
        if (power >= 0)
        {
            var drawn = Enumerable.Range(0, held).Select(row => rows![(row * width) + power]).Where(float.IsFinite).Order().ToList();
            running = drawn.Count > 0 ? drawn[drawn.Count / 2] * Idle : 0;
            var kept = 0;
            for (var i = 0; i < held; i++)
            {
                if (!(rows![(i * width) + power] < running))
                {
                    Array.Copy(rows, i * width, rows, kept++ * width, width);
                }
            }

            held = kept;
            column = new float[held];
        }

        for (var j = 0; j < width && rows is not null; j++)
        {
            for (var i = 0; i < held; i++)
            {
                column[i] = rows[(i * width) + j];
            }

            channels[j].Learn(column, Math.Max(1, clock.PeriodMs) / 1000.0, Drift(Inputs[j]), Unlearnt(Inputs[j]));
        }

        rows = null;
    }

    /// <summary>A machine that draws next to nothing rests: its values are those of a cold machine and tell nothing.</summary>
    private bool Rests() => power >= 0 && clock.Row[power] < running;

    /// <summary>What a quantity may do that so short a time did not show: temperatures move with the day, 5 K at the limit.</summary>
    private double Unlearnt(Signal signal) => signal.Metric?.Quantity is "temperature"
        ? 5 * Math.Sqrt(Math.Max(0, 1 - (learning.SpanMs / 86_400_000.0)))
        : signal.Metric?.Unit == "%" ? 2 : 0;

    /// <summary>
    /// What changes at the limit without meaning anything: instruments drift by 1 % of reading, the acceleration of a sound machine by some percent with
    /// temperature and load, its vibration velocity by a tenth (ISO 20816 calls a change of a quarter significant).
    /// </summary>
    private static double Drift(Signal signal) => signal.Metric?.Quantity switch { "vibration" => 0.1, "acceleration" => 0.025, _ => 0.01 };
}
