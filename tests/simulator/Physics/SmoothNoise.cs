namespace EdgeDcim.Simulator.Physics;

/// <summary>Seeded noise with a memory: the same seed gives the same hall on every machine and runtime.</summary>
/// <remarks>First-order autoregressive process with standard deviation <paramref name="sigma"/> and correlation time <paramref name="tauSeconds"/>.</remarks>
internal sealed class SmoothNoise(ulong seed, double sigma, double tauSeconds)
{
    private ulong _state = seed;

    public double Value { get; private set; }

    public double Step(double seconds)
    {
        var keep = Math.Exp(-seconds / tauSeconds);
        Value = (keep * Value) + (sigma * Math.Sqrt(1 - (keep * keep)) * NextGaussian());
        return Value;
    }

    // Irwin-Hall: the sum of twelve uniform numbers is close to normal and bounded by 6 sigma, so that no tail upsets a meter's range.
    private double NextGaussian()
    {
        var sum = -6.0;
        for (var i = 0; i < 12; i++)
        {
            sum += (NextBits() >> 11) * (1.0 / (1UL << 53));
        }

        return sum;
    }

    // SplitMix64 (Steele, Lea, Flood 2014).
    private ulong NextBits()
    {
        var z = _state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
