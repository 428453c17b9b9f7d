using System.Runtime.CompilerServices;
using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Ingest;

/// <summary>What a metric of a birth certificate means to the collector.</summary>
internal enum MetricRole : byte
{
    /// <summary>Properties, controls, texts: nothing to store.</summary>
    Ignored,
    Reading,
    LiveOffset,
    LiveReadings,
    BackfillOffset,
    BackfillReadings,
}

/// <summary>One metric of a birth, bound once so that a data message needs a single look-up per value.</summary>
internal sealed class MetricBinding
{
    public static MetricBinding Ignored { get; } = new() { Role = MetricRole.Ignored };

    public required MetricRole Role { get; init; }

    /// <summary>As the birth declared it; data messages leave it out.</summary>
    public DataType Type { get; init; }

    /// <summary>The journal's one object of that identity; set for <see cref="MetricRole.Reading"/>.</summary>
    public Series Series { get; init; } = null!;

    /// <summary>The journal's number of the series.</summary>
    public int SeriesId { get; init; }

    /// <summary>From the announced unit into the vocabulary's; null when nothing is to be done.</summary>
    public UnitConversion? Conversion { get; init; }

    /// <summary>The announced unit cannot be turned into the vocabulary's: its values are shown and stored as suspect.</summary>
    public bool UnitIsWrong { get; init; }

    /// <summary>The vocabulary's metric, to judge the values of a foreign edge node; null for our own agents, which have judged already.</summary>
    public Metric? Judge { get; init; }

    /// <summary>Time of the newest value of a foreign edge node, so that what a birth repeats is not stored twice; null for our own agents.</summary>
    public StrongBox<long>? LastAtMs { get; init; }

    /// <summary>Brings a value into the vocabulary's unit and judges it where nobody has yet.</summary>
    public (double Value, Quality Quality) Judged(double value, Quality quality)
    {
        if (quality == Quality.Missing)
        {
            return (value, quality);
        }

        value = Conversion is { } conversion ? conversion.Apply(value) : value;
        var doubtful = UnitIsWrong || (Judge is not null && !Judge.IsPlausible(value));
        return (value, doubtful && quality > Quality.Suspect ? Quality.Suspect : quality);
    }
}
