using EdgeDcim.Simulator.Physics;
using Xunit;

namespace EdgeDcim.Simulator.Tests.Physics;

public sealed class HallTests
{
    private const double JoulesPerKwh = 3.6e6;

    [Fact]
    public void Step_over_two_hours_turns_every_joule_of_the_utility_into_heat_or_storage()
    {
        var hall = new Hall(seed: 7, startHour: 9);
        var start = hall.Now;
        double rejected = 0, ambient = 0;
        for (var i = 0; i < 2 * 3600 * 4; i++)
        {
            var s = hall.Step();
            rejected += s.Plant.RejectedW * Hall.StepSeconds;
            ambient += s.AmbientHeatW * Hall.StepSeconds;
        }

        var drawn = (hall.Now.Main.ImportKwh - start.Main.ImportKwh) * JoulesPerKwh;
        var left = rejected + ambient + hall.Now.StoredJ - start.StoredJ;
        Assert.InRange(left / drawn, 1 - 1e-6, 1 + 1e-6);
    }

    [Fact]
    public void Step_while_a_ups_discharges_and_charges_again_still_conserves_energy()
    {
        var hall = new Hall(seed: 7, startHour: 9);
        var start = hall.Now;
        double heat = 0;
        for (var i = 0; i < 40 * 60 * 4; i++)
        {
            hall.Controls.Ups["ups-a"] = i is > 600 and < 1800 ? UpsMode.Battery : UpsMode.DoubleConversion;
            var s = hall.Step();
            heat += (s.Plant.RejectedW + s.AmbientHeatW) * Hall.StepSeconds;
        }

        Assert.True(hall.Now.Ups["ups-a"].ChargePercent < 100, "the battery was never used");
        var drawn = (hall.Now.Main.ImportKwh - start.Main.ImportKwh) * JoulesPerKwh;
        Assert.InRange((heat + hall.Now.StoredJ - start.StoredJ) / drawn, 1 - 1e-6, 1 + 1e-6);
    }

    [Fact]
    public void Step_at_any_instant_sums_the_utility_meter_from_its_branches()
    {
        var hall = new Hall(seed: 3, startHour: 15);
        for (var i = 0; i < 400; i++)
        {
            var s = hall.Step();
            var branches = s.Ups.Values.Sum(u => u.Input.ActiveW) + s.CduPumps.ActiveW + s.Tank.ActiveW + s.Chiller.ActiveW + s.Lights.ActiveW;
            var transformer = s.Main.ActiveW - branches;
            Assert.InRange(transformer, 1_100, 9_100);

            foreach (var ups in s.Ups.Values)
            {
                Assert.Equal(ups.Input.ActiveW, ups.Output.ActiveW + ups.LossW, 6);
            }

            var it = s.Pdu.Values.Sum(p => p.ActiveW) + s.TankIt.ActiveW;
            Assert.Equal(s.ItWatts, it, 6);
            Assert.Equal(s.Main.ActiveW / it, s.Pue, 12);
        }
    }

    [Fact]
    public void Step_at_any_instant_closes_the_heat_balance_of_every_loop()
    {
        var hall = new Hall(seed: 5, startHour: 11);
        for (var i = 0; i < 2000; i++)
        {
            var s = hall.Step();
            foreach (var cdu in s.Cdus)
            {
                // 1.03 kg/L x 3974 J/(kg K) and 0.998 kg/L x 4180 J/(kg K), per minute.
                Balance(cdu.HeatW, cdu.SecondaryFlow * 1.03 * 3974 / 60 * (cdu.SecondaryReturn - cdu.SecondarySupply));
                Balance(cdu.PrimaryHeatW, cdu.PrimaryFlow * 0.998 * 4180 / 60 * (cdu.PrimaryReturn - cdu.PrimarySupply));
                Balance(cdu.PrimaryHeatW, cdu.HeatW + cdu.ElectricW);
                Assert.InRange(cdu.Approach, 1.5, 6);
                Assert.InRange(cdu.SecondaryReturn - cdu.SecondarySupply, 7, 13);
            }

            var tank = s.TankLoop;
            Balance(tank.PrimaryHeatW, tank.FluidFlow * 0.82 * 2200 / 60 * (tank.FluidTop - tank.FluidBottom));
            Balance(tank.PrimaryHeatW, tank.PrimaryFlow * 0.998 * 4180 / 60 * (tank.PrimaryReturn - tank.PrimarySupply));
            Balance(s.Plant.HeatW, s.Plant.Flow * 0.998 * 4180 / 60 * (s.Plant.Return - s.Plant.Supply));
        }

        static void Balance(double heat, double loop) => Assert.InRange(loop / heat, 1 - 1e-9, 1 + 1e-9);
    }

