using System.Text.Json;
using EdgeDcim.Core.Telemetry;
using EdgeDcim.Scenarios.Chain;

namespace EdgeDcim.Scenarios.Sparkplug;

/// <summary>What Eclipse Tahu made of the traffic of one edge node: births by name, data resolved through the aliases of the births.</summary>
internal sealed class TahuTraffic
{
    private readonly Dictionary<long, (string Device, string Name)> aliases = [];
    private long expectedSeq;

    public HashSet<string> Devices { get; } = new(StringComparer.Ordinal);

    public Dictionary<(string Device, string Name), (string Type, string? Unit)> Births { get; } = [];

    /// <summary>Good values of device data, under the identity that the agent's own record uses.</summary>
    public Dictionary<RowKey, double> Values { get; } = [];

    public int SequenceBreaks { get; private set; }

    public static TahuTraffic Read(IEnumerable<string> lines)
    {
        var traffic = new TahuTraffic();
        foreach (var line in lines.Where(line => line.Contains("\"topic\"", StringComparison.Ordinal)))
        {
            using var json = JsonDocument.Parse(line);
            traffic.Take(json.RootElement.GetProperty("topic").GetString()!.Split('/'), json.RootElement.GetProperty("payload"));
        }

        return traffic;
    }

    private void Take(string[] topic, JsonElement payload)
    {
        var type = topic[2];
        if (type is "NCMD" or "DCMD" or "NDEATH")
        {
            return;
        }

        CheckSequence(type, payload);
        var device = topic.Length > 4 ? topic[4] : "";
        if (type == "DBIRTH")
        {
            Devices.Add(device);
        }

        foreach (var metric in payload.TryGetProperty("metrics", out var metrics) ? metrics.EnumerateArray() : default)
        {
            if (type is "NBIRTH" or "DBIRTH")
            {
                TakeBirth(device, metric);
            }
            else if (type == "DDATA")
            {
                TakeValue(metric);
            }
        }
    }

    private void CheckSequence(string type, JsonElement payload)
    {
        var seq = payload.GetProperty("seq").GetInt64();
        SequenceBreaks += seq == (type == "NBIRTH" ? 0 : expectedSeq) ? 0 : 1;
        expectedSeq = (seq + 1) % 256;
    }

    private void TakeBirth(string device, JsonElement metric)
    {
        var name = metric.GetProperty("name").GetString()!;
        string? unit = null;
        if (metric.TryGetProperty("properties", out var properties) && properties.TryGetProperty("engUnit", out var stated))
        {
            unit = stated.GetProperty("value").GetString();
        }

        Births[(device, name)] = (metric.GetProperty("type").GetString()!, unit);
        if (metric.TryGetProperty("alias", out var alias))
        {
            aliases[alias.GetInt64()] = (device, name);
        }
    }

    private void TakeValue(JsonElement metric)
    {
        if (metric.GetProperty("value").ValueKind != JsonValueKind.Number)
        {
            return;
        }

        var (device, name) = aliases[metric.GetProperty("alias").GetInt64()];
        var series = Series.FromMetricPath(device, name);
        Values[new RowKey(device, series.Metric, series.Part ?? "", metric.GetProperty("timestamp").GetInt64())] = metric.GetProperty("value").GetDouble();
    }
}
