using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Collector.Tests.Anomalies;

public sealed class StatisticalDetectorTests
{
    private const long Start = 1_700_000_000_000;
    private readonly AnomalyEngine engine = new(null, DetectorCatalog.All);
    private readonly Noise noise = new(7);
    private readonly List<AnomalyChange> changes = [];
    private long now = Start;

    [Fact]
    public void A_flow_that_falls_by_a_fifth_is_found_within_twenty_seconds_and_is_named()
    {
        Announce("loop", "cooling_loop", new Series("loop", "flow", null), new Series("loop", "pressure.fluid", null));
        Train(400, Sound);
        Run(300, Sound);
        Assert.Empty(changes);
        var onset = now;
        Run(60, () => [100 * 0.8 + noise.Next(), 200 + (2 * noise.Next())]);
        var raised = Assert.Single(changes);
        Assert.Equal(("shift", "loop", "flow low"), (raised.Detector, raised.Subject, raised.Cause));
        Assert.InRange(raised.AtMs - onset, 1, 20_000);
        Assert.Contains("from its level", raised.Evidence, StringComparison.Ordinal);
        Run(200, Sound);
        Assert.Equal(AnomalyState.Normal, changes[^1].State);

        double[] Sound() => [100 + noise.Next(), 200 + (2 * noise.Next())];
    }

    [Fact]
    public void Three_hours_of_sound_data_are_silent_although_levels_wander()
    {
        Announce("loop", "cooling_loop", new Series("loop", "flow", null), new Series("loop", "pressure.fluid", null), new Series("loop", "temperature.fluid", null));
        var (a, b) = (0.0, 0.0);
        Train(600, Sound);
        Run(10_000, Sound);
        Assert.Empty(changes);

        double[] Sound()
        {
            a = (0.999 * a) + (0.02 * noise.Next());
            b += 0.01 * noise.Next();
            return [100 + a + noise.Next(), Math.Round(200 + noise.Next()), 25 + b];
        }
    }

    [Fact]
    public void A_frozen_temperature_is_found_and_a_resting_pump_and_a_coarse_sensor_are_not()
    {
        Announce("plant", "cooling_loop", new Series("plant", "temperature.outdoor", null), new Series("plant", "flow", null), new Series("plant", "temperature.ambient", null));
        var (t, rest) = (20.0, false);
        Train(600, Sound, 600);
        Run(300, Sound, 600);
        Assert.DoesNotContain(changes, change => change.Detector == "stuck");
        rest = true;
        Run(100, Sound, 600);
        Assert.DoesNotContain(changes, change => change.Detector == "stuck");
        var (frozen, onset) = (t, now);
        Run(60, () => [Math.Round(frozen, 1), 0, Sound()[2]], 600);
        var raised = Assert.Single(changes, change => change.Detector == "stuck" && change.State == AnomalyState.Anomalous);
        Assert.Contains("temperature.outdoor", raised.Evidence, StringComparison.Ordinal);
        Assert.InRange(raised.AtMs - onset, 3_600_000, 6 * 3_600_000);

        double[] Sound()
        {
            t += (0.02 * (20 - t)) + (0.2 * noise.Next());
            return [Math.Round(t, 1), rest ? 0 : 100 + noise.Next(), Math.Round(20 + (0.5 * noise.Next()))];
        }
    }

    [Fact]
    public void A_sensor_that_drops_out_to_one_number_is_found_and_clears()
    {
        Announce("room", "sensor", new Series("room", "temperature.ambient", null));
        Train(300, Sound, 60);
        Run(1, Sound, 60);
        Run(3, () => [0], 60);
        var raised = Assert.Single(changes, change => change.Detector == "drop_out");
        Assert.Equal(("sensor drop-out", AnomalyState.Anomalous), (raised.Cause, raised.State));
        Run(1, Sound, 60);
        Assert.Equal(AnomalyState.Normal, changes.Last(change => change.Detector == "drop_out").State);

        double[] Sound() => [22 + (0.5 * noise.Next())];
    }

    [Fact]
    public void A_condenser_that_fouls_by_a_tenth_is_found_by_its_approach_while_load_and_water_vary()
    {
        var parts = new[] { "evaporator", "condenser" };
        Announce("ch", "chiller", [.. parts.SelectMany(part => new[] { new Series("ch", "temperature.supply", part), new Series("ch", "temperature.return", part) }),
            new("ch", "heat.removed", null), new("ch", "temperature.approach", "condenser"), new("ch", "power.active", null)]);
        var (row, fouling) = (0, 1.0);
        Train(3000, Machine, 10);
        Run(1500, Machine, 10);
        Assert.DoesNotContain(changes, change => change.Detector == "condenser_approach");
        fouling = 1.1;
        Run(3000, Machine, 10);
        var raised = Assert.Single(changes, change => change.Detector == "condenser_approach" && change.State == AnomalyState.Anomalous);
        Assert.Equal("condenser fouling", raised.Cause);

        double[] Machine()
        {
            var point = row++ / 100;
            var load = 150_000 + (50_000 * ((point * 7) % 5));
            var water = 18 + (3 * ((point * 3) % 4));
            var rise = load * 1.2 / 70_000;
            return [7 + (0.02 * noise.Next()), 7 + (load / 50_000.0), water + (0.02 * noise.Next()), water + rise, load, (load / 100_000.0 * fouling) + (0.03 * noise.Next()), load / 5.0];
        }
    }

