using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Storage;

/// <summary>
/// Kind and units of every device that was ever born here, kept in the journal: a reading that waited through a restart still goes
/// to the right measurement. Safe from any thread.
/// </summary>
internal sealed class DeviceCatalog
{
    private const string Entry = "devices";
    private readonly Journal journal;
    private readonly ConcurrentDictionary<string, CatalogEntry> devices;
    private volatile bool changed;

    public DeviceCatalog(Journal journal)
    {
        this.journal = journal;
        devices = new ConcurrentDictionary<string, CatalogEntry>(Load(journal), StringComparer.Ordinal);
    }

    /// <summary>Kind of a device that never said one.</summary>
    public const string UnknownKind = "device";

    public string KindOf(string device) => devices.TryGetValue(device, out var entry) ? entry.Kind : UnknownKind;

    /// <summary>The vocabulary's unit, else what the birth announced, else null.</summary>
    public string? UnitOf(Series series) =>
        Vocabulary.Default.Find(series.Metric)?.Unit
        ?? (devices.TryGetValue(series.Device, out var entry) ? entry.Units?.GetValueOrDefault(series.MetricPath) : null);

    /// <summary>Remembers a birth.</summary>
    public void Born(DeviceInfo info)
    {
        var foreign = info.Units
            .Where(unit => Vocabulary.Default.Find(Series.FromMetricPath(info.Device, unit.Key).Metric) is null)
            .ToDictionary(StringComparer.Ordinal);
        devices.TryGetValue(info.Device, out var known);

        // A birth that does not say the kind is no reason to forget it: the measurement in the database hangs on it.
        var entry = new CatalogEntry(info.Kind ?? known?.Kind ?? UnknownKind, foreign.Count > 0 ? foreign : null);
        if (known is not null && known.Same(entry))
        {
            return;
        }

        devices[info.Device] = entry;
        changed = true;
    }

    /// <summary>Writes what births have changed. A disk that refuses costs nothing but another attempt.</summary>
    public void Save()
    {
        if (!changed)
        {
            return;
        }

        try
        {
            changed = false;
            journal.SetValue(Entry, JsonSerializer.Serialize(devices.ToDictionary(StringComparer.Ordinal), CatalogJson.Default.DictionaryStringCatalogEntry));
        }
        catch (JournalException)
        {
            changed = true;
        }
    }

    private static Dictionary<string, CatalogEntry> Load(Journal journal)
    {
        try
        {
            return journal.GetValue(Entry) is { } text ? JsonSerializer.Deserialize(text, CatalogJson.Default.DictionaryStringCatalogEntry) ?? [] : [];
        }
        catch (JsonException)
        {
            // Written by another version: the births will say it again.
            return [];
        }
    }
}

internal sealed record CatalogEntry(string Kind, Dictionary<string, string>? Units)
{
    public bool Same(CatalogEntry other) =>
        Kind == other.Kind && (Units?.Count ?? 0) == (other.Units?.Count ?? 0)
        && (Units is null || Units.All(unit => other.Units!.GetValueOrDefault(unit.Key) == unit.Value));
}

[JsonSerializable(typeof(Dictionary<string, CatalogEntry>))]
internal sealed partial class CatalogJson : JsonSerializerContext;
