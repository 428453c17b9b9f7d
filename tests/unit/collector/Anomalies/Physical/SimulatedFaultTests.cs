using EdgeDcim.Benchmarks.Faults;
using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Anomalies.Physical;
using EdgeDcim.Simulator.Physics;
using Xunit;

namespace EdgeDcim.Collector.Tests.Anomalies.Physical;

/// <summary>The detectors in a simulated hall: silent through a sound day, and right about what is broken in it. The long form is among the benchmarks.</summary>
public sealed class SimulatedFaultTests(LearntHall hall) : IClassFixture<LearntHall>
{
    [Fact]
    public void Sound_day_after_learning_raises_nothing() => Assert.Empty(hall.SoundDay);

    [Fact]
    public void Pump_trip_is_found_within_five_seconds()
    {
        var (raised, delay) = Break(FaultKind.PumpTrip, "cdu-1", 2, TimeSpan.FromMinutes(5), stepSeconds: 1);
        Assert.Equal("pump_trip", raised.Cause);
        Assert.InRange(delay.TotalSeconds, 0, 5);
    }

    [Theory]
    [InlineData(20, 10)]
    [InlineData(2, 240)]
    public void Leak_is_found_within_its_time_and_is_never_called_anything_else(double litresPerHour, int minutes)
    {
        var (raised, delay) = Break(FaultKind.Leak, "cdu-2", litresPerHour, TimeSpan.FromHours(4));
        Assert.Equal(("cdu-2", "leak"), (raised.Subject, raised.Cause));
        Assert.InRange(delay.TotalMinutes, 0, minutes);
    }

    [Fact]
    public void Flow_meter_that_reads_ten_percent_low_is_named_within_an_hour_and_not_taken_for_a_clog()
    {
        var (raised, delay) = Break(FaultKind.SensorGain, "cdu-1/flow/secondary", -10, TimeSpan.FromHours(2));
        Assert.Equal("flow_sensor_secondary", raised.Cause);
        Assert.InRange(delay.TotalMinutes, 0, 60);
    }

    [Fact]
    public void Chiller_trip_is_one_alarm_and_not_one_for_everything_behind_it()
    {
        var site = hall.Broken(5);
        site.Outdoor = 32;
        LearntHall.Settle(site);
        site.Inject(FaultKind.ChillerTrip, "chiller", 100);
        var raised = new List<AnomalyChange>();
        for (var i = 0; i < 240; i++)
        {
            raised.AddRange(site.Step().Where(change => change.State == AnomalyState.Anomalous));
        }

        Assert.Equal(("chiller", "chiller_trip"), (Assert.Single(raised).Subject, raised[0].Cause));
    }

    private (AnomalyChange First, TimeSpan Delay) Break(FaultKind kind, string at, double size, TimeSpan within, double stepSeconds = 5)
    {
        var site = hall.Broken(stepSeconds);
        LearntHall.Settle(site);
        site.Inject(kind, at, size);
        var onset = site.NowMs;
        while (site.NowMs < onset + (long)within.TotalMilliseconds)
        {
            if (site.Step().FirstOrDefault(change => change.State == AnomalyState.Anomalous) is { } raised)
            {
                return (raised, TimeSpan.FromMilliseconds(raised.AtMs - onset));
            }
        }

        Assert.Fail($"{kind} at {at} was not found within {within}");
        throw new InvalidOperationException();
    }
}

/// <summary>Two days of learning and one of silence, simulated once for all tests.</summary>
public sealed class LearntHall
{
    private const int Seed = 11;
    private const long DayMs = 86_400_000;
    private static readonly DetectorFactory[] Detectors = [PhysicalDetectors.Create];

    private readonly HallFeed feed = new();
    private readonly List<(string Name, string Subject, byte[] State)> learnt;

    public LearntHall()
    {
        var site = new SimulatedSite(feed, Detectors, Seed, 10, SimulatedSite.Monday);
        while (site.NowMs < SimulatedSite.Monday + (2 * DayMs))
        {
            site.Step();
        }

        while (site.NowMs < SimulatedSite.Monday + (3 * DayMs))
        {
            SoundDay.AddRange(site.Step().Where(change => change.State == AnomalyState.Anomalous).Select(change => $"{change.Detector} {change.Subject}: {change.Evidence}"));
        }

        learnt = [.. site.Engine.Save()];
    }

    internal List<string> SoundDay { get; } = [];

    /// <summary>The same hall three days on, with what was learnt.</summary>
    internal SimulatedSite Broken(double stepSeconds)
    {
        var site = new SimulatedSite(feed, Detectors, Seed, stepSeconds, SimulatedSite.Monday + (3 * DayMs) + (9 * 3_600_000));
        foreach (var (name, subject, state) in learnt)
        {
            site.Engine.Restore(name, subject, state);
        }

        return site;
    }

    internal static void Settle(SimulatedSite site)
    {
        var until = site.NowMs + 1_800_000;
        while (site.NowMs < until)
        {
            Assert.DoesNotContain(site.Step(), change => change.State == AnomalyState.Anomalous);
        }
    }
}
