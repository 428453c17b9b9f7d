using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Core.Sparkplug;

/// <summary>
/// How a reading becomes a metric and comes back. Good needs no property at all; estimated is 192 and suspect 0, each with the word as a
/// property of its own; missing is null with 500. A foreign edge node that knows only 0, 192 and 500 maps to suspect, good and missing.
/// </summary>
public static class ReadingMetric
{
    /// <summary>Adds value and quality to a metric that has been begun, and ends it.</summary>
    /// <param name="unit">UCUM code that a birth states; data messages leave it out.</param>
    public static void Finish(PayloadWriter writer, double value, Quality quality, string? unit = null)
    {
        if (quality == Quality.Missing)
        {
            writer.Null();
        }

        if (unit is not null)
        {
            writer.Property(SparkplugNames.Unit, unit);
        }

        switch (quality)
        {
            case Quality.Good:
                writer.Value(value);
                break;
            case Quality.Estimated:
                writer.Property(SparkplugNames.Quality, QualityCode.Good).Property(SparkplugNames.FineQuality, "estimated").Value(value);
                break;
            case Quality.Suspect:
                writer.Property(SparkplugNames.Quality, QualityCode.Bad).Property(SparkplugNames.FineQuality, "suspect").Value(value);
                break;
            default:
                writer.Property(SparkplugNames.Quality, QualityCode.Stale);
                break;
        }

        writer.EndMetric();
    }

    /// <summary>Value and quality of a metric. NaN and missing when it is null, carries no number, or is declared stale.</summary>
    /// <param name="declared">The type that the birth gave to the metric.</param>
    /// <exception cref="SparkplugException">A property is malformed.</exception>
    public static (double Value, Quality Quality) Read(in MetricView metric, DataType declared)
    {
        var quality = ReadQuality(metric);
        var type = metric.Type == DataType.Unknown ? declared : metric.Type;
        if (metric.IsNull || quality == Quality.Missing || !metric.Value.TryGetNumber(type, out var number) || double.IsNaN(number))
        {
            return (double.NaN, Quality.Missing);
        }

        return (number, quality);
    }

    private static Quality ReadQuality(in MetricView metric)
    {
        var coarse = Quality.Good;
        var fine = Quality.Good;
        var properties = metric.Properties;
        while (properties.TryRead(out var property))
        {
            if (property.KeyUtf8.SequenceEqual("Quality"u8))
            {
                coarse = property.Value.ToInt64(property.Type) switch
                {
                    null or QualityCode.Good => Quality.Good,
                    QualityCode.Stale => Quality.Missing,
                    _ => Quality.Suspect,
                };
            }
            else if (property.KeyUtf8.SequenceEqual("edgedcim/quality"u8))
            {
                fine = property.Value.Bytes switch
                {
                    var word when word.SequenceEqual("estimated"u8) => Quality.Estimated,
                    var word when word.SequenceEqual("suspect"u8) => Quality.Suspect,
                    _ => Quality.Good,
                };
            }
        }

        return coarse == Quality.Good ? fine : coarse;
    }
}
