using CsCheck;
using EdgeDcim.Collector.Broker;
using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Collector.Tests.Ingest;

/// <summary>The delivery contract from payload to journal, acknowledgement and facility.</summary>
public sealed class IngestTests : IDisposable
{
    private static readonly Guid Stream = Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301");
    private readonly IngestBench bench = new();
    private readonly EdgeNodeDouble agent = new("gateway-1", Stream);

    public void Dispose() => bench.Dispose();

    [Fact]
    public void A_batch_is_journaled_acknowledged_and_shown_once_its_marker_comes()
    {
        Born();
        bench.Take(agent.Data("main", ("power.active", bench.NowMs, 4200.5, Quality.Good)));
        Assert.Empty(bench.Settle());
        Assert.Empty(bench.Acknowledged);

        bench.Take(agent.Marker(17, 1));
        var reading = Assert.Single(bench.Settle());
        Assert.Equal(new Reading(new Series("main", "power.active", null), bench.NowMs, 4200.5, Quality.Good), reading);
        Assert.Equal([$"gateway-1 {Stream} 17"], bench.Acknowledged);
        Assert.Equal(4200.5, bench.Shown("main", "power.active")!.Value.Value);
    }

    [Fact]
    public void Every_quality_comes_through_as_it_was_sent()
    {
        Born();
        bench.Take(
            agent.Data("main",
                ("power.active", bench.NowMs, 1, Quality.Estimated),
                ("voltage.line_neutral/L1", bench.NowMs, 9_999_999, Quality.Suspect),
                ("voltage.line_neutral/L2", bench.NowMs, double.NaN, Quality.Missing)),
            agent.Marker(1, 3));
        Assert.Equal([Quality.Estimated, Quality.Suspect, Quality.Missing], bench.Settle().Select(reading => reading.Quality));
    }

    [Fact]
    public void Consecutive_offsets_are_acknowledged_as_one_range()
    {
        Born();
        foreach (var offset in (long[])[17, 18, 19, 21])
        {
            bench.Take(agent.Data("main", ("power.active", bench.NowMs + offset, offset, Quality.Good)), agent.Marker(offset, 1));
        }

        Assert.Equal(4, bench.Settle().Count);
        Assert.Equal([$"gateway-1 {Stream} 17-19,21"], bench.Acknowledged);
    }

    [Fact]
    public void A_lost_message_discards_the_batch_asks_for_a_rebirth_and_acknowledges_nothing()
    {
        Born();
        bench.Take(agent.Data("main", ("power.active", bench.NowMs, 1, Quality.Good)));
        _ = agent.Data("main", ("power.active", bench.NowMs + 1, 2, Quality.Good));
        bench.Take(agent.Marker(17, 2));
        Assert.Empty(bench.Settle());
        Assert.Empty(bench.Acknowledged);
        Assert.Equal(["gateway-1"], bench.Rebirths);
        Assert.Equal(1, bench.Counters.Gaps.Value);

        Born();
        bench.Take(agent.Data("main", true, ("power.active", bench.NowMs, 1, Quality.Good), ("power.active", bench.NowMs + 1, 2, Quality.Good)), agent.Marker(17, 2, backfill: true));
        Assert.Equal([1, 2], bench.Settle().Select(reading => reading.Value));
        Assert.Equal([$"gateway-1 {Stream} 17"], bench.Acknowledged);
        Conserved();
    }

    [Fact]
    public void A_marker_that_counts_other_readings_than_came_discards_them()
    {
        Born();
        bench.Take(agent.Data("main", ("power.active", bench.NowMs, 1, Quality.Good)), agent.Marker(17, 2));
        Assert.Empty(bench.Settle());
        Assert.Empty(bench.Acknowledged);

        bench.Take(agent.Data("main", ("power.active", bench.NowMs + 1, 2, Quality.Good)), agent.Marker(18, 1));
        Assert.Equal(2, Assert.Single(bench.Settle()).Value);
        Assert.Equal([$"gateway-1 {Stream} 18"], bench.Acknowledged);
        Conserved();
    }

    [Fact]
    public void A_batch_that_comes_again_is_acknowledged_again_and_not_journaled_again()
    {
        Born();
        for (var i = 0; i < 2; i++)
        {
            bench.Take(agent.Data("main", ("power.active", 5, 1, Quality.Good)), agent.Marker(17, 1, backfill: i > 0));
            bench.Settle();
        }

        Assert.Single(bench.Journaled());
        Assert.Equal(2, bench.Acknowledged.Count);
        Assert.Equal(1, bench.Counters.Duplicate.Value);
        Conserved();
    }

    [Fact]
    public void A_batch_that_comes_again_within_one_commit_is_journaled_once()
    {
        Born();
        for (var i = 0; i < 2; i++)
        {
            bench.Take(agent.Data("main", ("power.active", 5, 1, Quality.Good)), agent.Marker(17, 1));
        }

        Assert.Single(bench.Settle());
        Conserved();
    }

    [Fact]
    public void A_batch_journaled_before_a_restart_is_a_duplicate_after_it()
    {
        Born();
        bench.Take(agent.Data("main", ("power.active", 5, 1, Quality.Good)), agent.Marker(17, 1));
        bench.Settle();
        bench.Restart();
        Born();
        bench.Take(agent.Data("main", true, ("power.active", 5, 1, Quality.Good)), agent.Marker(17, 1, backfill: true));
        Assert.Single(bench.Settle());
        Assert.Equal([$"gateway-1 {Stream} 17"], bench.Acknowledged);
    }

