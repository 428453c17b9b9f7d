using EdgeDcim.Simulator.Physics;
using Meter = System.Func<EdgeDcim.Simulator.Physics.HallState, EdgeDcim.Simulator.Physics.Electric>;

namespace EdgeDcim.Simulator.Devices;

/// <summary>Names the hall's true values as the vocabulary does: device/metric/part, canonical units.</summary>
internal static class HallTruth
{
    private static readonly string[] Lines = ["L1", "L2", "L3"];
    private static readonly string[] LinePairs = ["L1-L2", "L2-L3", "L3-L1"];

    public static TruthTable Build()
    {
        var truth = new TruthTable();
        AddMeter(truth, "main", s => s.Main);
        AddMeter(truth, "m-tank-it", s => s.TankIt);
        AddMeter(truth, "m-tank", s => s.Tank);
        AddMeter(truth, "m-cdu", s => s.CduPumps);
        AddMeter(truth, "m-chiller", s => s.Chiller);
        AddMeter(truth, "m-lights", s => s.Lights);
        foreach (var pdu in new[] { "pdu-a1", "pdu-a2", "pdu-a3", "pdu-b1", "pdu-b2", "pdu-b3" })
        {
            AddMeter(truth, pdu, s => s.Pdu[pdu]);
            truth.Add(pdu, "current", s => (s.Pdu[pdu].Amps(0) + s.Pdu[pdu].Amps(1) + s.Pdu[pdu].Amps(2)) / 3);
            truth.Add(pdu, "voltage.line_neutral", s => s.Pdu[pdu].MeanVolts);

            // No strip of the hall is near its limit, none has lost a supply.
            truth.Add(pdu, "state.load", _ => 1);
            truth.Add(pdu, "state.power_supply/1", _ => 1);
            foreach (var line in Lines)
            {
                truth.Add(pdu, $"state.load/{line}", _ => 1);
            }
        }

        AddUps(truth, "ups-a", eco: 5, floating: 1);
        AddUps(truth, "ups-b", eco: 3, floating: 7);
        AddCdu(truth, "cdu-1", 0);
        AddCdu(truth, "cdu-2", 1);
        AddTank(truth);
        AddPlant(truth);
        AddAir(truth);
        return truth;
    }

    // Distortions hardly move in a hall: constants do.
    internal static double VoltageThd(int line) => 1.8 + (0.1 * line);

    internal static double CurrentThd(int line) => 6.5 + (0.3 * line);

    private static void AddMeter(TruthTable truth, string device, Meter meter)
    {
        truth.Add(device, "power.active", s => meter(s).ActiveW);
        truth.Add(device, "power.apparent", s => meter(s).ApparentVa);
        truth.Add(device, "power.reactive", s => meter(s).ReactiveVar);
        truth.Add(device, "power.factor", s => meter(s).PowerFactor);
        truth.Add(device, "energy.active.import", s => meter(s).ImportKwh);
        truth.Add(device, "energy.active.export", _ => 0);
        truth.Add(device, "energy.reactive.import", s => meter(s).ReactiveKvarh);
        truth.Add(device, "energy.reactive.export", _ => 0);
        truth.Add(device, "energy.apparent", s => meter(s).ImportKwh / meter(s).PowerFactor);
        truth.Add(device, "current.neutral", _ => 0);
        truth.Add(device, "frequency", s => meter(s).Hertz);
        for (var i = 0; i < 3; i++)
        {
            var line = i;
            truth.Add(device, $"voltage.line_neutral/{Lines[i]}", s => meter(s).Volts[line]);
            truth.Add(device, $"voltage.line_line/{LinePairs[i]}", s => meter(s).LineToLine(line));
            truth.Add(device, $"current/{Lines[i]}", s => meter(s).Amps(line));
            truth.Add(device, $"power.active/{Lines[i]}", s => meter(s).Watts[line]);
            truth.Add(device, $"power.apparent/{Lines[i]}", s => meter(s).LineVa(line));
            truth.Add(device, $"power.reactive/{Lines[i]}", s => meter(s).Vars[line]);
            truth.Add(device, $"power.factor/{Lines[i]}", s => meter(s).LineFactor(line));
            truth.Add(device, $"energy.active.import/{Lines[i]}", s => meter(s).LineKwh[line]);
            truth.Add(device, $"voltage.thd/{Lines[i]}", _ => VoltageThd(line));
            truth.Add(device, $"current.thd/{Lines[i]}", _ => CurrentThd(line));
        }
    }

