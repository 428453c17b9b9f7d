using EdgeDcim.Collector.Facility;
using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Collector.Tests.Facility;

public sealed class FacilityStateTests
{
    private const string Power = "pdu-a/power.active";

    private readonly TestSite site = new("""
        site: demo
        meters:
          - { id: utility, role: total, power: main/power.active }
          - { id: pdu-a, role: it, under: utility, power: pdu-a/power.active }
          - { id: ups, role: power_chain, under: utility, input: ups/power.active.input, output: ups/power.active.output, eco_allowed: true }
        """);

    [Fact]
    public void Apply_keeps_the_newest_reading_whatever_order_they_come_in()
    {
        site.Give(Power, 2, atMs: TestSite.Start + 2000);
        site.Give(Power, 1, atMs: TestSite.Start + 1000);
        site.Give(Power, 3, atMs: TestSite.Start + 500, historical: true);

        Assert.Equal(2, Sample().Value);
    }

    [Fact]
    public void Apply_of_a_missing_reading_shows_it_and_keeps_the_last_usable_value_for_computing()
    {
        Beat(10, 6);
        site.NowMs += 10_000;
        site.Give(Power, 0, Quality.Missing);

        var sample = Sample();
        Assert.Equal((Quality.Missing, 100.0), (sample.Quality, sample.UsableValue));
        Assert.Equal(Freshness.Held, sample.FreshnessAt(site.NowMs));
    }

    [Fact]
    public void Apply_of_suspect_readings_never_makes_them_usable()
    {
        site.Give(Power, 1e9, Quality.Suspect);

        Assert.Equal(Freshness.Never, Sample().FreshnessAt(site.NowMs));
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(10, 30)]
    [InlineData(60, 180)]
    public void A_series_is_stale_after_three_of_its_intervals_and_at_least_ten_seconds(int intervalSeconds, int staleAfterSeconds)
    {
        Beat(intervalSeconds, 12);
        var last = site.NowMs;

        Assert.False(Sample().IsStale(last + (staleAfterSeconds * 1000)));
        Assert.True(Sample().IsStale(last + (staleAfterSeconds * 1000) + 1));
    }

    [Fact]
    public void A_new_rhythm_is_learnt_and_one_outage_is_not_taken_for_one()
    {
        Beat(10, 12);
        site.NowMs += 3_600_000;
        Beat(10, 2);
        Assert.InRange(Sample().IntervalMs, 10_000, 20_000);

        Beat(60, 20);
        Assert.InRange(Sample().IntervalMs, 55_000, 60_000);
    }

    [Fact]
    public void A_device_that_died_is_offline_and_its_series_are_stale_at_once_until_it_speaks_again()
    {
        Born("agent-1", "pdu-a", "pdu", Power);
        Beat(10, 6);
        site.State.DeviceDied("agent-1", "pdu-a", site.NowMs);
        Assert.Equal(DeviceState.Offline, site.Snapshot().Device("pdu-a")!.State);
        Assert.True(Sample().IsStale(site.NowMs));

        site.Give(Power, 50, atMs: site.NowMs - 1, historical: true);
        Assert.True(Sample().IsStale(site.NowMs));

        Beat(10, 1);
        Assert.Equal(DeviceState.Online, site.Snapshot().Device("pdu-a")!.State);
        Assert.False(Sample().IsStale(site.NowMs));
    }

    [Fact]
    public void A_device_whose_agent_went_away_is_stale_and_not_called_offline()
    {
        Born("agent-1", "pdu-a", "pdu", Power);
        Beat(10, 6);
        site.State.AgentOffline("agent-1", site.NowMs);

        Assert.Equal(DeviceState.Stale, site.Snapshot().Device("pdu-a")!.State);
        Assert.Equal(new AgentSnapshot("agent-1", false, site.NowMs), Assert.Single(site.Snapshot().Agents));
    }

    [Fact]
    public void A_device_that_its_agent_calls_degraded_or_that_misses_values_is_degraded()
    {
        Beat(10, 6);
        site.Give("pdu-a/device.state", 2);
        Assert.Equal(DeviceState.Degraded, site.Snapshot().Device("pdu-a")!.State);

        site.NowMs += 1;
        site.Give("pdu-a/device.state", 1);
        Assert.Equal(DeviceState.Online, site.Snapshot().Device("pdu-a")!.State);

        site.Give("pdu-a/current", 0, Quality.Missing);
        Assert.Equal(DeviceState.Degraded, site.Snapshot().Device("pdu-a")!.State);
    }

