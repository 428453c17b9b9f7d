namespace EdgeDcim.Simulator.Physics;

/// <summary>The public grid at 230/400 V and 50 Hz: slowly wandering voltages and frequency that every meter of the hall sees.</summary>
internal sealed class Grid
{
    private readonly SmoothNoise[] _voltage;
    private readonly SmoothNoise _frequency;

    public Grid(ulong seed)
    {
        _voltage = [new(seed + 1, 1.1, 90), new(seed + 2, 1.1, 90), new(seed + 3, 1.1, 90)];
        _frequency = new(seed + 4, 0.015, 40);
    }

    /// <summary>Line to neutral, V.</summary>
    public double[] Volts { get; private set; } = [230, 230, 230];

    public double Hertz { get; private set; } = 50;

    public void Step(double seconds)
    {
        Volts = [231.2 + _voltage[0].Step(seconds), 230.4 + _voltage[1].Step(seconds), 231.8 + _voltage[2].Step(seconds)];
        Hertz = 50 + _frequency.Step(seconds);
    }
}
