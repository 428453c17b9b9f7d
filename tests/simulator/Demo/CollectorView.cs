using System.Net.Http.Json;
using System.Text.Json;

namespace EdgeDcim.Simulator.Demo;

/// <summary>One KPI as the collector's API tells it.</summary>
/// <param name="AtMs">Instant that the figure stands for: the tick, less the age of the sample that dates it.</param>
internal sealed record KpiView(double? Value, double Coverage, long AtMs, string? Reason)
{
    public bool IsComplete => Value is not null && Coverage > 0.999;
}

/// <summary>What the collector's HTTP interface says, as a client of the published contract sees it.</summary>
internal sealed class CollectorView(HttpClient http, Uri collector)
{
    /// <summary>State word of each known device, by id.</summary>
    public async Task<Dictionary<string, string>> DevicesAsync(CancellationToken cancel)
    {
        var answer = await http.GetFromJsonAsync<JsonElement>(new Uri(collector, "/api/v1/devices"), cancel);
        return List(answer, "devices").ToDictionary(d => d.GetProperty("id").GetString()!, d => d.GetProperty("state").GetString()!);
    }

    /// <summary>The live figure of the site.</summary>
    public async Task<KpiView> NowAsync(string name, CancellationToken cancel)
    {
        var answer = await http.GetFromJsonAsync<JsonElement>(new Uri(collector, "/api/v1/kpi"), cancel);
        foreach (var kpi in List(answer, "kpi"))
        {
            if (kpi.GetProperty("name").GetString() == name && kpi.GetProperty("window").GetString() == "now" && kpi.GetProperty("scope").GetString() == "site")
            {
                return View(kpi);
            }
        }

        return new(null, 0, 0, $"the collector does not know \"{name}\" yet");
    }

    private static KpiView View(JsonElement kpi)
    {
        var value = kpi.GetProperty("value");
        var at = kpi.GetProperty("at").GetDateTimeOffset().ToUnixTimeMilliseconds();
        return new(
            value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null,
            kpi.GetProperty("coverage").GetDouble(),
            at - SampleAgeMs(kpi),
            kpi.TryGetProperty("reason", out var reason) && reason.ValueKind == JsonValueKind.String ? reason.GetString() : null);
    }

    // The figure rests on samples that are up to a poll old; its fair counterpart is the truth at their middle age.
    private static long SampleAgeMs(JsonElement kpi)
    {
        if (!kpi.TryGetProperty("inputs", out var inputs) || inputs.ValueKind != JsonValueKind.Array || inputs.GetArrayLength() == 0)
        {
            return 0;
        }

        var ages = inputs.EnumerateArray()
            .Where(i => i.TryGetProperty("ageSeconds", out var age) && age.ValueKind == JsonValueKind.Number)
            .Select(i => i.GetProperty("ageSeconds").GetDouble())
            .Order()
            .ToList();
        return ages.Count == 0 ? 0 : (long)(1000 * ages[ages.Count / 2]);
    }

    private static JsonElement.ArrayEnumerator List(JsonElement answer, string name) =>
        (answer.ValueKind == JsonValueKind.Array ? answer : answer.GetProperty(name)).EnumerateArray();
}