    [Fact]
    public void Vitals_of_a_device_follow_its_kind_and_are_at_most_six()
    {
        Born("agent-1", "cdu-1", "cdu", "cdu-1/flow/secondary", "cdu-1/flow/primary", "cdu-1/temperature.supply/secondary", "cdu-1/temperature.return/secondary/1",
            "cdu-1/pressure.delta/secondary", "cdu-1/leak.detected", "cdu-1/heat.removed", "cdu-1/pump.hours/1");

        var vitals = site.Snapshot().Device("cdu-1")!.Vitals;

        Assert.Equal(
            ["temperature.supply/secondary", "temperature.return/secondary/1", "flow/secondary", "pressure.delta/secondary", "heat.removed", "leak.detected"],
            vitals.Select(vital => vital.Series.MetricPath));
    }

    [Fact]
    public void Readings_with_a_clock_of_1970_or_far_ahead_are_counted_and_not_used()
    {
        Beat(10, 3);
        site.Give(Power, 999, atMs: 5_000);
        site.Give(Power, 999, atMs: site.NowMs + 3_600_000);

        Assert.Equal(100, Sample().Value);
        Assert.Equal(2, site.State.WrongTimes);
    }

    [Fact]
    public void A_reading_stamped_a_little_ahead_does_not_hide_the_right_ones_behind_it()
    {
        Beat(10, 3);
        site.Give(Power, 111, atMs: site.NowMs + 120_000);
        site.NowMs += 10_000;
        site.Snapshot();
        site.Give(Power, 222);

        Assert.Equal(222, Sample().Value);
    }

    [Fact]
    public void Eco_is_inferred_from_bypass_only_when_allowed_efficient_and_lasting()
    {
        UpsBeat(mode: 1, input: 100, output: 95);
        Assert.Equal((UpsSource.Mains, UpsTopology.Vfi, UpsReason.Normal), Ups());

        site.NowMs += 1000;
        UpsBeat(mode: 5, input: 100, output: 99);
        Assert.Equal((UpsSource.Bypass, UpsTopology.Vfd, UpsReason.Unknown), Ups());

        for (var minute = 0; minute < 6; minute++)
        {
            site.NowMs += 60_000;
            UpsBeat(mode: 5, input: 100, output: 99);
            Ups();
        }

        var state = Assert.Single(site.Snapshot().UpsStates);
        Assert.Equal((UpsReason.Eco, UpsConfidence.Inferred, true), (state.Reason, state.Confidence, state.Changed));

        site.NowMs += 1000;
        UpsBeat(mode: 5, input: 100, output: 99, alarm: 2);
        Assert.Equal((UpsSource.Bypass, UpsTopology.Vfd, UpsReason.Unknown), Ups());
    }

    [Fact]
    public void Eco_that_the_device_reports_is_a_state_of_its_own()
    {
        UpsBeat(mode: 2, input: 100, output: 99);

        var state = Assert.Single(site.Snapshot().UpsStates);
        Assert.Equal((UpsSource.Bypass, UpsTopology.Vfd, UpsReason.Eco, UpsConfidence.Reported), (state.Source, state.Topology, state.Reason, state.Confidence));
    }

    [Fact]
    public void Apply_takes_readings_whose_series_object_is_not_the_interned_one()
    {
        for (var i = 0; i < 20; i++)
        {
            site.State.Apply([new Reading(new Series("pdu-a", "power.active", null), TestSite.Start + i, i, Quality.Good)], historical: false);
        }

        Assert.Equal(19, Sample().Value);
        Assert.Single(site.Snapshot().Device("pdu-a")!.Samples);
    }

    private (UpsSource Source, UpsTopology Topology, UpsReason Reason) Ups()
    {
        var state = Assert.Single(site.Snapshot().UpsStates);
        return (state.Source, state.Topology, state.Reason);
    }

    private void UpsBeat(double mode, double input, double output, double alarm = 0)
    {
        site.Give("ups/ups.mode", mode);
        site.Give("ups/state.alarm", alarm);
        site.Give("ups/power.active.input", input);
        site.Give("ups/power.active.output", output);
    }

    private void Born(string agent, string device, string kind, params string[] series) => site.State.DeviceBorn(new DeviceInfo(
        agent, device, kind, null, null, null, null, null,
        [.. series.Select(one => Series.FromMetricPath(device, one[(device.Length + 1)..]))], new Dictionary<string, string>()));

    private void Beat(int intervalSeconds, int times)
    {
        for (var i = 0; i < times; i++)
        {
            site.NowMs += intervalSeconds * 1000;
            site.Snapshot();
            site.Give(Power, 100);
        }
    }

    private SeriesSample Sample()
    {
        Assert.True(site.Snapshot().TryInput(new Series("pdu-a", "power.active", null), out var sample));
        return sample;
    }
}