    [Fact]
    public void Data_before_a_birth_is_not_understood_and_asks_for_the_birth_only_now_and_then()
    {
        for (var i = 0; i < 100; i++)
        {
            bench.Take(agent.Data("main", ("power.active", bench.NowMs, 1, Quality.Good)), agent.Marker(i + 1, 1));
        }

        Assert.Empty(bench.Settle());
        Assert.Equal(["gateway-1"], bench.Rebirths);
        bench.Time.Advance(TimeSpan.FromSeconds(3));
        bench.Take(agent.Data("main", ("power.active", bench.NowMs, 1, Quality.Good)));
        Assert.Equal(["gateway-1", "gateway-1"], bench.Rebirths);
    }

    [Fact]
    public void A_birth_in_the_middle_of_a_batch_discards_its_beginning()
    {
        Born();
        bench.Take(agent.Data("main", ("power.active", bench.NowMs, 1, Quality.Good)));
        Born();
        bench.Take(agent.Marker(17, 1));
        Assert.Empty(bench.Settle());
        Assert.Empty(bench.Acknowledged);
        Conserved();
    }

    [Fact]
    public void Replayed_readings_do_not_replace_what_is_shown()
    {
        Born();
        bench.Take(agent.Data("main", ("power.active", bench.NowMs, 7, Quality.Good)), agent.Marker(20, 1));
        bench.Take(agent.Data("main", true, ("power.active", bench.NowMs - 60_000, 3, Quality.Good)), agent.Marker(4, 1, backfill: true));
        Assert.Equal(2, bench.Settle().Count);
        Assert.Equal(7, bench.Shown("main", "power.active")!.Value.Value);
        Assert.Equal(1, bench.Counters.Backfilled.Value);
    }

    [Fact]
    public void The_values_of_an_agents_birth_are_shown_and_not_journaled()
    {
        bench.Take(agent.NodeBirth(bench.NowMs), agent.DeviceBirth("main", "utility", bench.NowMs, ("power.active", "W", 42)));
        Assert.Empty(bench.Settle());
        Assert.Equal(42, bench.Shown("main", "power.active")!.Value.Value);
        Assert.Equal("utility", Assert.Single(bench.Born, info => info.Device == "main").Kind);
    }

    [Fact]
    public void A_late_will_of_an_earlier_connection_changes_nothing()
    {
        agent.Reconnect(4);
        Born();
        bench.Take(agent.NodeDeath(3));
        Assert.True(Assert.Single(bench.Facility.Snapshot(bench.NowMs).Agents).Online);
        bench.Take(agent.NodeDeath(4));
        Assert.False(Assert.Single(bench.Facility.Snapshot(bench.NowMs).Agents).Online);
    }

    [Fact]
    public void Garbage_is_counted_and_harms_nothing()
    {
        Born();
        Gen.Byte.Array[0, 200].Sample(
            bytes =>
            {
                foreach (var type in (string[])["NBIRTH", "NDEATH", "NDATA", "NCMD"])
                {
                    bench.Core.Process(new InboundMessage($"spBv1.0/demo/{type}/stranger", bytes, "x"));
                }

                bench.Core.Process(new InboundMessage("spBv1.0/demo/DDATA/stranger/thing", bytes, "x"));
                bench.Core.Process(new InboundMessage("spBv1.0/demo/DBIRTH/stranger/thing", bytes, "x"));
            },
            seed: "0000KOIPe036", iter: 2_000, threads: 1);
        Assert.True(bench.Counters.Malformed.Value > 100);
        bench.Take(agent.Data("main", ("power.active", bench.NowMs, 1, Quality.Good)), agent.Marker(17, 1));
        Assert.Contains(bench.Settle(), reading => reading.Series.Device == "main");
    }

    [Fact]
    public void A_malformed_message_in_a_batch_leaves_no_half_of_itself()
    {
        Born();
        var good = agent.Data("main", ("power.active", bench.NowMs, 1, Quality.Good), ("voltage.line_neutral/L1", bench.NowMs, 2, Quality.Good));
        bench.Take(good with { Payload = good.Payload[..^3] });
        bench.Take(agent.Marker(17, 1));
        Assert.Empty(bench.Settle());
        Assert.Empty(bench.Acknowledged);
    }

    [Fact]
    public void Another_group_is_left_alone()
    {
        bench.Take(agent.NodeBirth(bench.NowMs) with { Topic = "spBv1.0/elsewhere/NBIRTH/gateway-1" });
        Assert.Empty(bench.Facility.Snapshot(bench.NowMs).Agents);
        Assert.Equal(1, bench.Counters.ForeignGroup.Value);
    }

    private void Born() => bench.Take(
        agent.NodeBirth(bench.NowMs),
        agent.DeviceBirth("main", "utility", bench.NowMs, ("power.active", "W", null), ("voltage.line_neutral/L1", "V", null), ("voltage.line_neutral/L2", "V", null)));

    private void Conserved()
    {
        var counters = bench.Counters;
        Assert.Equal(
            counters.Received.Value,
            counters.Journaled.Value + counters.Duplicate.Value + counters.DiscardedGap.Value + counters.DiscardedCount.Value + counters.DiscardedCut.Value
            + counters.DiscardedUnborn.Value + counters.DiscardedUnknown.Value + counters.DiscardedJournal.Value + counters.DiscardedOverflow.Value);
    }
}
