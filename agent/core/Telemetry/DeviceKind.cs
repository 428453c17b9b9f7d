namespace EdgeDcim.Core.Telemetry;

/// <summary>A class of equipment (<c>pdu</c>, <c>ups</c>, <c>cdu</c> …) and the metrics an operator expects of it.</summary>
public sealed record DeviceKind(string Name, string Meaning, IReadOnlyList<Metric> Metrics);
