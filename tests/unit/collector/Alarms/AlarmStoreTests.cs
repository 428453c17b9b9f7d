using EdgeDcim.Collector.Alarms;
using Xunit;

namespace EdgeDcim.Collector.Tests.Alarms;

/// <summary>What survives: a restart, a shelf that ends meanwhile, a trail that says all.</summary>
public sealed class AlarmStoreTests : IDisposable
{
    private const string Inlet = "srv-1/temperature.inlet";
    private readonly string folder = Directory.CreateTempSubdirectory("edgedcim-alarms-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private AlarmStore Open() => AlarmStore.Open(Path.Combine(folder, "alarms.db"));

    private static AlarmSite Site(AlarmStore store, long nowMs = AlarmSite.Start)
    {
        var site = new AlarmSite("rules: { inlet-rises: { off: true } }", store) { NowMs = nowMs };
        site.Born("srv-1", "server", "agent-1", "temperature.inlet");
        return site;
    }

    [Fact]
    public void An_alarm_survives_a_restart_with_its_acknowledgement_and_is_not_raised_again()
    {
        long nowMs;
        using (var store = Open())
        {
            var site = Site(store);
            site.Hold(Inlet, 30);
            site.Run(70);
            site.Act(site.Shown[0].Id, AlarmEvent.Acknowledged);
            site.Act(site.Shown[0].Id, AlarmEvent.Commented, reason: "fan ordered");
            nowMs = site.NowMs;
        }

        using var again = Open();
        var after = Site(again, nowMs + 30_000);
        Assert.Equal(AlarmState.ActiveAcknowledged, Assert.Single(after.Shown).State);
        after.Hold(Inlet, 26.5);
        after.Run(90);
        var alarm = Assert.Single(after.Shown);
        Assert.Equal(("ann", "fan ordered", 1), (alarm.AcknowledgedBy, alarm.Comment, alarm.Times));
        after.Hold(Inlet, 22);
        after.Run(70);
        Assert.Empty(after.Shown);
        Assert.Empty(again.Alarms());
        Assert.Equal(0, after.Count(AlarmEvent.Raised));
    }

    [Fact]
    public void A_shelf_that_ends_while_the_collector_is_down_has_ended_when_it_is_back()
    {
        long nowMs;
        using (var store = Open())
        {
            var site = Site(store);
            site.Hold(Inlet, 30);
            site.Run(70);
            Assert.True(site.Act(site.Shown[0].Id, AlarmEvent.Shelved, forMs: 600_000));
            Assert.Empty(site.Shown);
            nowMs = site.NowMs;
        }

        using (var store = Open())
        {
            var site = Site(store, nowMs + 300_000);
            site.Hold(Inlet, 30);
            site.Run(5);
            Assert.Empty(site.Shown);
            Assert.Equal("because", Assert.Single(site.View.Live).Shelf!.Reason);
        }

        using var late = Open();
        var back = Site(late, nowMs + 601_000);
        back.Hold(Inlet, 30);
        back.Run(2);
        Assert.Single(back.Shown);
        Assert.Equal(1, back.Count(AlarmEvent.ShelfExpired));
    }

    [Fact]
    public void The_trail_replays_to_the_alarms_there_are()
    {
        using var store = Open();
        var site = Site(store);
        for (var round = 0; round < 4; round++)
        {
            site.Hold(Inlet, 30 + round);
            site.Run(70);
            site.Act(site.Shown[0].Id, AlarmEvent.Acknowledged);
            site.Act(site.Shown[0].Id, round % 2 == 0 ? AlarmEvent.TakenOut : AlarmEvent.Commented);
            site.Hold(Inlet, 22);
            site.Run(70);
            if (round % 2 == 0)
            {
                site.Act(site.View.Live[0].Id, AlarmEvent.PutBack);
            }
        }

        site.Hold(Inlet, 33);
        site.Run(70);
        var alarm = Assert.Single(site.View.Live);
        Alarm? replayed = null;
        foreach (var change in store.Changes(0, long.MaxValue, alarm.Id))
        {
            replayed = AlarmLife.Apply(replayed, change);
        }

        Assert.Equal((alarm.State, alarm.Priority, alarm.Times, alarm.Comment, alarm.RaisedMs), (replayed!.State, replayed.Priority, replayed.Times, replayed.Comment, replayed.RaisedMs));
        Assert.All(store.Changes(0, long.MaxValue).Where(change => change.Event == AlarmEvent.Acknowledged), change => Assert.Equal(("ann", "because"), (change.User, change.Reason)));
    }

    [Fact]
    public void The_trail_is_bounded_by_age()
    {
        using var store = Open();
        var site = Site(store);
        site.Hold(Inlet, 30);
        site.Run(70);
        Assert.NotEmpty(store.Changes(0, long.MaxValue));
        store.Trim(site.NowMs + 1);
        Assert.Empty(store.Changes(0, long.MaxValue));
        Assert.Single(store.Alarms());
    }

    [Fact]
    public void A_damaged_file_is_set_aside_and_a_new_one_begun()
    {
        File.WriteAllText(Path.Combine(folder, "alarms.db"), new string('x', 8192));
        using var store = Open();
        Assert.NotNull(store.SetAside);
        Assert.Empty(store.Alarms());
    }

    [Fact]
    public void An_alarm_whose_rule_is_gone_after_the_restart_clears_and_says_so()
    {
        long nowMs;
        using (var store = Open())
        {
            var site = Site(store);
            site.Hold(Inlet, 30);
            site.Run(70);
            nowMs = site.NowMs;
        }

        using var again = Open();
        var after = new AlarmSite("rules: { inlet-rises: { off: true }, inlet-high: { off: true } }", again) { NowMs = nowMs };
        after.Born("srv-1", "server", "agent-1", "temperature.inlet");
        after.Hold(Inlet, 30);
        after.Run(5);
        Assert.Contains(after.Changes, change => change is { Event: AlarmEvent.Cleared, Reason: "its rule is gone" });
    }
}
