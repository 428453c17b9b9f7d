using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Agent.Drivers.Snmp;

/// <summary>One object of one device that gives a value of a series.</summary>
internal sealed class SnmpAlternative(SnmpPoint point, PointInstance instance, Oid oid, double factor)
{
    public SnmpPoint Point => point;

    public PointInstance Instance => instance;

    public Oid Oid => oid;

    /// <summary>Out of the sibling that holds the scale; 1 when the profile knows it.</summary>
    public double Factor => factor;

    /// <summary>The object that says whether there is a value now; null: the value speaks for itself.</summary>
    public Oid? AvailableOid { get; init; }

    /// <summary>Where the answer of a poll lies.</summary>
    public int Position { get; set; }

    /// <summary>Where the answer about <see cref="AvailableOid"/> lies.</summary>
    public int AvailablePosition { get; set; }

    /// <summary>NaN when the agent says that there is no value now.</summary>
    public double ValueIn(SnmpValue[] values) =>
        AvailableOid is not null && !Point.Available!.Keeps(values[AvailablePosition].HasValue ? values[AvailablePosition].AsText() : null)
            ? double.NaN
            : Point.Convert(values[Position], Factor);
}

/// <summary>One series of a device: a single object, or several of which the first with a verdict wins at each read.</summary>
internal sealed class SnmpOutput(List<SnmpAlternative> alternatives)
{
    public List<SnmpAlternative> Alternatives => alternatives;

    /// <summary>False when the agent had none of the objects; NaN when it marked them as not available.</summary>
    public bool TryTake(SnmpValue[] values, out Sample sample)
    {
        SnmpAlternative? answered = null;
        foreach (var alternative in alternatives)
        {
            ref readonly var value = ref values[alternative.Position];
            if (!value.HasValue)
            {
                continue;
            }

            answered ??= alternative;
            var number = alternative.ValueIn(values);
            if (!double.IsNaN(number))
            {
                sample = new Sample(alternative.Instance, number);
                return true;
            }
        }

        sample = answered is null ? default : new Sample(answered.Instance, double.NaN);
        return answered is not null;
    }

    /// <summary>The same output with the instances that were handed out before.</summary>
    public SnmpOutput Keep(Dictionary<(SnmpPoint Point, string Source), PointInstance> known) => new(
    [
        .. alternatives.Select(alternative => known.TryGetValue((alternative.Point, alternative.Instance.Source), out var earlier) && earlier.Part == alternative.Instance.Part
            ? new SnmpAlternative(alternative.Point, earlier, alternative.Oid, alternative.Factor) { AvailableOid = alternative.AvailableOid }
            : alternative),
    ]);
}