    [Fact]
    public void A_sensor_that_says_what_cannot_be_three_times_is_found_and_one_corrupt_sample_is_not()
    {
        Announce("room", "sensor", new Series("room", "temperature.ambient", null), new Series("room", "humidity.relative", null));
        Train(100, Sound, 60);
        Say(4.1e13);
        Run(3, Sound, 60);
        Assert.Empty(changes);
        for (var i = 0; i < 3; i++)
        {
            Say(999);
        }

        var raised = Assert.Single(changes);
        Assert.Equal(("out_of_range", "sensor fault"), (raised.Detector, raised.Cause));
        Assert.Contains("cannot be", raised.Evidence, StringComparison.Ordinal);
        Run(1, Sound, 60);
        Assert.Equal(AnomalyState.Normal, changes[^1].State);

        double[] Sound() => [22 + (0.1 * noise.Next()), 45 + noise.Next()];

        void Say(double value)
        {
            now += 60_000;
            engine.Take(new Reading(known[0], now, value, Quality.Suspect));
            engine.Take(new Reading(known[1], now, 45 + noise.Next(), Quality.Good));
            changes.AddRange(engine.Tick(now));
        }
    }

    [Fact]
    public void Supply_and_return_that_change_places_are_found_after_ten_minutes_and_a_load_that_goes_is_not()
    {
        Announce("row", "in_row", new Series("row", "temperature.supply", null), new Series("row", "temperature.return", null));
        var (load, swapped) = (1.0, false);
        Train(200, Sound, 60);
        load = 0;
        Run(60, Sound, 60);
        load = 1;
        Run(60, Sound, 60);
        Assert.DoesNotContain(changes, change => change.Detector == "swapped");
        (swapped, var onset) = (true, now);
        Run(30, Sound, 60);
        var raised = Assert.Single(changes, change => change.Detector == "swapped");
        Assert.InRange(raised.AtMs - onset, 600_000, 720_000);

        double[] Sound()
        {
            var (supply, back) = (20 + (0.1 * noise.Next()), 20 + (8 * load) + (0.1 * noise.Next()));
            return swapped ? [back, supply] : [supply, back];
        }
    }

    [Fact]
    public void A_machine_that_strays_from_its_siblings_is_found_although_the_weather_moves_them_all()
    {
        known = [.. Enumerable.Range(0, 7).Select(i => new Series($"tower-{i}", "temperature.supply", null))];
        foreach (var series in known)
        {
            engine.Announce(series.Device, "cooling_tower", [series]);
        }

        var (weather, sick) = (0.0, 0.0);
        Train(400, Sound, 60);
        Run(300, Sound, 60);
        Assert.DoesNotContain(changes, change => change.Detector.StartsWith("siblings", StringComparison.Ordinal));
        sick = 4;
        Run(40, Sound, 60);
        var raised = Assert.Single(changes, change => change.Detector.StartsWith("siblings", StringComparison.Ordinal));
        Assert.Equal("tower-3", raised.Subject);

        double[] Sound()
        {
            weather += 0.3 * noise.Next();
            return [.. known.Select((_, i) => 25 + (0.1 * i) + weather + (0.1 * noise.Next()) + (i == 3 ? sick : 0))];
        }
    }

    [Fact]
    public void What_was_learnt_is_on_disk_and_a_restart_judges_at_once()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("edgedcim-anomalies-").FullName, "anomalies.db");
        Series[] loop = [new Series("loop", "flow", null), new Series("loop", "pressure.fluid", null)];
        Announce("loop", "cooling_loop", loop);
        Train(400, () => [100 + noise.Next(), 200 + noise.Next()]);
        using (var store = AnomalyStore.Open(file))
        {
            store.SaveAll(engine);
        }

        var next = new AnomalyEngine(null, DetectorCatalog.All);
        using (var store = AnomalyStore.Open(file))
        {
            store.Load(next);
        }

        next.Announce("loop", "cooling_loop", loop);
        var found = new List<AnomalyChange>();
        for (var i = 0; i < 60; i++)
        {
            now += 1000;
            next.Take(new Reading(loop[0], now, 80 + noise.Next(), Quality.Good));
            next.Take(new Reading(loop[1], now, 200 + noise.Next(), Quality.Good));
            found.AddRange(next.Tick(now));
        }

        Assert.Equal("shift", Assert.Single(found).Detector);
    }

    [Fact]
    public void A_device_that_comes_back_with_other_signals_learns_anew_instead_of_misreading_what_was_learnt()
    {
        Announce("loop", "cooling_loop", new Series("loop", "flow", null));
        Train(400, () => [100 + noise.Next()]);
        var next = new AnomalyEngine(null, DetectorCatalog.All);
        foreach (var (name, subject, state) in engine.Save())
        {
            next.Restore(name, subject, state);
        }

        next.Announce("loop", "cooling_loop", [new Series("loop", "flow", null), new Series("loop", "level", null)]);
        Assert.Empty(next.Tick(now));
        Assert.Equal(DetectorPhase.Waiting, next.Detectors.First(detector => detector.Name == "shift").Phase);
    }

    private void Announce(string device, string kind, params Series[] series)
    {
        engine.Announce(device, kind, series);
        known = series;
    }

    private Series[] known = [];

    private void Train(int rows, Func<double[]> values, int periodSeconds = 1)
    {
        engine.Training = true;
        Run(rows, values, periodSeconds);
        engine.Training = false;
        Assert.Empty(changes);
    }

    private void Run(int rows, Func<double[]> values, int periodSeconds = 1)
    {
        for (var i = 0; i < rows; i++)
        {
            now += periodSeconds * 1000L;
            var row = values();
            for (var j = 0; j < known.Length; j++)
            {
                engine.Take(new Reading(known[j], now, row[j], Quality.Good));
            }

            changes.AddRange(engine.Tick(now));
        }
    }
}
