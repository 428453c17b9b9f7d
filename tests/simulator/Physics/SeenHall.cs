namespace EdgeDcim.Simulator.Physics;

/// <summary>The hall as its instruments show it: the true state with every cooling reading replaced by what its gauge says.</summary>
internal sealed class SeenHall
{
    private readonly Instruments _instruments;
    private readonly SeenCdu[] _cdus;
    private readonly Gauge[] _tank;
    private readonly Gauge[] _plant;
    private readonly Gauge[] _racks;
    private readonly Gauge[] _cracs;

    public SeenHall(Faults faults, ulong seed)
    {
        _instruments = new(faults, seed);
        _cdus = [new(_instruments, "cdu-1"), new(_instruments, "cdu-2")];
        _tank = Add("tank-1", ("temperature.fluid/top", Accuracy.TankTemperature), ("temperature.fluid/bottom", Accuracy.TankTemperature), ("flow/secondary", Accuracy.Flow),
            ("temperature.supply/primary", Accuracy.TankTemperature), ("temperature.return/primary", Accuracy.TankTemperature), ("flow/primary", Accuracy.Flow), ("level", Accuracy.Level));
        _plant = Add("chiller", ("temperature.supply", Accuracy.LoopTemperature), ("temperature.return", Accuracy.LoopTemperature), ("flow", Accuracy.Flow));
        _racks = Add("rack", ("1/temperature.inlet", Accuracy.AirTemperature), ("2/temperature.inlet", Accuracy.AirTemperature), ("3/temperature.inlet", Accuracy.AirTemperature));
        _cracs = Add("crac", ("1/temperature.supply", Accuracy.AirTemperature), ("1/temperature.return", Accuracy.AirTemperature), ("2/temperature.supply", Accuracy.AirTemperature), ("2/temperature.return", Accuracy.AirTemperature));
    }

    /// <summary>Names of all points that can be given a sensor fault.</summary>
    public IEnumerable<string> Points => _instruments.Names;

    public HallState Show(HallState truth, double seconds)
    {
        _instruments.Seconds = seconds;
        var t = truth.TankLoop;
        var p = truth.Plant;
        return truth with
        {
            Cdus = [_cdus[0].Show(truth.Cdus[0]), _cdus[1].Show(truth.Cdus[1])],
            TankLoop = t with
            {
                FluidTop = _tank[0].Read(t.FluidTop),
                FluidBottom = _tank[1].Read(t.FluidBottom),
                FluidFlow = _tank[2].Read(t.FluidFlow),
                PrimarySupply = _tank[3].Read(t.PrimarySupply),
                PrimaryReturn = _tank[4].Read(t.PrimaryReturn),
                PrimaryFlow = _tank[5].Read(t.PrimaryFlow),
                LevelPercent = _tank[6].Read(t.LevelPercent),
            },
            Plant = p with { Supply = _plant[0].Read(p.Supply), Return = _plant[1].Read(p.Return), Flow = _plant[2].Read(p.Flow) },
            Air = truth.Air with
            {
                RackInlet = [_racks[0].Read(truth.Air.RackInlet[0]), _racks[1].Read(truth.Air.RackInlet[1]), _racks[2].Read(truth.Air.RackInlet[2])],
                Cracs = [See(truth.Air.Cracs[0], 0), See(truth.Air.Cracs[1], 2)],
            },
        };
    }

    private CracState See(CracState crac, int first) => crac with { Supply = _cracs[first].Read(crac.Supply), Return = _cracs[first + 1].Read(crac.Return) };

    private Gauge[] Add(string device, params (string Name, Accuracy Accuracy)[] points) =>
        [.. points.Select(point => _instruments.Add($"{device}{(device is "rack" or "crac" ? '-' : '/')}{point.Name}", point.Accuracy))];
}

