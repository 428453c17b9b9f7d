using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Diagnostics;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Collector.Storage;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeDcim.Collector.Tests.Storage;

/// <summary>The outbox against a database that is away, overloaded, or refuses points.</summary>
public sealed class InfluxSinkTests : IAsyncLifetime
{
    private static readonly Series Power = new("pdu-a1", "power.active", null);
    private static readonly Series Mode = new("ups-a", "ups.mode", null);
    private readonly string folder = Directory.CreateTempSubdirectory("edgedcim-influx-").FullName;
    private readonly FakeTimeProvider time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000)) { AutoAdvanceAmount = TimeSpan.Zero };
    private readonly MetricRegistry metrics = new();
    private readonly CancellationTokenSource stop = new();
    private DatabaseDouble database = null!;
    private Journal journal = null!;
    private InfluxClient client = null!;
    private Task running = Task.CompletedTask;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string DeadLetterFile => Path.Combine(folder, "dead-letters.lp");

    public async ValueTask InitializeAsync()
    {
        database = await DatabaseDouble.StartAsync(Cancel);
        journal = Journal.Open(Path.Combine(folder, "journal.db"), JournalBounds.Default, time);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ContinueWith(_ => { }, TaskScheduler.Default);
        client?.Dispose();
        journal.Dispose();
        await database.DisposeAsync();
        stop.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Points_follow_the_schema_and_the_request_carries_org_bucket_precision_and_token()
    {
        Append(new(Power, 1000, 5, Quality.Good), new(Mode, 1001, 2, Quality.Good), Reading.Missing(Power, 1002),
            new(new Series("pdu-a1", "temperature.ambient", "bay 1,a=b"), 1003, -1.5e-9, Quality.Suspect));
        using (var group = journal.BeginGroup())
        {
            group.Append(KpiRecord.BatchKind, 0, KpiRecord.Encode([new KpiRecord("pue", "site", "15m", 2000, 1.25, 0.98, null, 2, Quality.Good, 3)]));
            group.Commit();
        }

        Start();
        await LandedAsync(4);
        Assert.Equal(
            [
                "pdu,site=demo,device=pdu-a1 power_active=5.0 1000",
                "ups,site=demo,device=ups-a ups_mode=2.0,ups_mode_state=\"eco\" 1001",
                "pdu,site=demo,device=pdu-a1,part=bay\\ 1\\,a\\=b temperature_ambient=-1.5E-09 1003",
                "kpi,site=demo,scope=site,name=pue,window=15m revision=3i,value=1.25,coverage=0.98,category=2i 2000",
            ],
            database.Landed);
        var request = Assert.Single(database.Requests);
        Assert.Equal("/base/api/v2/write?org=my%20org&bucket=b&precision=ms", request.Query);
        Assert.Equal("Token t0ken", request.Authorization);
    }

    [Fact]
    public async Task A_large_request_and_a_small_one_after_it_carry_their_own_points_and_no_others()
    {
        Append([.. Enumerable.Range(0, 1000).Select(i => new Reading(Power, 1000 + i, i, Quality.Good))]);
        Start();
        await LandedAsync(1000);
        Append(new Reading(Power, 5000, 7, Quality.Good));
        await LandedAsync(1001);

        Assert.Equal(
            [.. Enumerable.Range(0, 1000).Select(i => $"pdu,site=demo,device=pdu-a1 power_active={i}.0 {1000 + i}"), "pdu,site=demo,device=pdu-a1 power_active=7.0 5000"],
            database.Landed);
        Assert.Equal([1000, 1], database.Requests.Select(request => request.Lines));
    }

    [Fact]
    public async Task One_bad_point_becomes_a_dead_letter_with_its_reason_and_the_rest_lands()
    {
        database.Answer = lines => lines.Any(line => line.Contains("=13.0 ", StringComparison.Ordinal))
            ? (400, """{"code":"invalid","message":"partial write: field type conflict dropped=1"}""", null) : null;
        Append([.. Enumerable.Range(0, 100).Select(i => new Reading(Power, 1000 + i, i, Quality.Good))]);
        Start();
        await LandedAsync(99);
        Assert.Equal(Enumerable.Range(0, 100).Where(i => i != 13).Select(i => $"pdu,site=demo,device=pdu-a1 power_active={i}.0 {1000 + i}"), database.Landed);
        var dead = (await File.ReadAllLinesAsync(DeadLetterFile, Cancel)).Where(line => line.Length > 0).ToList();
        Assert.Equal(2, dead.Count);
        Assert.Matches("^# 2026-09-21T14:1\\d:\\d\\dZ 400 partial write: field type conflict dropped=1$", dead[0]);
        Assert.Equal("pdu,site=demo,device=pdu-a1 power_active=13.0 1013", dead[1]);
        await CountAsync("edgedcim_sink_readings_stored_total{sink=\"influx\"} 99");
        Assert.Contains("edgedcim_sink_readings_dropped_total{sink=\"influx\",reason=\"refused\"} 1\n", metrics.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_known_for_bad_points_no_longer_holds_up_the_others()
    {
        database.Answer = lines => lines.Any(line => line.Contains("ups_mode", StringComparison.Ordinal)) ? (400, "conflict", null) : null;
        Append([.. Enumerable.Range(0, 50).Select(i => new Reading(i == 20 ? Mode : Power, 1000 + i, i, Quality.Good))]);
        Start();
        await LandedAsync(49);
        var before = database.Requests.Count;
        Append([.. Enumerable.Range(0, 50).Select(i => new Reading(i == 20 ? Mode : Power, 2000 + i, i, Quality.Good))]);
        await LandedAsync(98);
        await CountAsync("edgedcim_sink_readings_dropped_total{sink=\"influx\",reason=\"refused\"} 2");
        Assert.Equal([49, 1], database.Requests.Skip(before).Select(request => request.Lines));
    }

    [Theory]
    [InlineData(503, null)]
    [InlineData(500, null)]
    [InlineData(401, null)]
    [InlineData(404, null)]
    public async Task What_may_pass_later_is_tried_again_and_nothing_is_dropped(int status, string? retryAfter)
    {
        var refusals = 3;
        database.Answer = _ => Interlocked.Decrement(ref refusals) >= 0 ? (status, "not now", retryAfter) : null;
        Append(new Reading(Power, 1000, 1, Quality.Good));
        Start();
        await LandedAsync(1);
        Assert.Equal(4, database.Requests.Count);
        Assert.False(File.Exists(DeadLetterFile));
    }

    [Fact]
    public async Task Retry_After_is_obeyed()
    {
        var asked = new System.Collections.Concurrent.ConcurrentQueue<DateTimeOffset>();
        database.Answer = _ =>
        {
            asked.Enqueue(time.GetUtcNow());
            return asked.Count == 1 ? (429, "slow down", "120") : null;
        };
        Append(new Reading(Power, 1000, 1, Quality.Good));
        Start();
        await UntilAsync(() => database.Landed.Count == 1, "the point lands", TimeSpan.FromSeconds(1));
        Assert.True(asked.Last() - asked.First() >= TimeSpan.FromSeconds(120), "the database was asked again too early");
        Assert.Equal(1, client.Retries);
    }

    [Fact]
    public async Task After_an_outage_the_last_half_minute_is_written_once_more()
    {
        Append(new Reading(Power, 1000, 1, Quality.Good));
        Start();
        await LandedAsync(1);
        var refusals = 2;
        database.Answer = _ => Interlocked.Decrement(ref refusals) >= 0 ? (502, "bad gateway", null) : null;
        Append(new Reading(Power, 2000, 2, Quality.Good));
        await LandedAsync(4);
        Assert.Equal([1000, 2000, 1000, 2000], database.Landed.Select(line => long.Parse(line.Split(' ')[^1])));
        await CountAsync("edgedcim_sink_readings_stored_total{sink=\"influx\"} 2");
        await CountAsync("edgedcim_sink_readings_repeated_total{sink=\"influx\"} 2");
    }

    [Fact]
    public async Task The_journal_forgets_only_what_has_settled_in_the_database()
    {
        Append(new Reading(Power, 1000, 1, Quality.Good));
        Start();
        await LandedAsync(1);
        Assert.Equal(1, journal.Counters.HeldReadings);
        Assert.Equal(0, journal.GetCursor("influx"));

        // Not before the sink has had the answer: what it stores later settles later.
        await CountAsync("edgedcim_sink_readings_stored_total{sink=\"influx\"} 1");
        time.Advance(TimeSpan.FromSeconds(31));
        Append(new Reading(Power, 2000, 2, Quality.Good));
        await LandedAsync(2);
        await UntilAsync(() => journal.GetCursor("influx") > 0, "the cursor moves");
        await UntilAsync(() => journal.Counters.HeldReadings <= 1, "the journal forgets");
    }

    [Fact]
    public async Task A_store_that_is_away_is_seen_to_fall_behind_and_to_catch_up()
    {
        var isAway = true;
        database.Answer = _ => isAway ? (503, "not now", null) : null;
        for (var i = 0; i < 3; i++)
        {
            Append(new Reading(Power, 1000 + i, i, Quality.Good));
        }

        var sink = Start();
        await UntilAsync(() => View().LagSeconds >= 120, "it falls behind", TimeSpan.FromSeconds(1));
        Assert.Equal((3, 0), (View().BacklogBatches, View().ReadingsPerSecond));

        isAway = false;
        await UntilAsync(() => View() is { LagSeconds: 0, BacklogBatches: 0, ReadingsPerSecond: > 0 }, "it catches up", TimeSpan.FromSeconds(1));

        StoreView View() => sink.View(time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private InfluxSink Start()
    {
        var config = new InfluxConfig(new Uri(database.Url, "/base"), "my org", "b", Secret.Literal("t0ken"), 5000, TimeSpan.FromHours(1), 1 << 20);
        var catalog = new DeviceCatalog(journal);
        catalog.Born(new DeviceInfo("g", "pdu-a1", "pdu", null, null, null, null, null, [], new Dictionary<string, string>()));
        catalog.Born(new DeviceInfo("g", "ups-a", "ups", null, null, null, null, null, [], new Dictionary<string, string>()));
        client = new InfluxClient(config, time, NullLogger<InfluxClient>.Instance);
        var sink = new InfluxSink(
            config, client, new DeadLetters(DeadLetterFile, config.DeadLetterBytes, time), new LineBatch("demo", catalog),
            new SinkParts(journal, new SinkProgress(journal), metrics, time), NullLogger<InfluxSink>.Instance);
        sink.Register();
        running = Task.Run(() => sink.RunAsync(stop.Token), Cancel);
        return sink;
    }

    private void Append(params Reading[] readings)
    {
        var batch = new ReadingBatchWriter();
        foreach (var reading in readings)
        {
            batch.Add(journal.SeriesId(reading.Series), reading.AtMs, reading.Value, reading.Quality);
        }

        journal.Append(batch);
    }

    private Task LandedAsync(int lines) => UntilAsync(() => database.Landed.Count >= lines, $"{lines} lines land, {database.Landed.Count} have");

    private Task CountAsync(string sample) => UntilAsync(() => metrics.Render().Contains(sample + "\n", StringComparison.Ordinal), sample);

    /// <summary>Waits in real time for what happens over a real socket, while the clock of the sink runs ahead.</summary>
    private async Task UntilAsync(Func<bool> condition, string what, TimeSpan? advance = null)
    {
        for (var i = 0; i < 1000; i++)
        {
            if (condition())
            {
                return;
            }

            time.Advance(advance ?? TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
        }

        Assert.Fail($"it did not come to this: {what}");
    }
}
