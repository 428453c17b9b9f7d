namespace EdgeDcim.Simulator.Physics;

/// <summary>Heat that comes out later than it goes in, because metal and fluid warm up first; the difference is kept, not lost.</summary>
internal sealed class HeatLag(double tauSeconds)
{
    private bool _started;

    /// <summary>Heat that leaves, in W.</summary>
    public double OutW { get; private set; }

    /// <summary>Heat held against a start at zero, in J.</summary>
    public double StoredJ { get; private set; }

    /// <param name="slowness">How many times as long as usual heat takes to leave: a starved cold plate keeps it.</param>
    public double Step(double inW, double seconds, double slowness = 1)
    {
        // Implicit Euler: stored - before = (in - out) * dt holds exactly, so that the energy balance closes to the last bit of a double.
        var tau = tauSeconds * slowness;
        StoredJ = _started ? (StoredJ + (inW * seconds)) / (1 + (seconds / tau)) : tau * inW;
        OutW = StoredJ / tau;
        _started = true;
        return OutW;
    }
}