/// <summary>The instruments of one CDU, those of the heat meter in its facility branch among them.</summary>
internal sealed class SeenCdu(Instruments instruments, string id)
{
    private readonly Gauge _supply = instruments.Add(id + "/temperature.supply/secondary", Accuracy.LoopTemperature);
    private readonly Gauge _return = instruments.Add(id + "/temperature.return/secondary", Accuracy.LoopTemperature);
    private readonly Gauge _flow = instruments.Add(id + "/flow/secondary", Accuracy.Flow);
    private readonly Gauge _coldIn = instruments.Add(id + "/temperature.supply/primary", Accuracy.LoopTemperature);
    private readonly Gauge _coldOut = instruments.Add(id + "/temperature.return/primary", Accuracy.LoopTemperature);
    private readonly Gauge _coldFlow = instruments.Add(id + "/flow/primary", Accuracy.Flow);
    private readonly Gauge _supplyKpa = instruments.Add(id + "/pressure.supply/secondary", Accuracy.Pressure);
    private readonly Gauge _returnKpa = instruments.Add(id + "/pressure.return/secondary", Accuracy.Pressure);
    private readonly Gauge _filterIn = instruments.Add(id + "/pressure.fluid/filter/inlet", Accuracy.Pressure);
    private readonly Gauge _filterOut = instruments.Add(id + "/pressure.fluid/filter/outlet", Accuracy.Pressure);
    private readonly Gauge[] _speed = [.. Each(i => instruments.Add($"{id}/pump.speed/{i}", Accuracy.Speed))];
    private readonly Gauge[] _watts = [.. Each(i => instruments.Add($"{id}/pump.power/{i}", Accuracy.Power))];
    private readonly Gauge _electric = instruments.Add(id + "/power.active", Accuracy.Power);
    private readonly Gauge _room = instruments.Add(id + "/temperature.ambient", Accuracy.AirTemperature);
    private readonly Gauge _dew = instruments.Add(id + "/temperature.dew_point", Accuracy.AirTemperature);
    private readonly Gauge _ph = instruments.Add(id + "/coolant.ph", Accuracy.Chemistry);
    private readonly Gauge _conductivity = instruments.Add(id + "/coolant.conductivity", Accuracy.Chemistry);
    private readonly Gauge _turbidity = instruments.Add(id + "/coolant.turbidity", Accuracy.Chemistry);
    private readonly Gauge _level = instruments.Add(id + "/level", Accuracy.Level);
    private readonly Gauge _valve = instruments.Add(id + "/valve.position", Accuracy.Speed);
    private readonly Gauge _heat = instruments.Add(id + "/heat.removed", Accuracy.Exact);

    public CduState Show(CduState c)
    {
        double supply = _supply.Read(c.SecondarySupply), back = _return.Read(c.SecondaryReturn), flow = _flow.Read(c.SecondaryFlow);
        return c with
        {
            SecondarySupply = supply,
            SecondaryReturn = back,
            SecondaryFlow = flow,
            PrimarySupply = _coldIn.Read(c.PrimarySupply),
            PrimaryReturn = _coldOut.Read(c.PrimaryReturn),
            PrimaryFlow = _coldFlow.Read(c.PrimaryFlow),
            SupplyKpa = _supplyKpa.Read(c.SupplyKpa),
            ReturnKpa = _returnKpa.Read(c.ReturnKpa),
            FilterInKpa = _filterIn.Read(c.FilterInKpa),
            FilterOutKpa = _filterOut.Read(c.FilterOutKpa),
            PumpSpeed = [_speed[0].Read(c.PumpSpeed[0]), _speed[1].Read(c.PumpSpeed[1]), _speed[2].Read(c.PumpSpeed[2])],
            PumpWatts = [_watts[0].Read(c.PumpWatts[0]), _watts[1].Read(c.PumpWatts[1]), _watts[2].Read(c.PumpWatts[2])],
            ElectricW = _electric.Read(c.ElectricW),
            RoomCelsius = _room.Read(c.RoomCelsius),
            RoomDewPoint = _dew.Read(c.RoomDewPoint),
            Ph = _ph.Read(c.Ph),
            ConductivityUs = _conductivity.Read(c.ConductivityUs),
            TurbidityNtu = _turbidity.Read(c.TurbidityNtu),
            LevelPercent = Math.Clamp(_level.Read(c.LevelPercent), 0, 100),
            ValvePosition = _valve.Read(c.ValvePosition),

            // The unit computes its heat from its own instruments, right or wrong.
            HeatW = _heat.Read(Coolant.Pg25.WattsPerLitreMinuteKelvin * flow * (back - supply)),
        };
    }

    private static IEnumerable<Gauge> Each(Func<int, Gauge> make) => [make(1), make(2), make(3)];
}
