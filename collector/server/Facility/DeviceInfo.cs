using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Facility;

/// <summary>What a device said of itself when it was born.</summary>
/// <param name="Agent">The edge node that reads it.</param>
/// <param name="Kind">A kind of the vocabulary (<c>pdu</c>, <c>ups</c> …), or null when the edge node did not say.</param>
/// <param name="Series">Every series it announced; interned.</param>
/// <param name="Units">UCUM unit by metric path, as announced; a metric of the vocabulary needs none.</param>
internal sealed record DeviceInfo(
    string Agent, string Device, string? Kind, string? Vendor, string? Model, string? Profile, string? Serial, string? Firmware,
    IReadOnlyList<Series> Series, IReadOnlyDictionary<string, string> Units)
{
    /// <summary>Why a point is suspect until somebody accepts it, by metric path; empty for most devices.</summary>
    public IReadOnlyDictionary<string, string> Suspicions { get; init; } = Unsuspected;

    private static readonly Dictionary<string, string> Unsuspected = [];
}
