namespace EdgeDcim.Collector.Storage;

/// <summary>How far a store is behind the journal.</summary>
/// <param name="LagSeconds">Age of the oldest batch that it has not taken; 0 when it has them all.</param>
/// <param name="ReadingsPerSecond">What it took over the last ten seconds: while it is behind, the rate of catching up.</param>
internal sealed record StoreView(string Name, double LagSeconds, long BacklogBatches, double ReadingsPerSecond);
