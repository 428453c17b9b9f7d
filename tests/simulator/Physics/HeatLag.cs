namespace EdgeDcim.Simulator.Physics;

/// <summary>Heat that comes out later than it goes in, because metal and fluid warm up first; the difference is kept, not lost.</summary>
internal sealed class HeatLag(double tauSeconds)
{
    private bool _started;

    /// <summary>Heat that leaves, in W.</summary>
    public double OutW { get; private set; }

    /// <summary>Heat held against a start at zero, in J.</summary>
    public double StoredJ => tauSeconds * OutW;

    // Implicit Euler: tau * (out - before) = (in - out) * dt holds exactly, so that the energy balance closes to the last bit of a double.
    public double Step(double inW, double seconds)
    {
        var a = seconds / tauSeconds;
        OutW = _started ? (OutW + (a * inW)) / (1 + a) : inW;
        _started = true;
        return OutW;
    }
}