    /// <param name="eco">Code of ups.mode that the unit's own MIB can express while it runs in ECO.</param>
    /// <param name="floating">Code of battery.state that its MIB can express for a full battery.</param>
    private static void AddUps(TruthTable truth, string id, int eco, int floating)
    {
        truth.Add(id, "ups.mode", s => s.Ups[id].Mode switch { UpsMode.DoubleConversion => 1, UpsMode.Eco => eco, UpsMode.Battery => 4, _ => 5 });
        truth.Add(id, "power.active.input", s => s.Ups[id].Input.ActiveW);
        truth.Add(id, "power.active.output", s => s.Ups[id].Output.ActiveW);
        truth.Add(id, "power.apparent.output", s => s.Ups[id].Output.ApparentVa);
        truth.Add(id, "load", s => s.Ups[id].LoadPercent);
        truth.Add(id, "efficiency", s => s.Ups[id].Input.ActiveW > 0 ? 100 * s.Ups[id].Output.ActiveW / s.Ups[id].Input.ActiveW : 0);
        truth.Add(id, "battery.charge", s => s.Ups[id].ChargePercent);
        truth.Add(id, "battery.runtime", s => s.Ups[id].RuntimeS);
        truth.Add(id, "battery.on_time", s => s.Ups[id].OnBatteryS);
        truth.Add(id, "battery.voltage", s => s.Ups[id].BatteryVolts);
        truth.Add(id, "battery.current", s => s.Ups[id].BatteryAmps);
        truth.Add(id, "battery.temperature", s => s.Ups[id].BatteryCelsius);
        truth.Add(id, "temperature.ambient", s => s.Ups[id].AmbientCelsius);
        truth.Add(id, "battery.state", s => floating == 1 ? 1 : s.Ups[id].Mode == UpsMode.Battery ? 5 : s.Ups[id].BatteryAmps > 0.5 ? 4 : floating);
        truth.Add(id, "power.active.rated", s => s.Ups[id].RatedW);
        truth.Add(id, "power.apparent.rated", s => s.Ups[id].RatedW);
        truth.Add(id, "frequency.input", s => s.Ups[id].Input.Hertz);
        truth.Add(id, "frequency.output", s => s.Ups[id].Output.Hertz);
        truth.Add(id, "frequency.bypass", s => s.Main.Hertz);
        truth.Add(id, "alarm.count", _ => 0);
        for (var i = 0; i < 3; i++)
        {
            var line = i;
            truth.Add(id, $"voltage.input/{Lines[i]}", s => s.Ups[id].Input.Volts[line]);
            truth.Add(id, $"voltage.output/{Lines[i]}", s => s.Ups[id].Output.Volts[line]);
            truth.Add(id, $"voltage.bypass/{Lines[i]}", s => s.Main.Volts[line]);
            truth.Add(id, $"frequency.input/{Lines[i]}", s => s.Ups[id].Input.Hertz);
            truth.Add(id, $"current.bypass/{Lines[i]}", _ => 0);
            truth.Add(id, $"power.active/bypass/{Lines[i]}", _ => 0);
            truth.Add(id, $"current.input/{Lines[i]}", s => s.Ups[id].Input.Amps(line));
            truth.Add(id, $"current.output/{Lines[i]}", s => s.Ups[id].Output.Amps(line));
            truth.Add(id, $"power.active.input/{Lines[i]}", s => s.Ups[id].Input.Watts[line]);
            truth.Add(id, $"power.active.output/{Lines[i]}", s => s.Ups[id].Output.Watts[line]);
            truth.Add(id, $"load/{Lines[i]}", s => 300 * s.Ups[id].Output.Watts[line] / s.Ups[id].RatedW);
        }
    }

