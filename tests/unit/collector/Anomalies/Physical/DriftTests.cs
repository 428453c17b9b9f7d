using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Anomalies.Physical;
using Xunit;

namespace EdgeDcim.Collector.Tests.Anomalies.Physical;

public sealed class DriftTests
{
    private const long Start = 1_700_000_000_000;

    [Fact]
    public void Drift_learns_a_day_and_then_measures_against_its_middle()
    {
        var drift = new Drift(new DriftLimits(300, 0.05));
        var now = Feed(drift, Start, 25, 0.10);
        Assert.False(drift.IsLearning);
        Assert.Equal(0, drift.Z, 0.05);
        Feed(drift, now, 1, 0.20);

        // 0.10 more than usual at a limit of 0.05.
        Assert.Equal(2, drift.Z, 0.05);
    }

    [Fact]
    public void Drift_cannot_judge_before_it_has_learnt_but_for_what_is_absolutely_wrong()
    {
        var relative = new Drift(new DriftLimits(300, 0.05));
        var absolute = new Drift(new DriftLimits(300, 0.05));
        Feed(relative, Start, 2, 0.3);
        for (var s = 0; s < 7200; s += 5)
        {
            absolute.Take(0.3, new Moment(Start + (s * 1000L), false), true, standardUncertainty: 0.05);
        }

        // Three standard uncertainties.
        Assert.True(double.IsNaN(relative.Z));
        Assert.Equal(2, absolute.Z, 0.01);
    }

    [Fact]
    public void Drift_of_a_noisy_residual_has_a_limit_of_six_spreads()
    {
        var drift = new Drift(new DriftLimits(10, 0.001));
        Feed(drift, Start, 25, 0, s => 0.1 * Math.Sin(s * 0.7) * Math.Sin(s * 0.013));
        Assert.True(drift.Limit > 0.01);
    }

    [Fact]
    public void Drift_that_is_saved_and_loaded_goes_on_where_it_was()
    {
        var drift = new Drift(new DriftLimits(300, 0.05));
        var now = Feed(drift, Start, 25, 0.10);
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            drift.Save(writer);
        }

        memory.Position = 0;
        var again = new Drift(new DriftLimits(300, 0.05));
        using var reader = new BinaryReader(memory);
        again.Load(reader);
        Feed(drift, now, 1, 0.17);
        Feed(again, now, 1, 0.17);
        Assert.Equal(drift.Z, again.Z, 9);
    }

    private static long Feed(Drift drift, long from, double hours, double value, Func<double, double>? ripple = null)
    {
        for (var s = 0; s < hours * 3600; s += 5)
        {
            drift.Take(value + (ripple?.Invoke(s) ?? 0), new Moment(from + (s * 1000L), false), true);
        }

        return from + (long)(hours * 3_600_000);
    }
}