    [Fact]
    public void Step_over_a_day_stays_within_the_figures_of_a_real_hall()
    {
        var hall = new Hall(seed: 1, startHour: 0);
        double pueLow = 9, pueHigh = 0, wueLow = 9, wueHigh = 0, total = 0, it = 0, water = hall.Now.WaterM3;
        var step = 0;
        for (; step < 24 * 3600 * 4; step++)
        {
            var s = hall.Step();
            (pueLow, pueHigh) = (Math.Min(pueLow, s.Pue), Math.Max(pueHigh, s.Pue));
            (wueLow, wueHigh) = (Math.Min(wueLow, s.Wue), Math.Max(wueHigh, s.Wue));
            (total, it) = (total + s.Main.ActiveW, it + s.ItWatts);
        }

        Assert.InRange(pueLow, 1.15, 1.25);
        Assert.InRange(pueHigh, 1.25, 1.35);
        Assert.InRange(total / it, 1.2, 1.3);
        Assert.InRange(wueLow, 0.6, 1.0);
        Assert.InRange(wueHigh, 1.3, 1.8);
        var litresPerKwh = (hall.Now.WaterM3 - water) * 1000 / (it * Hall.StepSeconds / JoulesPerKwh);
        Assert.InRange(litresPerKwh, 0.9, 1.5);
        Assert.InRange(total / step, 300_000, 400_000);
    }

    [Fact]
    public void Step_never_lets_a_counter_fall_and_counts_what_the_power_says()
    {
        var hall = new Hall(seed: 11, startHour: 6);
        var before = hall.Now;
        for (var i = 0; i < 4000; i++)
        {
            var s = hall.Step();
            Assert.True(s.Main.ImportKwh > before.Main.ImportKwh);
            Assert.True(s.WaterM3 > before.WaterM3);
            Assert.True(s.CoolingKwh > before.CoolingKwh);
            Assert.Equal(s.Main.ActiveW, (s.Main.ImportKwh - before.Main.ImportKwh) * JoulesPerKwh / Hall.StepSeconds, 0.01);
            Assert.Equal(s.Plant.MakeUpLitresPerHour, (s.WaterM3 - before.WaterM3) * 1000 * 3600 / Hall.StepSeconds, 0.01);
            foreach (var (id, pdu) in s.Pdu)
            {
                Assert.True(pdu.ImportKwh > before.Pdu[id].ImportKwh);
            }

            before = s;
        }
    }

    [Fact]
    public void Step_in_eco_loses_a_quarter_of_double_conversion_and_lowers_pue()
    {
        var hall = new Hall(seed: 2, startHour: 12);
        var online = hall.Now;
        hall.Controls.Ups["ups-a"] = UpsMode.Eco;
        var eco = hall.Step();

        Assert.InRange(online.Ups["ups-a"].LossW / online.Ups["ups-a"].Output.ActiveW, 0.045, 0.055);
        Assert.InRange(eco.Ups["ups-a"].LossW / eco.Ups["ups-a"].Output.ActiveW, 0.009, 0.014);
        Assert.InRange(online.Pue - eco.Pue, 0.015, 0.04);
    }

    [Fact]
    public void Step_on_battery_takes_the_ups_off_the_grid_until_the_battery_is_empty()
    {
        var hall = new Hall(seed: 2, startHour: 12);
        hall.Controls.Ups["ups-a"] = UpsMode.Battery;
        var first = hall.Step();
        Assert.Equal(0, first.Ups["ups-a"].Input.ActiveW, 6);
        var promised = first.Ups["ups-a"].RuntimeS;

        var seconds = 0.0;
        while (hall.Now.Ups["ups-a"].Input.ActiveW < 1)
        {
            hall.Step();
            seconds += Hall.StepSeconds;
            Assert.True(seconds < 3600, "the battery never ran out");
        }

        Assert.InRange(seconds / promised, 0.9, 1.1);
        Assert.InRange(hall.Now.Ups["ups-a"].ChargePercent, 0, 0.1);
    }

    [Fact]
    public void Step_with_the_same_seed_gives_the_same_hall_and_with_another_a_different_one()
    {
        Hall one = new(42, 10), same = new(42, 10), other = new(43, 10);
        for (var i = 0; i < 1000; i++)
        {
            one.Step();
            same.Step();
            other.Step();
        }

        Assert.Equal(one.Now.Main.ActiveW, same.Now.Main.ActiveW);
        Assert.Equal(one.Now.WaterM3, same.Now.WaterM3);
        Assert.NotEqual(one.Now.Main.ActiveW, other.Now.Main.ActiveW);
    }

    [Fact]
    public void Step_with_a_lower_load_factor_settles_at_a_lower_power_and_a_worse_pue()
    {
        Hall full = new(1, 12), half = new(1, 12);
        half.Controls.LoadFactor = 0.5;
        for (var i = 0; i < 1200; i++)
        {
            full.Step();
            half.Step();
        }

        Assert.InRange(half.Now.ItWatts / full.Now.ItWatts, 0.49, 0.51);
        Assert.True(half.Now.Pue > full.Now.Pue + 0.01, $"half load {half.Now.Pue}, full load {full.Now.Pue}");
    }

    [Fact]
    public void Step_in_heat_costs_more_compressor_and_more_water_than_in_frost()
    {
        Hall hot = new(1, 12), cold = new(1, 12);
        (hot.Controls.OutdoorCelsius, hot.Controls.OutdoorDewPoint) = (34, 18);
        cold.Controls.OutdoorCelsius = -5;
        for (var i = 0; i < 400; i++)
        {
            hot.Step();
            cold.Step();
        }

        Assert.Equal(0, cold.Now.Plant.CompressorW, 1);
        Assert.True(hot.Now.Plant.CompressorW > 30_000);
        Assert.True(hot.Now.Pue > cold.Now.Pue + 0.08);
        Assert.True(hot.Now.Wue > cold.Now.Wue + 0.5);
    }
}
