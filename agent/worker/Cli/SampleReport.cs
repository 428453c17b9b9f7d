using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Agent.Cli;

/// <summary>A sample and when it was taken.</summary>
internal readonly record struct TimedSample(Sample Sample, DateTimeOffset At);

/// <summary>Prints what a device said, for people and for programs.</summary>
internal static class SampleReport
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The element is the contract of <c>read --json</c>: metric, part, value, unit, quality, at, source.</summary>
    public static async Task WriteJsonAsync(TextWriter output, IReadOnlyList<TimedSample> samples)
    {
        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartArray();
            foreach (var (sample, at) in samples)
            {
                json.WriteStartObject();
                json.WriteString("metric", sample.Instance.Point.Metric.Name);
                json.WriteString("part", sample.Instance.Part);
                json.WritePropertyName("value");
                WriteValue(json, sample.Value);
                json.WriteString("unit", sample.Instance.Point.Metric.Unit);
                json.WriteString("quality", Quantities.SnakeCase(sample.Quality.ToString()));
                json.WriteString("at", at.ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture));
                json.WriteString("source", sample.Instance.Source);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        await output.WriteLineAsync(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    public static async Task WriteTableAsync(TextWriter output, IReadOnlyList<TimedSample> samples)
    {
        var table = new TextTable("METRIC", "PART", "VALUE", "UNIT", "QUALITY", "SOURCE");
        foreach (var (sample, _) in samples)
        {
            var point = sample.Instance.Point;
            table.Add(
                point.Metric.Name, sample.Instance.Part ?? "-", Text(point.Metric, sample.Value), point.Metric.Unit == "1" ? "-" : point.Metric.Unit,
                Quantities.SnakeCase(sample.Quality.ToString()), sample.Instance.Source);
        }

        await table.WriteAsync(output);
    }

    /// <summary>Seven digits: more is noise of the binary form of a single.</summary>
    private static string Text(Metric metric, double value) =>
        double.IsNaN(value) ? "-"
        : metric.Kind == MetricKind.State ? metric.StateName(value) ?? value.ToString(CultureInfo.InvariantCulture)
        : metric.Kind == MetricKind.Counter ? value.ToString("0.######", CultureInfo.InvariantCulture)
        : value.ToString("G7", CultureInfo.InvariantCulture);

    private static void WriteValue(Utf8JsonWriter json, double value)
    {
        // Scaling by a decimal fraction leaves dust in the last binary digits: 2301 × 0.1 is 230.10000000000002.
        var clean = double.IsNaN(value) ? value : double.Parse(value.ToString("G15", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        if (double.IsNaN(clean))
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteNumberValue(clean);
        }
    }
}
