namespace EdgeDcim.Collector.Tests.Anomalies;

/// <summary>Normally distributed numbers that are the same on every run and every platform.</summary>
internal sealed class Noise(uint seed)
{
    private uint state = (seed * 2_654_435_761) | 1;

    public double Next()
    {
        var sum = 0.0;
        for (var i = 0; i < 12; i++)
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            sum += state / (double)uint.MaxValue;
        }

        return sum - 6;
    }
}
