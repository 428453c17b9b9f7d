using EdgeDcim.Core.Telemetry;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Influx;

/// <summary>With Mosquitto as broker, what real databases hold equals what the collector's API says, value by value.</summary>
public sealed class ReadBackTests
{
    private const int Batches = 30;

    /// <summary>VictoriaMetrics keeps values as decimals of twelve digits.</summary>
    private const double VictoriaPrecision = 1e-12;

    private static readonly Series[] Utility =
    [
        new("main", "power.active", null), new("main", "energy.active.import", null), new("main", "power.factor", null),
        new("main", "voltage.line_neutral", "L1"), new("main", "voltage.line_neutral", "L2"), new("main", "frequency", null),
    ];

    private static readonly Series[] Ups = [new("ups-a", "ups.mode", null), new("ups-a", "battery.charge", null), new("ups-a", "temperature.ambient", "bay 1, left=x")];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task VictoriaMetrics_holds_what_the_api_says_even_when_collector_and_database_are_killed()
    {
        using var folder = new ScratchFolder();
        var (mosquitto, mqtt) = await Peers.MosquittoAsync(folder, Cancel);
        await using var m = mosquitto;
        var (victoria, port) = await Peers.VictoriaMetricsAsync(folder, Cancel);
        await using var v = victoria;
        await using var collector = await CollectorUnderTest.StartAsync(folder, mqtt, port, Cancel);
        await using var agent = await AgentAsync(mqtt);
        var sent = new List<Reading>();
        for (var i = 0; i < Batches; i++)
        {
            await SendAsync(agent, sent, i);
            if (i == 10)
            {
                await collector.Process.KillAsync();
                collector.Process.StartAgain();
            }
            else if (i == 18)
            {
                await collector.ReadyAsync(Cancel);
                await victoria.KillAsync();
            }
            else if (i == 25)
            {
                victoria.StartAgain();
            }
        }

        await collector.ReadyAsync(Cancel);
        await DeliveredAsync(agent, collector, sent);
        var found = await Databases.VictoriaAsync(port, Cancel);
        foreach (var series in Utility.Concat(Ups))
        {
            var name = $"{(series.Device == "main" ? "utility" : "ups")}_{series.Metric.Replace('.', '_')}";
            await SameAsync(collector, series, sent, found[(name, series.Device, series.Part ?? "")], VictoriaPrecision);
        }
    }

    [Fact]
    public async Task InfluxDB_holds_what_the_api_says()
    {
        using var folder = new ScratchFolder();
        var (mosquitto, mqtt) = await Peers.MosquittoAsync(folder, Cancel);
        await using var m = mosquitto;
        var (influx, nginx, port, query) = await Peers.InfluxAsync(folder, Cancel);
        await using var i1 = influx;
        await using var n = nginx;
        await Databases.CreateInfluxDatabaseAsync(query, Cancel);
        await using var collector = await CollectorUnderTest.StartAsync(folder, mqtt, port, Cancel);
        await using var agent = await AgentAsync(mqtt);
        var sent = new List<Reading>();
        for (var i = 0; i < Batches; i++)
        {
            await SendAsync(agent, sent, i);
        }

        await DeliveredAsync(agent, collector, sent);
        foreach (var series in Utility.Concat(Ups))
        {
            await SameAsync(collector, series, sent, await Databases.InfluxAsync(query, series.Device == "main" ? "utility" : "ups", series, Cancel));
        }

        var words = await Databases.RowsAsync(query, "SELECT ups_mode, ups_mode_state FROM ups", Cancel);
        Assert.NotEmpty(words);
        var modes = Vocabulary.Default.Find("ups.mode")!;
        Assert.All(words, row => Assert.Equal(modes.StateName(row[1].GetDouble()), row[2].GetString()));
    }

