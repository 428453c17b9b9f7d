namespace EdgeDcim.Collector.Storage;

/// <summary>One point of a curve; the value is null where there is a gap.</summary>
internal readonly record struct HistoryPoint(long AtMs, double? Value);
