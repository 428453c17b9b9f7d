using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Anomalies;

/// <summary>A device that announced itself, and its signals.</summary>
/// <param name="Kind">A kind of the vocabulary, or <c>unknown</c>.</param>
internal sealed record KnownDevice(string Id, string Kind, IReadOnlyList<Signal> Signals)
{
    /// <summary>The signal of a metric: the first of <paramref name="parts"/> that there is; without parts, the one of the whole device.</summary>
    public Signal? Find(string metric, params ReadOnlySpan<string?> parts)
    {
        if (parts.IsEmpty)
        {
            return FindPart(metric, null);
        }

        foreach (var part in parts)
        {
            if (FindPart(metric, part) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private Signal? FindPart(string metric, string? part)
    {
        foreach (var signal in Signals)
        {
            if (signal.Series.Metric == metric && signal.Series.Part == part)
            {
                return signal;
            }
        }

        return null;
    }

    /// <summary>Every signal of a metric, whatever its part.</summary>
    public IEnumerable<Signal> All(string metric) => Signals.Where(signal => signal.Series.Metric == metric);
}

/// <summary>Every signal that the engine knows, by device and by series. Unknown readings find nothing and cost a look-up.</summary>
internal sealed class SignalTable
{
    /// <summary>Series objects that mean the same identity are remembered by reference up to this number; more are looked up by value.</summary>
    private const int MaxAliases = 4;

    private readonly Dictionary<Series, Signal> byReference = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Series, (Signal Signal, int Aliases)> byIdentity = [];
    private readonly SortedDictionary<string, KnownDevice> devices = new(StringComparer.Ordinal);

    /// <summary>In the order of their ids.</summary>
    public IEnumerable<KnownDevice> Devices => devices.Values;

    public KnownDevice? Device(string id) => devices.GetValueOrDefault(id);

    public Signal? Find(Series series)
    {
        if (byReference.TryGetValue(series, out var signal))
        {
            return signal;
        }

        if (!byIdentity.TryGetValue(series, out var entry))
        {
            return null;
        }

        if (entry.Aliases < MaxAliases)
        {
            byReference.Add(series, entry.Signal);
            byIdentity[series] = (entry.Signal, entry.Aliases + 1);
        }

        return entry.Signal;
    }

    /// <summary>Makes a device known, or known anew; true when something about it changed.</summary>
    public bool Announce(string device, string kind, IEnumerable<Series> series)
    {
        var signals = series.Where(one => one.Device == device).Distinct().Select(Signal).ToList();
        if (devices.TryGetValue(device, out var known) && known.Kind == kind && known.Signals.SequenceEqual(signals))
        {
            return false;
        }

        devices[device] = new KnownDevice(device, kind, signals);
        return true;
    }

    private Signal Signal(Series series)
    {
        if (!byIdentity.TryGetValue(series, out var entry))
        {
            entry = (new Signal(series), 0);
            byIdentity.Add(series, entry);
        }

        return entry.Signal;
    }
}
