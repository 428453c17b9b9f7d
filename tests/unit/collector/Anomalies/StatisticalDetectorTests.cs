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
