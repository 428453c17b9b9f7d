using System.Text.Json;
using EdgeDcim.Scenarios.Harness;
using EdgeDcim.Scenarios.Influx;
using Xunit;

namespace EdgeDcim.Scenarios.Cooling;

/// <summary>A pump trips in the hall: one alarm with the right name within seconds, told once over every way, ended once, and all of it in the database.</summary>
public sealed class PumpTripTests
{
    private const string Trip = """[ { "kind": "pump_trip", "at": "cdu-1", "size": 1 } ]""";

    /// <summary>Some three fifths of what the pumps of the hall turn at.</summary>
    private const double SpeedLostPercent = 33;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tripped_pump_is_one_alarm_told_once_and_ended_once_and_VictoriaMetrics_holds_it()
    {
        using var folder = new ScratchFolder();
        var (victoria, port) = await Peers.VictoriaMetricsAsync(folder, Cancel);
        await using var v = victoria;
        await using var site = await AlarmSite.StartAsync(folder, port, Cancel);
        await TripAndRepairAsync(site);
        var found = await Eventually.GetAsync(
            async () => await Databases.VictoriaAsync(port, Cancel) is var all && all.Keys.Any(key => key.Name == "alarm_active" && all[key].Count > 0) && all.TryGetValue(("anomaly_active", "cdu-1", ""), out var one) && one.Count > 1 ? all : null,
            "alarm and anomaly are in the database", TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal([1.0, 0.0], found[("anomaly_active", "cdu-1", "")].Values);
        Assert.Equal([1.0, 0.0], found[("alarm_active", "cdu-1", "")].Values);
        Assert.All(found[("anomaly_confidence", "cdu-1", "")].Values, confidence => Assert.InRange(confidence, 0, 1));
        await LeakAsync(site);
    }

    [Fact]
    public async Task The_same_words_are_in_InfluxDB()
    {
        using var folder = new ScratchFolder();
        var (influx, nginx, port, query) = await Peers.InfluxAsync(folder, Cancel);
        await using var i = influx;
        await using var n = nginx;
        await Databases.CreateInfluxDatabaseAsync(query, Cancel);
        await using var site = await AlarmSite.StartAsync(folder, port, Cancel);
        await TripAndRepairAsync(site);
        IReadOnlyList<JsonElement> alarms = [];
        await Eventually.TrueAsync(
            async () => (alarms = await Databases.RowsAsync(query, "SELECT event, active, priority, state, text FROM alarm WHERE device='cdu-1'", Cancel)).Count >= 2, "both changes of the alarm are in the database", TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(["raised", "cleared"], alarms.Select(row => row[1].GetString()));
        Assert.Equal([1, 0], alarms.Select(row => row[2].GetInt32()));
        Assert.All(alarms, row => Assert.Contains("pump_trip", row[5].GetString(), StringComparison.Ordinal));
        var anomalies = await Databases.RowsAsync(query, "SELECT detector, active, cause, evidence, score FROM anomaly WHERE device='cdu-1'", Cancel);
        Assert.Equal(("pumps", 1, "pump_trip"), (anomalies[0][1].GetString(), anomalies[0][2].GetInt32(), anomalies[0][3].GetString()));
        Assert.Contains("pumps lost", anomalies[0][4].GetString(), StringComparison.Ordinal);
        Assert.Equal(0, anomalies[^1][2].GetInt32());
    }

    /// <summary>Coolant runs into a drip tray and reaches the cable there: one alarm of the highest priority that nothing hides, told over every way.</summary>
    private static async Task LeakAsync(AlarmSite site)
    {
        const string Panel = "leaks";
        Assert.Empty(site.Told(Panel));
        await site.BreakAsync("""[ { "kind": "leak", "at": "cdu-2/tray", "size": 500 } ]""", Cancel);
        await Eventually.TrueAsync(
            async () => site.Told(Panel).Count > 0 && site.Published(Panel).Count > 0 && (await site.AlertsAsync(Cancel)).Any(alert => alert.GetProperty("labels").GetProperty("device").GetString() == Panel),
            "everybody is told of the leak", TimeSpan.FromSeconds(60), Cancel);
        var told = Assert.Single(site.Told(Panel));
        Assert.True(told.Signed);
        Assert.Equal(
            ("raised", "zone/2", "critical", true),
            (told.Event.GetProperty("event").GetString(), told.Event.GetProperty("part").GetString(), told.Event.GetProperty("priority").GetString(), told.Event.GetProperty("safety").GetBoolean()));
        Assert.StartsWith("leak", told.Event.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Single(site.Published(Panel));
    }

    private static async Task TripAndRepairAsync(AlarmSite site)
    {
        await site.HearsAsync("cdu-1", Cancel);

        // Which pumps turn has to be known before one can be missed: a handful of polls.
        await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, Cancel);
        Assert.Empty(await EventsAsync(site));
        var broken = TimeProvider.System.GetUtcNow();
        await site.BreakAsync(Trip, Cancel);
        await Eventually.TrueAsync(async () => (await EventsAsync(site)).Count > 0, "the alarm is raised", TimeSpan.FromSeconds(30), Cancel);
        var raised = (await EventsAsync(site))[0];
        Assert.Equal(("raised", "pumps"), (raised.GetProperty("event").GetString(), raised.GetProperty("cause").GetString()));
        Assert.StartsWith("pump_trip", raised.GetProperty("text").GetString(), StringComparison.Ordinal);

        var delay = raised.GetProperty("at").GetDateTimeOffset() - await FellAsync(site, broken);
        Assert.True(delay < TimeSpan.FromSeconds(5), $"raised {delay} after the first reading that shows it");
        await Eventually.TrueAsync(async () => site.Told("cdu-1").Count > 0 && site.Published("cdu-1").Count > 0 && (await site.AlertsAsync(Cancel)).Any(IsOurs), "everybody is told", TimeSpan.FromSeconds(30), Cancel);

        await site.BreakAsync("[]", Cancel);
        try
        {
            await Eventually.TrueAsync(
                async () => site.Told("cdu-1").Count > 1 && site.Published("cdu-1").Count > 1 && !(await site.AlertsAsync(Cancel)).Any(IsOurs), "everybody is told of the end", TimeSpan.FromSeconds(180), Cancel);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException(
                $"""
                {late.Message}
                webhook: {string.Join('\n', site.Told("cdu-1").Select(told => told.Event))}
                MQTT: {string.Join('\n', site.Published("cdu-1"))}
                Alertmanager: {string.Join('\n', (await site.AlertsAsync(Cancel)).Where(IsOurs))}
                history: {string.Join('\n', await EventsAsync(site))}
                alarms: {await site.ApiAsync("/api/v1/alarms", Cancel)}
                collector: {site.Collector.Output}
                """,
                late);
        }

        Assert.Equal(["raised", "cleared"], site.Told("cdu-1").Select(told => told.Event.GetProperty("event").GetString()));
        Assert.Equal(["raised", "cleared"], site.Published("cdu-1").Select(told => told.GetProperty("event").GetString()));
        Assert.All(site.Told("cdu-1"), told => Assert.True(told.Signed));
        Assert.Equal(2, site.Told("cdu-1").Select(told => told.Key).Distinct().Count());
        Assert.Equal(["raised", "cleared"], (await EventsAsync(site)).Select(one => one.GetProperty("event").GetString()));
    }

    /// <summary>The time of the first reading by which the pump that was tripped has lost its speed.</summary>
    private static async Task<DateTimeOffset> FellAsync(AlarmSite site, DateTimeOffset broken) => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(await Eventually.GetAsync(
        async () => (await site.ApiAsync($"/api/v1/history?series=cdu-1/pump.speed/1&from={broken.ToUnixTimeMilliseconds()}", Cancel)).GetProperty("points")
            .EnumerateArray().Where(point => point[1].ValueKind == JsonValueKind.Number && point[1].GetDouble() < SpeedLostPercent)
            .Select(point => point[0].GetRawText()).FirstOrDefault(),
        "the history has the pump's fall", TimeSpan.FromSeconds(60), Cancel), System.Globalization.CultureInfo.InvariantCulture));

    private static bool IsOurs(JsonElement alert) => alert.GetProperty("labels").GetProperty("device").GetString() == "cdu-1";

    private static async Task<IReadOnlyList<JsonElement>> EventsAsync(AlarmSite site) =>
        [.. (await site.ApiAsync("/api/v1/alarms/history?device=cdu-1", Cancel)).GetProperty("events").EnumerateArray()];
}
