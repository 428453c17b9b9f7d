namespace EdgeDcim.Agent.Drivers.Ipmi;

/// <summary>A source that gives a value of a series.</summary>
internal sealed record IpmiAlternative(IpmiPoint Point, PointInstance Instance, IpmiSource Source)
{
    /// <summary>Which temperature of the source.</summary>
    public byte Number { get; init; }

    public double Value => Source.Value(Point, Number);
}

/// <summary>One series of a device: one source, or several of which the first with a verdict wins at each read.</summary>
internal sealed class IpmiOutput(List<IpmiAlternative> alternatives)
{
    public List<IpmiAlternative> Alternatives => alternatives;

    public IpmiPoint Point => alternatives[0].Point;

    /// <summary>False when none of the sources was answered.</summary>
    public bool TryTake(out Sample sample)
    {
        IpmiAlternative? answered = null;
        foreach (var alternative in alternatives)
        {
            if (!alternative.Source.IsAnswered)
            {
                continue;
            }

            answered ??= alternative;
            if (alternative.Value is var value && !double.IsNaN(value))
            {
                sample = new Sample(alternative.Instance, value);
                return true;
            }
        }

        sample = new Sample((answered ?? alternatives[0]).Instance, double.NaN);
        return answered is not null;
    }
}
