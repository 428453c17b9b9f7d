using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Collector.Tests.Alarms;

/// <summary>How good the alarms are, and what would have happened with other rules.</summary>
public sealed class AlarmReportTests
{
    private static AlarmReport Report(AlarmSite site) =>
        AlarmReport.Of(site.Store.Changes(0, long.MaxValue), site.View, AlarmSite.Start, site.NowMs);

    [Fact]
    public void A_chattering_alarm_is_found_with_what_to_do_about_it()
    {
        var site = new AlarmSite("rules: { bare: { kind: pdu, metric: current, above: 10, cause: current } }");
        site.Born("pdu-1", "pdu", "agent-1", "current");
        for (var i = 0; i < 12; i++)
        {
            site.Hold("pdu-1/current", i % 2 == 0 ? 11 : 9);
            site.Run(5);
        }

        var report = Report(site);
        Assert.Equal(6, report.Raised);
        Assert.Equal(("pdu-1", 6), (Assert.Single(report.Chattering).Subject, report.TopTen[0].Count));
        Assert.Contains("raise the off_delay or dead_band of rule bare", Assert.Single(report.Proposals), StringComparison.Ordinal);
        Assert.Equal("too much", report.Targets.Single(target => target.What == "chattering alarms").Verdict);
        Assert.Equal(6, report.NeverAcknowledged);
    }

    [Fact]
    public void A_flood_a_stale_alarm_a_shelf_and_the_time_to_acknowledge_are_counted()
    {
        var site = new AlarmSite();
        for (var i = 0; i < 20; i++)
        {
            site.Born($"pdu-{i}", "pdu", "agent-1", "load");
            site.Hold($"pdu-{i}/load", 120);
        }

        site.Run(40);
        site.Run(60);
        site.Act(site.Shown[0].Id, AlarmEvent.Acknowledged);
        site.Act(site.Shown[1].Id, AlarmEvent.Shelved, forMs: 86_400_000);
        site.Run(10 * 60);
        for (var stride = 0; stride < 25 * 15; stride++)
        {
            // A day passes in strides of four minutes.
            site.NowMs += 239_000;
            site.Run(1);
        }

        var report = Report(site);
        Assert.Equal((20, 20), (report.Raised, report.Peak10Minutes));
        Assert.True(report.FloodShare is > 0.004 and < 0.012, $"{report.FloodShare}");
        Assert.InRange(report.AcknowledgeMedianSeconds!.Value, 60, 100);
        Assert.Equal(20, report.Stale.Count + report.Shelved.Count);
        Assert.Equal(1, report.PriorityShare["high"]);
    }

    [Fact]
    public void A_trial_of_rules_on_the_past_says_what_would_have_happened_and_changes_nothing()
    {
        var facility = FacilityConfig.None("demo");
        using var trial = new RuleTrial(AlarmSite.Read("rules: { inlet-high: { above: 25 } }", facility), facility);
        var series = new Series("srv-1", "temperature.inlet", null);
        trial.Announce("srv-1", "server", [series]);
        for (var minute = 0; minute < 240; minute++)
        {
            var atMs = AlarmSite.Start + (minute * 60_000);
            trial.Take([new Reading(series, atMs, minute is > 60 and < 120 ? 26.5 : 23, Quality.Good)], atMs);
        }

        Assert.Equal([AlarmEvent.Raised, AlarmEvent.Cleared], trial.Happened.Select(one => one.Change.Event));
        Assert.Equal(AlarmSite.Start + (62 * 60_000), trial.Happened[0].Change.AtMs);
        Assert.Equal(1, trial.Report().Raised);
    }
}
