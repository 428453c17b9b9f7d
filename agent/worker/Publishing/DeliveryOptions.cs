namespace EdgeDcim.Agent.Publishing;

/// <summary>How the publisher treats its backlog. The defaults are the product's; tests make them small.</summary>
internal sealed record DeliveryOptions
{
    /// <summary>Readings a second that are replayed at most, so that live data and the broker keep their breath.</summary>
    public double BackfillRate { get; init; } = 20_000;

    /// <summary>Replayed readings that may wait for their acknowledgement at one time.</summary>
    public int BackfillWindow { get; init; } = 100_000;

    /// <summary>A batch that is not acknowledged for this long belongs to the backlog.</summary>
    public TimeSpan AcknowledgeWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>False with a host that does not acknowledge: a batch then counts as delivered when the broker has it.</summary>
    public bool Acknowledged { get; init; } = true;
}
