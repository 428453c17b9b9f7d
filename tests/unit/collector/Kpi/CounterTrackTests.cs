using CsCheck;
using EdgeDcim.Collector.Kpi;
using Xunit;

namespace EdgeDcim.Collector.Tests.Kpi;

/// <summary>Counter cases of the field: a 10 kW meter read every ten seconds, 1/36 kWh a reading, unless a case says otherwise.</summary>
public sealed class CounterTrackTests
{
    private const long Start = 1_772_452_800_000;
    private const double Step = 10.0 / 360;

    [Fact]
    public void Energy_of_a_steady_counter_is_its_difference_and_fully_covered()
    {
        var track = Steady(new CounterTrack(TrackKind.Counter, 10, null), 0, 360);

        var hour = track.Energy(Start, Start + 3_600_000);

        Assert.Equal(10, hour.Amount, 9);
        Assert.Equal(3_600_000, hour.CoveredMs);
        Assert.Equal(0, hour.Estimated);
    }

    [Fact]
    public void Energy_inside_a_step_is_shared_out_by_time()
    {
        var track = Steady(new CounterTrack(TrackKind.Counter, 10, null), 0, 360);

        Assert.Equal(10.0 / 3600 * 7, track.Energy(Start + 13_000, Start + 20_000).Amount, 9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(30)]
    [InlineData(300)]
    public void Energy_across_readings_of_zero_is_the_difference_around_them(int zeros)
    {
        var track = new CounterTrack(TrackKind.Counter, 10, null);
        Steady(track, 0, 100);
        for (var i = 1; i <= zeros; i++)
        {
            track.Record(At(100 + i), 0);
        }

        Steady(track, 101 + zeros, 500);
        track.Settle();

        Assert.Equal(500 * Step, track.Energy(Start, At(500)).Amount, 9);
        Assert.Equal(500 * 10_000, track.Energy(Start, At(500)).CoveredMs);
        Assert.True(track.Result.Rejected >= 1);
    }

    [Fact]
    public void Energy_of_a_first_reading_of_zero_does_not_book_the_lifetime_total()
    {
        var track = new CounterTrack(TrackKind.Counter, 10, null);
        track.Record(At(-1), 0);
        Steady(track, 0, 60, offset: 53_700_000);
        track.Settle();

        Assert.Equal(60 * Step, track.Energy(At(-10), At(60)).Amount, 6);
    }

    [Fact]
    public void Energy_of_a_first_reading_of_zero_without_any_rating_does_not_book_the_lifetime_total()
    {
        var track = new CounterTrack(TrackKind.Counter, null, null);
        track.Record(At(-1), 0);
        Steady(track, 0, 60, offset: 53_700_000);
        track.Settle();

        Assert.Equal(60 * Step, track.Energy(At(-10), At(60)).Amount, 6);
    }

    [Fact]
    public void Energy_across_a_reset_loses_at_most_the_reading_before_it()
    {
        var track = Steady(new CounterTrack(TrackKind.Counter, 10, null), 0, 100);

        // Reset between readings 100 and 101: the register shows what was counted since.
        Steady(track, 101, 300, offset: -100.5 * Step);
        track.Settle();

        var energy = track.Energy(Start, At(300)).Amount;
        Assert.InRange(energy, 299 * Step, 300 * Step);
        Assert.Equal(1, track.Result.Resets);
    }

    [Fact]
    public void Energy_after_a_drop_is_not_booked_before_the_counter_has_grown()
    {
        var track = Steady(new CounterTrack(TrackKind.Counter, 10, null), 0, 100, offset: 5000);
        track.Record(At(101), 0.01);
        track.Settle();

        Assert.Equal(100 * Step, track.Energy(Start, At(400)).Amount, 9);
        Assert.Equal(At(101), track.Result.PendingSince!.Value.AtMs);
    }

    [Theory]
    [InlineData(65_536, 1)]
    [InlineData(4_294_967_296, 0.001)]
    [InlineData(8_388_608, 0.001)]
    public void Energy_across_a_declared_roll_over_is_exact(long counts, double kilowattHoursPerCount)
    {
        var modulus = counts * kilowattHoursPerCount;
        var track = new CounterTrack(TrackKind.Counter, 6 * 3600, modulus);

        // 10 000 kW in steps of the register, rolling over in the middle.
        for (var i = 0; i < 100; i++)
        {
            var register = Math.Floor((modulus - 1400 + (i * 10_000.0 / 360)) / kilowattHoursPerCount) % counts;
            track.Record(At(i), register * kilowattHoursPerCount);
        }

        track.Settle();

        Assert.Equal(99 * 10_000.0 / 360, track.Energy(Start, At(99)).Amount, kilowattHoursPerCount + 1e-6);
        Assert.Equal(0, track.Result.Resets);
    }

    [Fact]
    public void Energy_of_a_zero_blip_just_before_a_roll_over_is_not_booked_as_roll_over()
    {
        var modulus = 8388.608;
        var track = Steady(new CounterTrack(TrackKind.Counter, 10, modulus), 0, 50, offset: modulus - (120 * Step));
        track.Record(At(51), 0);
        Steady(track, 52, 110, offset: modulus - (120 * Step));
        track.Settle();

        Assert.Equal(110 * Step, track.Energy(Start, At(110)).Amount, 6);
    }

    [Fact]
    public void Energy_across_a_roll_over_that_was_not_declared_is_treated_as_reset_and_invents_nothing()
    {
        var track = Steady(new CounterTrack(TrackKind.Counter, 10, null), 0, 100, offset: 8388.608 - (100 * Step));
        Steady(track, 101, 300, offset: -100 * Step);
        track.Settle();

        Assert.InRange(track.Energy(Start, At(300)).Amount, 298 * Step, 300 * Step);
    }

    [Fact]
    public void Energy_of_a_step_back_by_one_count_is_zero()
    {
        var track = new CounterTrack(TrackKind.Counter, 10, null);
        double[] register = [100.0, 100.1, 100.2, 100.1, 100.2, 100.3, 100.2, 100.3, 100.4];
        for (var i = 0; i < register.Length; i++)
        {
            track.Record(At(i * 4), register[i]);
        }

        track.Settle();

        Assert.Equal(0.4, track.Energy(Start, At(32)).Amount, 9);
        Assert.Equal(32 * 10_000, track.Energy(Start, At(32)).CoveredMs);
    }

    [Fact]
    public void Energy_of_a_rise_beyond_what_the_meter_can_do_is_left_out()
    {
        var track = Steady(new CounterTrack(TrackKind.Counter, 10, null), 0, 100, offset: 1000);
        track.Record(At(101), 99_999_999);
        Steady(track, 102, 200, offset: 1000);
        track.Settle();

        Assert.Equal(200 * Step, track.Energy(Start, At(200)).Amount, 9);
    }

    [Fact]
    public void Energy_of_a_peak_within_the_bound_is_given_up_when_the_line_goes_on_below_it()
    {
        var track = Steady(new CounterTrack(TrackKind.Counter, 10_000, null), 0, 100, offset: 1000);
        track.Record(At(101), 1020);
        Steady(track, 102, 200, offset: 1000);
        track.Settle();

        Assert.Equal(200 * Step, track.Energy(Start, At(200)).Amount, 9);
    }

    [Fact]
    public void Energy_across_a_changed_meter_is_counted_on_both_sides_and_not_across()
    {
        var track = Steady(new CounterTrack(TrackKind.Counter, 10, null), 0, 100, offset: 1000);
        Steady(track, 101, 300, offset: 777_000);
        track.Settle();

        var span = track.Energy(Start, At(300));
        // Of the minute in which the meter was changed, the readings between its first and its last are not kept.
        Assert.InRange(span.Amount, (100 + 199 - 6) * Step, (100 + 199) * Step);
        Assert.Equal(span.Amount / Step * 10_000, span.CoveredMs, 1.0);
    }

    [Fact]
    public void Energy_of_a_gap_is_booked_in_whole_and_marked_estimated()
    {
        var track = Steady(new CounterTrack(TrackKind.Counter, 10, null), 0, 100);
        Steady(track, 820, 920);
        track.Settle();

        var span = track.Energy(Start, At(920));
        Assert.Equal(920 * Step, span.Amount, 9);
        Assert.Equal(720 * Step, span.Estimated, 9);
        Assert.Equal(920 * 10_000, span.CoveredMs);
    }

    [Fact]
    public void Energy_of_readings_whose_clock_jumped_back_an_hour_is_not_counted_twice()
    {
        var track = Steady(new CounterTrack(TrackKind.Counter, 10, null), 0, 720);

        // For ten minutes the agent stamps an hour too early; then its clock is right again.
        for (var i = 721; i <= 780; i++)
        {
            track.Record(At(i - 360) + 3_000, i * Step);
        }

        Steady(track, 781, 900);
        track.Settle();

        Assert.Equal(900 * Step, track.Energy(Start, At(900)).Amount, 9);
        Assert.Equal(360 * Step, track.Energy(At(300), At(660)).Amount, 0.05);
    }

    [Fact]
    public void Energy_of_power_that_is_integrated_is_the_area_and_leaves_gaps_out()
    {
        var track = new CounterTrack(TrackKind.Integrated, null, null);
        for (var i = 0; i <= 720; i++)
        {
            if (i is < 300 or > 420)
            {
                track.Record(At(i), 1000 + i);
            }
        }

        track.Settle();

        var span = track.Energy(At(0), At(720));
        Assert.Equal((720 - 122) * 10_000, span.CoveredMs);
        Assert.Equal((299 * 10 * (1000 + 149.5) / 3.6e6) + (299 * 10 * (1421 + 149.5) / 3.6e6), span.Amount, 9);
        Assert.Equal(span.Amount, span.Estimated, 9);
    }

    [Fact]
    public void Energy_does_not_depend_on_the_order_in_which_readings_come_and_repeats_change_nothing() =>
        Gen.Select(Gen.Int[20, 200], Gen.Int[0, 5], Gen.Int[0, 1_000_000]).Sample(
            (count, faults, seed) =>
            {
                var random = new Random(seed);
                var readings = new List<CounterPoint>();
                var value = random.NextDouble() * 1000;
                var at = Start;
                for (var i = 0; i < count; i++)
                {
                    at += 1000 * random.Next(5, random.Next(2) == 0 ? 20 : 4000);
                    value += random.NextDouble() * 0.02;
                    readings.Add(new CounterPoint(at, value));
                }

                for (var i = 0; i < faults; i++)
                {
                    var hit = random.Next(count);
                    readings[hit] = readings[hit] with { Value = random.Next(3) switch { 0 => 0, 1 => 1e6, _ => readings[hit].Value / 2 } };
                }

                var inOrder = Total(readings, random, shuffles: 0);
                Assert.Equal(inOrder, Total(readings, random, shuffles: 1));
                Assert.Equal(inOrder, Total(readings, random, shuffles: 2));
                return true;
            },
            iter: 300);

    private static (double, double, long) Total(List<CounterPoint> readings, Random random, int shuffles)
    {
        var track = new CounterTrack(TrackKind.Counter, 100, null);
        for (var round = 0; round < Math.Max(1, shuffles); round++)
        {
            var order = readings.ToArray();
            if (shuffles > 0)
            {
                random.Shuffle(order);
            }

            foreach (var reading in order)
            {
                track.Record(reading.AtMs, reading.Value);
                if (random.Next(10) == 0)
                {
                    track.Settle();
                }
            }
        }

        track.Settle();
        var span = track.Energy(readings[0].AtMs - 1, readings[^1].AtMs + 1);
        return (Math.Round(span.Amount, 6), Math.Round(span.Estimated, 6), span.CoveredMs);
    }

    private static long At(int reading) => Start + (reading * 10_000L);

    private static CounterTrack Steady(CounterTrack track, int from, int to, double offset = 0)
    {
        for (var i = from; i <= to; i++)
        {
            track.Record(At(i), offset + (i * Step));
        }

        track.Settle();
        return track;
    }
}
