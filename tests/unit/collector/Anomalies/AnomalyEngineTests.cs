using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Anomalies.Model;
using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Collector.Tests.Anomalies;

public sealed class AnomalyEngineTests
{
    private static readonly Series Flow = new("cdu-1", "flow", "secondary");

    [Fact]
    public void A_score_above_its_limit_raises_once_and_clears_once()
    {
        var engine = Engine();
        Assert.Empty(Feed(engine, 1_000, 10));
        var raised = Assert.Single(Feed(engine, 2_000, 200));
        Assert.Equal(("above", "cdu-1", AnomalyState.Anomalous), (raised.Detector, raised.Subject, raised.State));
        Assert.Empty(Feed(engine, 3_000, 210));
        Assert.Single(engine.Raised);
        var cleared = Assert.Single(Feed(engine, 4_000, 10));
        Assert.Equal(AnomalyState.Normal, cleared.State);
        Assert.Empty(engine.Raised);
    }

    [Fact]
    public void Readings_that_are_late_or_repeated_or_unknown_change_nothing()
    {
        var engine = Engine();
        Feed(engine, 5_000, 10);
        Assert.Empty(Feed(engine, 5_000, 500));
        Assert.Empty(Feed(engine, 4_000, 500));
        engine.Take(new Reading(new Series("nobody", "flow", null), 6_000, 500, Quality.Good));
        Assert.Empty(engine.Tick(6_000));
        Assert.Equal(1, engine.Unknown);
    }

    [Fact]
    public void Absent_data_neither_raises_nor_clears()
    {
        var engine = Engine();
        Assert.Single(Feed(engine, 1_000, 200));
        engine.Take(Reading.Missing(Flow, 2_000));
        Assert.Empty(engine.Tick(2_000));
        Assert.Single(engine.Raised);
    }

    [Fact]
    public void Training_learns_and_raises_nothing()
    {
        var engine = Engine();
        engine.Training = true;
        Assert.Empty(Feed(engine, 1_000, 200));
        engine.Training = false;
        Assert.Single(Feed(engine, 2_000, 200));
    }

    [Fact]
    public void A_reset_forgets_the_alarm()
    {
        var engine = Engine();
        Feed(engine, 1_000, 200);
        Assert.True(engine.Reset("above", "cdu-1"));
        Assert.False(engine.Reset("above", "cdu-2"));
        Assert.Empty(engine.Raised);
        Assert.Single(Feed(engine, 2_000, 200));
    }

    [Fact]
    public void What_was_learnt_and_raised_survives_a_restart()
    {
        var engine = Engine();
        Feed(engine, 1_000, 200);
        var next = new AnomalyEngine(null, Factory);
        foreach (var (name, subject, state) in engine.Save())
        {
            next.Restore(name, subject, state);
        }

        next.Announce("cdu-1", "cdu", [Flow]);
        Assert.Equal(AnomalyState.Normal, Assert.Single(Feed(next, 2_000, 10)).State);
    }

    [Fact]
    public void A_device_that_comes_back_with_more_series_keeps_its_detectors()
    {
        var engine = Engine();
        Feed(engine, 1_000, 200);
        engine.Announce("cdu-1", "cdu", [Flow, new Series("cdu-1", "level", null)]);
        Assert.Empty(Feed(engine, 2_000, 200));
        Assert.Single(engine.Raised);
    }

    private static AnomalyEngine Engine()
    {
        var engine = new AnomalyEngine(null, Factory);
        engine.Announce("cdu-1", "cdu", [Flow]);
        return engine;
    }

    private static IEnumerable<Detector> Factory(CoolingModel model) =>
        model.Units.Select(unit => new Above(unit.Id, unit.SecondarySide.Flow!));

    private static IReadOnlyList<AnomalyChange> Feed(AnomalyEngine engine, long atMs, double value)
    {
        engine.Take(new Reading(Flow, atMs, value, Quality.Good));
        return engine.Tick(atMs);
    }

    private sealed class Above(string subject, Signal signal) : Detector("above", subject, HysteresisLimits.Default, [signal])
    {
        public override DetectorPhase Phase => DetectorPhase.Watching;

        public override string Baseline => "100";

        protected override double Judge(in Moment moment) => signal.IsLive(moment.NowMs) ? signal.Value / 100 : double.NaN;

        protected override Finding Explain(long nowMs) => new("too much", 1, $"{signal} is {Spell.Number(signal.Value)}");

        protected override void Forget()
        {
        }

        protected override void SaveLearnt(BinaryWriter writer)
        {
        }

        protected override void LoadLearnt(BinaryReader reader)
        {
        }
    }
}