    private static void AddCdu(TruthTable truth, string id, int index)
    {
        void Add(string name, Func<CduState, double> value) => truth.Add(id, name, s => value(s.Cdus[index]));
        Add("temperature.supply/secondary", c => c.SecondarySupply);
        Add("temperature.return/secondary", c => c.SecondaryReturn);
        Add("temperature.supply/primary", c => c.PrimarySupply);
        Add("temperature.return/primary", c => c.PrimaryReturn);
        Add("temperature.delta/secondary", c => c.SecondaryReturn - c.SecondarySupply);
        Add("temperature.approach", c => c.Approach);
        Add("flow/secondary", c => c.SecondaryFlow);
        Add("flow/primary", c => c.PrimaryFlow);
        Add("pressure.supply/secondary", c => c.SupplyKpa);
        Add("pressure.return/secondary", c => c.ReturnKpa);
        Add("pressure.delta/secondary", c => c.SupplyKpa - c.ReturnKpa);
        Add("pressure.fluid/filter/inlet", c => c.FilterInKpa);
        Add("pressure.fluid/filter/outlet", c => c.FilterOutKpa);
        Add("pressure.delta/filter", c => c.FilterInKpa - c.FilterOutKpa);
        Add("heat.removed", c => c.HeatW);
        Add("power.active", c => c.ElectricW);
        Add("current", c => c.AmpsMean);
        Add("pump.speed/1", c => c.PumpSpeed[0]);
        Add("pump.speed/2", c => c.PumpSpeed[1]);
        Add("pump.speed/3", c => c.PumpSpeed[2]);
        Add("temperature.ambient", c => c.RoomCelsius);
        Add("humidity.relative", c => c.RoomHumidity);
        Add("temperature.dew_point", c => c.RoomDewPoint);
        Add("coolant.ph", c => c.Ph);
        Add("coolant.conductivity", c => c.ConductivityUs);
        Add("coolant.turbidity", c => c.TurbidityNtu);
        for (var fan = 1; fan <= 8; fan++)
        {
            Add($"fan.output/{fan}", _ => 40);
        }

        for (var i = 0; i < 3; i++)
        {
            var pump = i;
            Add($"pump.state/{pump + 1}", c => c.PumpState[pump]);
            Add($"pump.power/{pump + 1}", c => c.PumpWatts[pump]);
        }

        Add("valve.command", c => c.ValveCommand);
        Add("valve.position", c => c.ValvePosition);
        Add("level", c => c.LevelPercent);
        Add("water.volume.makeup", c => c.MadeUpLitres / 1000);
        Add("leak.detected/tray", c => c.TrayWet ? 1 : 0);
        Add("leak.sensor/tray", _ => 1);
        AddHeatMeter(truth, "heat-" + id, s => (s.Cdus[index].PrimaryFlow, s.Cdus[index].PrimarySupply, s.Cdus[index].PrimaryReturn));
    }

    private static void AddHeatMeter(TruthTable truth, string id, Func<HallState, (double Flow, double Supply, double Return)> branch)
    {
        truth.Add(id, "flow", s => branch(s).Flow);
        truth.Add(id, "heat.removed", s => HeatOf(branch(s)));
        truth.Add(id, "temperature.supply", s => branch(s).Supply);
        truth.Add(id, "temperature.return", s => branch(s).Return);
    }

    /// <summary>Heat in W as a meter of water computes it from its flow and its two temperatures.</summary>
    internal static double HeatOf((double Flow, double Supply, double Return) branch) =>
        Coolant.Water.WattsPerLitreMinuteKelvin * branch.Flow * (branch.Return - branch.Supply);

    private static void AddAir(TruthTable truth)
    {
        for (var i = 0; i < 2; i++)
        {
            var unit = i;
            void Add(string name, Func<CracState, double> value)
            {
                truth.Add($"crac-{unit + 1}", name, s => value(s.Air.Cracs[unit]));

                // The same unit behind its gateway.
                var slash = name.IndexOf('/', StringComparison.Ordinal);
                truth.Add("crac", slash < 0 ? $"{name}/unit/1.{unit + 1}" : $"{name[..slash]}/unit/1.{unit + 1}{name[slash..]}", s => value(s.Air.Cracs[unit]));
            }

            Add("temperature.return/air", c => c.Return);
            Add("temperature.supply/air", c => c.Supply);
            Add("temperature.setpoint", _ => AirSide.SupplyCelsius);
            Add("humidity.relative", c => c.Humidity);
            Add("humidity.setpoint", _ => 45);
            Add("fan.output", c => c.FanPercent);
            Add("fan.state", _ => 1);
            Add("valve.position/1", c => c.CoolingPercent);
            Add("cooling.mode", _ => 11);
            Add("cooling.mode/humidifier", c => c.Humidifying ? 8 : 1);
            Add("cooling.mode/dehumidifier", c => c.Drying ? 6 : 1);
            Add("state.alarm", _ => 0);
            Add("state.communication", _ => 1);
            truth.Add($"crac-{unit + 1}", "cooling.output", s => s.Air.Cracs[unit].CoolingPercent);
            truth.Add($"crac-{unit + 1}", "heating.output", s => s.Air.Cracs[unit].HeatingPercent);
        }

        for (var i = 0; i < 3; i++)
        {
            var rack = i;
            truth.Add($"rack-{rack + 1}", "temperature.inlet", s => s.Air.RackInlet[rack]);
            truth.Add("inlets", $"temperature.ambient/port/{rack + 1}", s => s.Air.RackInlet[rack]);
        }

        truth.Add("inlets", "state.device", _ => 1);
        for (var i = 0; i < 2; i++)
        {
            var unit = i;
            truth.Add("leaks", $"leak.detected/zone/{unit + 1}", s => s.Cdus[unit].TrayWet ? 1 : 0);
            truth.Add("leaks", $"leak.sensor/zone/{unit + 1}", _ => 1);
        }
    }