    [Fact]
    public async Task A_field_type_conflict_loses_only_the_one_point()
    {
        using var folder = new ScratchFolder();
        var (mosquitto, mqtt) = await Peers.MosquittoAsync(folder, Cancel);
        await using var m = mosquitto;
        var (influx, nginx, port, query) = await Peers.InfluxAsync(folder, Cancel);
        await using var i1 = influx;
        await using var n = nginx;
        await Databases.CreateInfluxDatabaseAsync(query, Cancel);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await Databases.WriteInfluxAsync(query, $"utility,site=demo,device=other frequency=\"a word\" {now}", Cancel);
        await using var collector = await CollectorUnderTest.StartAsync(folder, mqtt, port, Cancel);
        await using var agent = await AgentAsync(mqtt);
        var poisoned = new Reading(Utility[5], now + 1, 50.01, Quality.Good);
        var sound = Enumerable.Range(0, 500).Select(i => new Reading(Utility[i % 5], now + 10 + (i / 5), i * 0.37, Quality.Good)).ToList();
        await agent.SendAsync([.. sound.Take(250), poisoned, .. sound.Skip(250)], Cancel);

        await Eventually.TrueAsync(
            async () => await collector.MetricAsync("edgedcim_sink_readings_stored_total{sink=\"influx\"}", Cancel) >= 500, "500 points land", TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(1, await collector.MetricAsync("edgedcim_sink_readings_dropped_total{sink=\"influx\",reason=\"refused\"}", Cancel));
        foreach (var series in Utility.Take(5))
        {
            await SameAsync(collector, series, sound, await Databases.InfluxAsync(query, "utility", series, Cancel));
        }

        var dead = (await File.ReadAllLinesAsync(folder.File("data/dead-letters.lp"), Cancel)).Where(line => line.Length > 0).ToList();
        Assert.Equal(2, dead.Count);
        Assert.Contains("field type conflict", dead[0], StringComparison.Ordinal);
        Assert.Equal($"utility,site=demo,device=main frequency=50.01 {now + 1}", dead[1]);
    }

    private static async Task<SparkplugPublisher> AgentAsync(int mqtt)
    {
        var agent = new SparkplugPublisher("demo", "gateway-1", mqtt);
        agent.Announce("utility", Utility);
        agent.Announce("ups", Ups);
        await agent.ConnectAsync(Cancel);
        return agent;
    }

    /// <summary>Values that are hard to carry: very large, very small, negative, whole, with all 17 digits, missing, suspect.</summary>
    private static async Task SendAsync(SparkplugPublisher agent, List<Reading> sent, int round)
    {
        var atMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        double[] values = [-123.456, 123_456_789.125 + round, 0.1 + 0.2, 1e-9 * (round + 1), 230, 50 + (round / 3.0)];
        var batch = Utility.Select((series, i) => new Reading(series, atMs, values[i], Quality.Good)).ToList();
        batch.Add(new Reading(Ups[0], atMs, 1 + (round % 3), Quality.Good));
        batch.Add(round % 5 == 0 ? Reading.Missing(Ups[1], atMs) : new Reading(Ups[1], atMs, 100 - round, Quality.Estimated));
        batch.Add(new Reading(Ups[2], atMs, 1e16 + round, Quality.Suspect));
        sent.AddRange(batch);
        await agent.SendAsync(batch, Cancel);
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
    }

    private static async Task DeliveredAsync(SparkplugPublisher agent, CollectorUnderTest collector, List<Reading> sent)
    {
        await Eventually.TrueAsync(() => Task.FromResult(agent.Outstanding == 0), $"every batch is acknowledged ({agent.Rebirths} rebirths so far)", TimeSpan.FromSeconds(90), Cancel);
        foreach (var sink in (string[])["history", "influx"])
        {
            await Eventually.TrueAsync(
                async () => await collector.MetricAsync($"edgedcim_sink_backlog_batches{{sink=\"{sink}\"}}", Cancel) <= 0, $"{sink} has caught up with {sent.Count} readings", TimeSpan.FromSeconds(90), Cancel);
        }
    }

    private static async Task SameAsync(CollectorUnderTest collector, Series series, List<Reading> sent, SortedDictionary<long, double> found, double tolerance = 0)
    {
        var wanted = sent.Where(reading => reading.Series == series).OrderBy(reading => reading.AtMs).ToList();
        var said = await collector.HistoryAsync(series, wanted[0].AtMs, wanted[^1].AtMs + 1, Cancel);
        Assert.Equal(wanted.Select(reading => (reading.AtMs, reading.Quality == Quality.Missing ? (double?)null : reading.Value)), said);
        var values = said.Where(point => point.Value is not null).ToList();
        Assert.Equal(values.Select(point => point.AtMs), found.Keys);
        Assert.All(values, point => Assert.True(Math.Abs(found[point.AtMs] - point.Value!.Value) <= tolerance * Math.Abs(point.Value.Value), $"{series} at {point.AtMs}: {point.Value} became {found[point.AtMs]}"));
    }
}
