namespace EdgeDcim.Collector.Anomalies.Statistical;

/// <summary>
/// A sensor drops out: it jumps far out of everything it read while sound and says exactly the same there again and again, as an open input,
/// a lost bus or a converter that writes zero does.
/// </summary>
internal sealed class DropOutDetector(string subject, IReadOnlyList<Signal> signals) : InstrumentDetector("drop_out", subject, HysteresisLimits.Default, signals)
{
    private const int Enough = 100;
    private const int InARow = 3;

    /// <summary>K or % of humidity: nearer than this is near, however little a quiet room and a coarse sensor have shown.</summary>
    private const double Least = 10;

    /// <summary>So many widths of the range (5th to 95th percentile) outside of it is far.</summary>
    private const double Far = 1.5;

    private readonly RobustBaseline[] sound = [.. signals.Select(_ => new RobustBaseline(128))];
    private readonly double[] last = NewValues(signals.Count);
    private readonly double[] known = NewValues(signals.Count);
    private readonly int[] equal = new int[signals.Count];
    private readonly bool[] fell = new bool[signals.Count];
    private readonly long[] times = new long[signals.Count];

    public override string Baseline => string.Join("; ", sound.Select((one, i) => (one, Inputs[i])).Where(one => one.one.Count > 0).Select(one =>
        $"{one.Item2.Series.MetricPath} reads {Spell.Number(one.one.Low)} to {Spell.Number(one.one.High)}{Spell.Unit(one.Item2.Metric?.Unit)}"));

    protected override double Take(int index, Signal signal, in Moment moment)
    {
        var (value, before) = (signal.Value, last[index]);
        last[index] = value;
        if (sound[index].Count < Enough)
        {
            sound[index].Learn(value);
            return double.NaN;
        }

        var (low, high) = (sound[index].Low, sound[index].High);
        var reach = Math.Max(Least, Math.Max(high - low, 6 * sound[index].Scale) * Far);
        var outside = Math.Max(low - value, value - high);
        if (outside <= reach)
        {
            if (!IsAnomalous)
            {
                sound[index].Learn(value);
            }

            fell[index] = false;
            return 0;
        }

        // It fell there in one step; what creeps there is a fault of the machine and not of the sensor.
        fell[index] = Math.Abs(value - before) > reach || (fell[index] && value == before);
        if (!fell[index])
        {
            return 0;
        }

        // The same number three times, or one that it dropped out to before.
        equal[index] = value == before ? equal[index] + 1 : 1;
        if (equal[index] < InARow && value != known[index])
        {
            return 0;
        }

        known[index] = value;
        times[index]++;
        return Math.Min(10, outside / reach);
    }

    protected override Finding Explain(long nowMs)
    {
        var signal = WorstSignal;
        var unit = Spell.Unit(signal.Metric?.Unit);
        return IsAnomalous
            ? new Finding(
                "sensor drop-out", 0.8,
                $"{signal.Series.MetricPath} reads exactly {Spell.Number(signal.Value)}{unit}, far from the {Spell.Number(sound[Worst].Low)} to {Spell.Number(sound[Worst].High)}{unit} that it read while sound; "
                + $"{times[Worst]} such readings so far, this time since {Spell.At(signal.AtMs)}")
            : new Finding("sensor drop-out", 0.8, $"every sensor of {Subject} reads within its range again");
    }

    protected override void Forget(int index)
    {
        sound[index].Clear();
        (last[index], known[index], times[index]) = (double.NaN, double.NaN, 0);
    }

    protected override void Save(int index, BinaryWriter writer)
    {
        sound[index].Save(writer);
        writer.Write(known[index]);
        writer.Write(times[index]);
    }

    protected override void Load(int index, BinaryReader reader)
    {
        sound[index].Load(reader);
        known[index] = reader.ReadDouble();
        times[index] = reader.ReadInt64();
    }

    private static double[] NewValues(int count)
    {
        var values = new double[count];
        Array.Fill(values, double.NaN);
        return values;
    }
}
