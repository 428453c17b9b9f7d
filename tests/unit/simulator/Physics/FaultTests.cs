using EdgeDcim.Simulator.Physics;
using Xunit;

namespace EdgeDcim.Simulator.Tests.Physics;

public sealed class FaultTests
{
    [Fact]
    public void Size_grows_over_the_ramp_from_the_onset_on()
    {
        var fault = new Fault(FaultKind.Leak, "cdu-1", Size: 10, OnsetS: 100, RampS: 50);
        Assert.Equal(0, fault.SizeAt(99));
        Assert.Equal(0, fault.SizeAt(100));
        Assert.Equal(4, fault.SizeAt(120), 9);
        Assert.Equal(10, fault.SizeAt(150));
        Assert.Equal(10, fault.SizeAt(1e6));
    }

    [Fact]
    public void Hall_with_every_fault_at_once_still_turns_every_joule_into_heat_or_storage_and_every_kilogram_into_level_or_loss()
    {
        var hall = new Hall(seed: 7, startHour: 9);
        hall.Controls.Faults.Replace(
        [
            new(FaultKind.Fouling, "cdu-1", 20, 60, 600), new(FaultKind.FilterClog, "cdu-2", 150, 0), new(FaultKind.PlateClog, "cdu-1", 40, 0),
            new(FaultKind.PumpTrip, "cdu-2", 2, 300), new(FaultKind.PumpTrip, "tank-1", 1, 400), new(FaultKind.PumpWear, "cdu-1", 15, 0), new(FaultKind.Air, "cdu-1", 4, 900),
            new(FaultKind.ValveStuck, "cdu-2", 40, 100), new(FaultKind.Leak, "cdu-1", 20, 0), new(FaultKind.Leak, "tank-1", 5, 0),
            new(FaultKind.ChillerTrip, "chiller", 100, 1200), new(FaultKind.CracFighting, "crac-1", 6, 0), new(FaultKind.Bypass, "cdu-2", 20, 0),
        ]);
        var start = hall.Now;
        double heat = 0;
        for (var i = 0; i < 3600 * 4; i++)
        {
            var s = hall.Step();
            heat += (s.Plant.RejectedW + s.AmbientHeatW) * Hall.StepSeconds;
        }

        var end = hall.Now;
        var drawn = (end.Main.ImportKwh - start.Main.ImportKwh) * 3.6e6;
        Assert.InRange((heat + end.StoredJ - start.StoredJ) / drawn, 1 - 1e-6, 1 + 1e-6);
        for (var i = 0; i < 2; i++)
        {
            var (before, after) = (start.Cdus[i], end.Cdus[i]);
            Assert.Equal(after.CoolantKg - before.CoolantKg, after.MadeUpKg - before.MadeUpKg - (after.LostKg - before.LostKg), 6);
        }

        // 20 L/h for an hour, at about 1.03 kg/L.
        Assert.InRange(end.Cdus[0].LostKg - start.Cdus[0].LostKg, 20.2, 20.8);
        Assert.Equal(end.TankLoop.OilKg - start.TankLoop.OilKg, -(end.TankLoop.LostKg - start.TankLoop.LostKg), 6);
    }

    [Fact]
    public void Leak_lowers_the_level_until_make_up_fills_it_and_counts_what_it_took()
    {
        var hall = Settled(new Fault(FaultKind.Leak, "cdu-1", 20, 0));
        var filled = false;
        for (var i = 0; i < 3 * 3600; i++)
        {
            hall.Step();
            filled |= hall.Now.Cdus[0].MadeUpLitres > 0;
        }

        Assert.True(filled);
        Assert.InRange(hall.Now.Cdus[0].LevelPercent, 45, 66);
        Assert.InRange(hall.Now.Cdus[1].LevelPercent, 68, 72);
        Assert.Equal(0, hall.Now.Cdus[1].MadeUpLitres);
    }

    [Fact]
    public void Leak_into_the_tray_wets_the_rope_and_one_elsewhere_does_not()
    {
        var hall = Settled(new Fault(FaultKind.Leak, "cdu-1/tray", 2, 0), new Fault(FaultKind.Leak, "cdu-2", 2, 0));
        for (var i = 0; i < 900; i++)
        {
            hall.Step();
        }

        Assert.True(hall.Now.Cdus[0].TrayWet);
        Assert.False(hall.Now.Cdus[1].TrayWet);
    }

