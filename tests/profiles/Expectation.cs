using System.Text.Json;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Core.Telemetry;
using EdgeDcim.Scenarios.Harness;

namespace EdgeDcim.Profiles.Tests;

/// <summary>One sensor of a recorded device, as an oracle that is not ours reads it.</summary>
/// <param name="Value">In <paramref name="Unit"/>; null when the device marks it as not available.</param>
/// <param name="StateText">The word of a state; null for a number.</param>
/// <param name="IsDoubtful">The oracle contradicts itself or physics and nobody knows better: any reading will do.</param>
internal sealed record Expectation(string Class, string Description, string Oid, double? Value, string Unit, string? StateText, bool IsDoubtful)
{
    /// <summary>What one of the oracle's units is in ours.</summary>
    private static readonly Dictionary<(string, string), double> Factors = new()
    {
        [("min", "s")] = 60,
        [("kPa", "Pa")] = 1000,
        [("A", "mA")] = 1000,
        [("cfm", "m3/h")] = 1.699011, // 1 ft3 = 0.028316847 m3
    };

    /// <summary>Names of the recordings beside the repository; empty on a machine without them.</summary>
    public static IReadOnlyList<string> Recordings => Repository.Recordings is { } folder && Directory.Exists(Path.Combine(folder, "snmp"))
        ? [.. Directory.EnumerateFiles(Path.Combine(folder, "snmp"), "*.snmprec").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)]
        : [];

    public static IReadOnlyList<Expectation> Load(string recording)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Recordings!, "snmp", $"{recording}.expected.json")));
        return [.. document.RootElement.GetProperty("sensors").EnumerateArray().Where(sensor => Text(sensor, "match") != "absent").Select(Read)];
    }

    /// <summary>Null when the sample says the same, else what is wrong with it.</summary>
    public string? Contradiction(Sample sample)
    {
        var metric = sample.Instance.Point.Metric;
        if (Class == "state")
        {
            return metric.Kind != MetricKind.State || StateWords.Agree(StateText, metric.StateName(sample.Value))
                ? null
                : $"{Description}: '{StateText}' was read as {metric.Name} {metric.StateName(sample.Value) ?? "without a word"}";
        }

        if (Value is null || double.IsNaN(sample.Value))
        {
            return IsDoubtful || (Value is null && double.IsNaN(sample.Value)) ? null : $"{Description}: {Value} {Unit} was read as {sample.Value} {metric.Unit}";
        }

        var expected = Value.Value * Factors.GetValueOrDefault((Unit, metric.Unit), 1);

        // The oracle rounds what it converts to two decimals.
        return Math.Abs(sample.Value - expected) <= Math.Max(Math.Abs(expected) * 1e-4, 0.0051) && sample.Quality == Quality.Good
            ? null
            : IsDoubtful ? null : $"{Description} ({Oid}): {expected} {metric.Unit} was read as {sample.Value}, {sample.Quality}";
    }

    private static Expectation Read(JsonElement sensor)
    {
        var value = Number(sensor, "value");
        var unit = Text(sensor, "unit") ?? "";
        var doubtful = false;
        if (sensor.TryGetProperty("doubt", out var doubt) && doubt.ValueKind == JsonValueKind.String)
        {
            if (sensor.TryGetProperty("suggested", out var suggested) && suggested.ValueKind == JsonValueKind.Object)
            {
                value = Number(suggested, "value");
                unit = Text(suggested, "unit") ?? unit;
            }
            else
            {
                doubtful = true;
            }
        }

        return new Expectation(Text(sensor, "class")!, Text(sensor, "descr")!, Text(sensor, "oid")!, value, unit, Text(sensor, "state_text"), doubtful);
    }

    private static string? Text(JsonElement element, string key) =>
        element.TryGetProperty(key, out var property) && property.ValueKind == JsonValueKind.String ? property.GetString() : null;

    private static double? Number(JsonElement element, string key) =>
        element.TryGetProperty(key, out var property) && property.ValueKind == JsonValueKind.Number ? property.GetDouble() : null;
}
