namespace EdgeDcim.Simulator.Physics;

/// <summary>What a three-phase meter sees at one instant.</summary>
/// <param name="Volts">Line to neutral, V.</param>
/// <param name="Watts">Active power per line, W.</param>
/// <param name="Vars">Reactive power per line, var, inductive positive.</param>
internal sealed record Electric(double[] Volts, double[] Watts, double[] Vars, double Hertz, double ImportKwh, double ReactiveKvarh, double[] LineKwh)
{
    public double ActiveW => Watts[0] + Watts[1] + Watts[2];

    public double ReactiveVar => Vars[0] + Vars[1] + Vars[2];

    public double ApparentVa => Math.Sqrt((ActiveW * ActiveW) + (ReactiveVar * ReactiveVar));

    public double PowerFactor => ApparentVa > 0 ? ActiveW / ApparentVa : 1;

    public double LineVa(int line) => Math.Sqrt((Watts[line] * Watts[line]) + (Vars[line] * Vars[line]));

    public double Amps(int line) => Volts[line] > 0 ? LineVa(line) / Volts[line] : 0;

    public double LineFactor(int line) => LineVa(line) > 0 ? Watts[line] / LineVa(line) : 1;

    /// <summary>Between line <paramref name="line"/> and the next, V; the lines are 120 degrees apart.</summary>
    public double LineToLine(int line)
    {
        double a = Volts[line], b = Volts[(line + 1) % 3];
        return Math.Sqrt((a * a) + (b * b) + (a * b));
    }

    public double MeanVolts => (Volts[0] + Volts[1] + Volts[2]) / 3;
}

/// <summary>One metered three-phase feeder: spreads a power over the lines and counts its energy.</summary>
internal sealed class Feeder(double powerFactor, double[] shares, double startKwh)
{
    // tan(acos(pf)): vars per watt.
    private readonly double _varsPerWatt = Math.Sqrt((1 / (powerFactor * powerFactor)) - 1);
    private double _importKwh = startKwh;
    private double _reactiveKvarh = startKwh * 0.18;

    public Electric Now { get; private set; } = new([230, 230, 230], [0, 0, 0], [0, 0, 0], 50, startKwh, startKwh * 0.18, [0, 0, 0]);

    public Electric Step(double watts, double[] volts, double hertz, double seconds)
    {
        const double JoulesPerKwh = 3.6e6;
        double[] share = [shares[0], shares[1], 1 - shares[0] - shares[1]];
        _importKwh += watts * seconds / JoulesPerKwh;
        _reactiveKvarh += watts * _varsPerWatt * seconds / JoulesPerKwh;
        double[] lines = [watts * share[0], watts * share[1], watts * share[2]];
        Now = new(volts, lines, [lines[0] * _varsPerWatt, lines[1] * _varsPerWatt, lines[2] * _varsPerWatt], hertz, _importKwh, _reactiveKvarh, [_importKwh * share[0], _importKwh * share[1], _importKwh * share[2]]);
        return Now;
    }
}