    [Fact]
    public void Pump_trip_takes_the_flow_at_once_and_the_standby_brings_it_back_when_there_is_one()
    {
        var one = Settled(new Fault(FaultKind.PumpTrip, "cdu-1", 1, 0));
        var two = Settled(new Fault(FaultKind.PumpTrip, "cdu-1", 2, 0));
        var all = Settled(new Fault(FaultKind.PumpTrip, "cdu-1", 3, 0));
        var before = new Hall(3, 12, 1).Now.Cdus[0].SecondaryFlow;
        // Two seconds: the tripped pump has run down, the standby starts at three.
        for (var i = 0; i < 2; i++)
        {
            one.Step();
            two.Step();
            all.Step();
        }

        Assert.InRange(one.Now.Cdus[0].SecondaryFlow / before, 0.3, 0.9);
        Assert.InRange(all.Now.Cdus[0].SecondaryFlow / before, 0, 0.3);
        for (var i = 0; i < 120; i++)
        {
            one.Step();
            two.Step();
            all.Step();
        }

        Assert.InRange(one.Now.Cdus[0].SecondaryFlow / before, 0.95, 1.05);
        Assert.Equal([4, 1, 1], one.Now.Cdus[0].PumpState);
        Assert.True(two.Now.Cdus[0].PumpSpeed[1] > 1.2 * one.Now.Cdus[0].PumpSpeed[1]);
        Assert.True(all.Now.Cdus[0].SecondaryReturn > one.Now.Cdus[0].SecondaryReturn + 10);
    }

    [Fact]
    public void Chiller_trip_warms_the_facility_water_and_all_that_hangs_on_it()
    {
        var hall = Settled(new Fault(FaultKind.ChillerTrip, "chiller", 100, 0));
        hall.Controls.OutdoorCelsius = 30;
        for (var i = 0; i < 300; i++)
        {
            hall.Step();
        }

        Assert.True(hall.Now.Plant.Supply > CoolingPlant.SetPoint + 2);
        Assert.Equal(hall.Now.Plant.Supply, hall.Now.Cdus[0].PrimarySupply, 0.5);
        hall.Controls.Faults.Replace([]);
        for (var i = 0; i < 3600; i++)
        {
            hall.Step();
        }

        Assert.Equal(CoolingPlant.SetPoint, hall.Now.Plant.Supply, 0.05);
    }

    [Fact]
    public void Sensor_faults_change_what_is_seen_and_nothing_else()
    {
        var sound = new Hall(3, 12, 1);
        var hall = Settled(
            new Fault(FaultKind.SensorGain, "cdu-1/flow/secondary", -10, 0),
            new Fault(FaultKind.SensorSwap, "cdu-1/temperature.supply/secondary", 0, 0, With: "cdu-1/temperature.return/secondary"),
            new Fault(FaultKind.SensorFreeze, "cdu-2/temperature.return/secondary", 0, 0),
            new Fault(FaultKind.SensorDrift, "cdu-2/temperature.supply/secondary", 1.5, 0, 100));
        var frozen = new HashSet<double>();
        for (var i = 0; i < 120; i++)
        {
            sound.Step();
            hall.Step();
            frozen.Add(hall.Now.Seen!.Cdus[1].SecondaryReturn);
        }

        var (truth, seen) = (hall.Now, hall.Now.Seen!);
        Assert.Equal(sound.Now.Cdus[0].SecondaryFlow, truth.Cdus[0].SecondaryFlow);
        Assert.InRange(seen.Cdus[0].SecondaryFlow / truth.Cdus[0].SecondaryFlow, 0.87, 0.93);
        Assert.Equal(truth.Cdus[0].SecondaryReturn, seen.Cdus[0].SecondarySupply, 0.3);
        Assert.Equal(truth.Cdus[0].SecondarySupply, seen.Cdus[0].SecondaryReturn, 0.3);
        Assert.Single(frozen);
        Assert.Equal(truth.Cdus[1].SecondarySupply + 1.5, seen.Cdus[1].SecondarySupply, 0.3);
    }

    [Fact]
    public void Longer_steps_give_the_same_hall_but_for_the_quick_parts()
    {
        Hall fine = new(5, 10, 1), coarse = new(5, 10, 30);
        for (var i = 0; i < 3600; i++)
        {
            fine.Step();
        }

        for (var i = 0; i < 120; i++)
        {
            coarse.Step();
        }

        // The noise of the load differs, what it does to the loop does not.
        var (a, b) = (fine.Now.Cdus[0], coarse.Now.Cdus[0]);
        Assert.Equal(a.HeatW / a.SecondaryFlow, b.HeatW / b.SecondaryFlow, a.HeatW / a.SecondaryFlow * 0.05);
        Assert.InRange(b.Approach / a.Approach, 0.9, 1.1);
    }

    private static Hall Settled(params Fault[] faults)
    {
        var hall = new Hall(3, 12, 1);
        hall.Controls.Faults.Replace(faults);
        return hall;
    }
}
