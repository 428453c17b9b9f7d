namespace EdgeDcim.Simulator.Physics;

/// <summary>How well an instrument shows what is true.</summary>
/// <param name="Bias">Standard deviation of its constant offset, in the unit of the point.</param>
/// <param name="GainBias">Standard deviation of its constant factor about 1.</param>
/// <param name="Noise">Standard deviation of one reading, in the unit of the point.</param>
/// <param name="RelativeNoise">The part of it that grows with the value.</param>
/// <param name="Step">Resolution.</param>
internal readonly record struct Accuracy(double Bias, double GainBias, double Noise, double RelativeNoise, double Step)
{
    public static readonly Accuracy LoopTemperature = new(0.06, 0, 0.02, 0, 0.01);
    public static readonly Accuracy TankTemperature = new(0.06, 0, 0.03, 0, 0);
    public static readonly Accuracy AirTemperature = new(0.2, 0, 0.03, 0, 0.1);
    public static readonly Accuracy Flow = new(0, 0.006, 0.1, 0.003, 0.1);
    public static readonly Accuracy Pressure = new(0.6, 0, 0.4, 0, 0.1);
    public static readonly Accuracy Level = new(0.3, 0, 0.15, 0, 0.1);
    public static readonly Accuracy Speed = new(0, 0, 0, 0.0007, 0.1); // a pump that stands still shows no speed at all
    public static readonly Accuracy Power = new(0, 0.004, 2, 0.003, 1);
    public static readonly Accuracy Chemistry = new(0, 0.003, 0, 0.002, 0);
    public static readonly Accuracy Exact = new(0, 0, 0, 0, 0);
}

/// <summary>One instrument: offset and noise of its own, and whatever fault it is given.</summary>
internal sealed class Gauge
{
    private readonly Instruments _instruments;
    private readonly Accuracy _accuracy;
    private readonly SmoothNoise _noise;
    private readonly double _bias;
    private readonly double _gain;
    private double _frozen = double.NaN;
    private double _truth;

    public Gauge(Instruments instruments, string name, Accuracy accuracy, ulong seed)
    {
        (_instruments, Name, _accuracy) = (instruments, name, accuracy);
        _noise = new(seed, 1, 0);
        _bias = accuracy.Bias * Math.Clamp(_noise.Step(1), -2, 2);
        _gain = 1 + (accuracy.GainBias * Math.Clamp(_noise.Step(1), -2, 2));
    }

    public string Name { get; }

    /// <summary>What it shows now.</summary>
    public double Read(double truth)
    {
        _truth = truth;
        var faults = _instruments.Faults;
        if (faults.All.Count == 0)
        {
            _frozen = double.NaN;
            return Show(truth, 0, 1);
        }

        var at = _instruments.Seconds;
        if (faults.Active(FaultKind.SensorFreeze, Name, at) is not null)
        {
            return _frozen = double.IsNaN(_frozen) ? Show(truth, 0, 1) : _frozen;
        }

        _frozen = double.NaN;
        if (faults.Active(FaultKind.SensorSwap, Name, at) is { With: { } with } swap)
        {
            truth = _instruments.Find(swap.At == Name ? with : swap.At)?._truth ?? truth;
        }

        return Show(truth, faults.Size(FaultKind.SensorDrift, Name, at), 1 + (faults.Size(FaultKind.SensorGain, Name, at) / 100));
    }

    private double Show(double truth, double offset, double factor)
    {
        if (_accuracy == Accuracy.Exact)
        {
            return (truth * factor) + offset;
        }

        var sigma = Math.Sqrt((_accuracy.Noise * _accuracy.Noise) + (_accuracy.RelativeNoise * _accuracy.RelativeNoise * truth * truth));
        var shown = (((truth * _gain) + _bias + (sigma * _noise.Step(1))) * factor) + offset;
        return _accuracy.Step > 0 ? Math.Round(shown / _accuracy.Step) * _accuracy.Step : shown;
    }
}

/// <summary>Every instrument of the hall by the name of its point, and what they show of one instant.</summary>
internal sealed class Instruments(Faults faults, ulong seed)
{
    private readonly Dictionary<string, Gauge> _gauges = new(StringComparer.Ordinal);

    public Faults Faults => faults;

    public double Seconds { get; set; }

    /// <summary>Names of all points that can be given a sensor fault.</summary>
    public IEnumerable<string> Names => _gauges.Keys;

    public Gauge Add(string name, Accuracy accuracy)
    {
        var gauge = new Gauge(this, name, accuracy, seed + ((ulong)_gauges.Count * 7919));
        _gauges.Add(name, gauge);
        return gauge;
    }

    public Gauge? Find(string name) => _gauges.GetValueOrDefault(name);
}