    private static void AddTank(TruthTable truth)
    {
        void Add(string name, Func<TankState, double> value) => truth.Add("tank-1", name, s => value(s.TankLoop));
        Add("temperature.fluid/bottom", t => t.FluidBottom);
        Add("temperature.fluid/top", t => t.FluidTop);
        Add("temperature.supply/primary", t => t.PrimarySupply);
        Add("temperature.return/primary", t => t.PrimaryReturn);
        Add("temperature.setpoint", t => t.SetCelsius);
        Add("flow.setpoint", t => t.SetFlow);
        Add("flow/primary", t => t.PrimaryFlow);
        Add("flow/secondary", t => t.FluidFlow);
        Add("flow/tank/1", t => t.FluidFlow / 2);
        Add("flow/tank/2", t => t.FluidFlow / 2);
        Add("pressure.fluid/primary/filter_inlet", t => t.PrimaryInKpa);
        Add("pressure.fluid/primary/filter_outlet", t => t.PrimaryFilterOutKpa);
        Add("pressure.return/primary", t => t.PrimaryOutKpa);
        Add("pressure.supply/secondary", t => t.SecondarySupplyKpa);
        Add("pressure.return/secondary", t => t.SecondaryReturnKpa);
        Add("level.state", t => t.IsLow ? 2 : 1);
        Add("state.alarm/pump/1", t => t.PumpPercent[0] < 5 ? 2 : 0);
        Add("state.alarm/pump/2", t => t.PumpPercent[1] < 5 ? 2 : 0);
        foreach (var alarm in new[] { "facility_water_warm", "facility_water_cold", "plc" })
        {
            Add($"state.alarm/{alarm}", _ => 0);
        }

        Add("heat.removed", t => t.HeatW);
        Add("level", t => t.LevelPercent);
        Add("fan.output", t => t.FanPercent);
        Add("pump.speed/1", t => t.PumpPercent[0]);
        Add("pump.speed/2", t => t.PumpPercent[1]);
    }

    private static void AddPlant(TruthTable truth)
    {
        void Add(string device, string name, Func<PlantState, double> value) => truth.Add(device, name, s => value(s.Plant));
        Add("chiller", "temperature.supply", p => p.Supply);
        Add("chiller", "temperature.return", p => p.Return);
        Add("chiller", "temperature.setpoint", p => p.SetPoint);
        Add("chiller", "temperature.fluid/condenser_in", p => p.CondenserIn);
        Add("chiller", "temperature.fluid/condenser_out", p => p.CondenserOut);
        Add("chiller", "freecooling.output", p => p.FreeCoolingPercent);
        Add("chiller", "compressor.output", p => p.CompressorPercent);
        Add("chiller", "cop", p => p.Cop);
        Add("chiller", "temperature.fluid/evaporator_return", p => p.Return);
        Add("chiller", "pressure.refrigerant/head", p => p.HeadKpa);
        Add("chiller", "heat.removed", p => p.HeatW);
        truth.Add("chiller", "temperature.outdoor", s => s.Weather.DryBulb);
        truth.Add("chiller", "temperature.wet_bulb", s => s.Weather.WetBulb);
        Add("heat-1", "flow", p => p.Flow);
        Add("heat-1", "heat.removed", p => HeatOf((p.Flow, p.Supply, p.Return)));
        Add("heat-1", "temperature.supply", p => p.Supply);
        Add("heat-1", "temperature.return", p => p.Return);
        Add("heat-1", "temperature.delta", p => p.Return - p.Supply);
        truth.Add("heat-1", "energy.cooling", s => s.CoolingKwh);
        truth.Add("heat-1", "water.volume", s => s.CoolingM3);
        Add("water-1", "flow", p => p.MakeUpLitresPerHour / 60);
        truth.Add("water-1", "water.volume", s => s.WaterM3);
        truth.Add("water-1", "water.volume/totaliser/2", s => s.WaterM3);
    }
}
