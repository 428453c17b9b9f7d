namespace EdgeDcim.Simulator.Physics;

/// <summary>A data hall of three liquid-cooled racks and one immersion tank: load becomes heat, heat becomes flow, and all of it is paid at the utility meter.</summary>
/// <remarks>
/// Advances in steps of <see cref="StepSeconds"/> unless told otherwise; the same seed and the same controls give the same hall.
/// <code>
/// grid ─ transformer ─┬─ ups-a ─┬─ pdu-a1..a3 ─┐
///                     │         └─ tank IT     ├─ three racks ─ 80 % liquid ─ CDUs ─┐
///                     ├─ ups-b ─── pdu-b1..b3 ─┘             └ 20 % air ─ handlers ─┼─ facility water ─ chiller ─ tower
///                     ├─ CDU pumps, tank pumps                        tank ─ oil ───┘
///                     ├─ chiller plant (pumps, air handlers, compressor, tower fans)
///                     └─ lighting and other
/// </code>
/// </remarks>
internal sealed class Hall
{
    /// <summary>The step at which the hall is served; an evaluation may take longer ones.</summary>
    public const double StepSeconds = 0.25;

    private const double LiquidShare = 0.8;

    private static readonly string[] Racks = ["1", "2", "3"];
    private static readonly double[] RackPeakW = [92_000, 88_000, 82_000];
    private static readonly double[] CduOneShare = [1, 0.5, 0];
    private const double TankPeakW = 54_000;

    private readonly double _startHour;
    private readonly double _dt;
    private readonly Grid _grid;
    private readonly SmoothNoise[] _rackNoise;
    private readonly SmoothNoise[] _splitNoise;
    private readonly SmoothNoise _tankNoise;
    private readonly SmoothNoise _weatherNoise;
    private readonly HeatLag _air = new(120);
    private readonly AirSide _room;
    private readonly SeenHall _instruments;
    private readonly CduModel[] _cdus;
    private readonly TankModel _tank = new();
    private readonly CoolingPlant _plant = new();
    private readonly Dictionary<string, UpsModel> _ups = new() { ["ups-a"] = new(250_000), ["ups-b"] = new(200_000) };
    private readonly Dictionary<string, Feeder> _feeders;
    private double _loadFactor;
    private double _waterM3 = 18_342.117;
    private double _coolingKwh = 1_204_338;
    private double _coolingM3 = 132_404.2;
    private long _step;

    public Hall(int seed, double startHour, double stepSeconds = StepSeconds)
    {
        (_startHour, _dt) = (startHour, stepSeconds);
        var root = (ulong)seed * 1000;
        _grid = new(root);
        _rackNoise = [new(root + 11, 0.012, 60), new(root + 12, 0.012, 60), new(root + 13, 0.012, 60)];
        _splitNoise = [new(root + 21, 0.004, 120), new(root + 22, 0.004, 120), new(root + 23, 0.004, 120)];
        _tankNoise = new(root + 31, 0.006, 90);
        _weatherNoise = new(root + 41, 0.4, 1800);
        _cdus = [new("cdu-1", root + 51), new("cdu-2", root + 52)];
        _room = new(root + 61);
        _instruments = new(Controls.Faults, root + 101);
        _feeders = Feeders();
        _loadFactor = Controls.LoadFactor;
        Now = Advance();
        for (var i = 0; i < Math.Max(60, 600 / _dt); i++)
        {
            // Ten minutes ahead of time, so that flows and temperatures are settled when the first client asks.
            Now = Advance();
        }

        _step = 0;
    }

    public Controls Controls { get; } = new();

    /// <summary>Names of all points that can be given a sensor fault.</summary>
    public IEnumerable<string> Points => _instruments.Points;

    public HallState Now { get; private set; }

    public HallState Step()
    {
        Now = Advance();
        return Now;
    }

    private static Dictionary<string, Feeder> Feeders()
    {
        double[] even = [0.335, 0.331];
        var feeders = new Dictionary<string, Feeder>
        {
            ["main"] = new(0.972, even, 2_918_274.4),
            ["ups-a/in"] = new(0.99, even, 0),
            ["ups-a/out"] = new(0.965, even, 0),
            ["ups-b/in"] = new(0.965, even, 0),
            ["ups-b/out"] = new(0.965, even, 0),
            ["m-tank-it"] = new(0.968, [0.34, 0.33], 318_402.3),
            ["m-tank"] = new(0.86, even, 9_127.6),
            ["m-cdu"] = new(0.89, even, 17_880.2),
            ["m-chiller"] = new(0.91, even, 402_115.8),
            ["m-lights"] = new(0.95, [0.38, 0.30], 61_390.7),
        };
        for (var i = 0; i < Racks.Length; i++)
        {
            feeders[$"pdu-a{Racks[i]}"] = new(0.972 - (0.003 * i), [0.338, 0.327], 201_334.6 - (7_301.3 * i));
            feeders[$"pdu-b{Racks[i]}"] = new(0.970 - (0.003 * i), [0.329, 0.341], 188_712.9 - (6_118.4 * i));
        }

        return feeders;
    }

    private HallState Advance()
    {
        _step++;
        var dt = _dt;
        var seconds = _step * dt;
        var faults = Controls.Faults;
        var hour = (_startHour + (seconds / 3600)) % 24;
        _grid.Step(dt);
        var weather = WeatherAt(hour, _weatherNoise.Step(dt));
        _loadFactor += (Controls.LoadFactor - _loadFactor) * Math.Min(1, dt / 4);

        // Computing: each rack draws from both feeds.
        var pdu = new Dictionary<string, Electric>();
        var feeds = new double[2];
        double rackWatts = 0, cableLoss = 0;
        var liquid = new double[2];
        for (var i = 0; i < Racks.Length; i++)
        {
            var watts = RackPeakW[i] * _loadFactor * DayCurve.Load(hour - i) * (1 + _rackNoise[i].Step(dt));
            var shareA = 0.515 + _splitNoise[i].Step(dt);
            double[] split = [watts * shareA, watts * (1 - shareA)];
            for (var feed = 0; feed < 2; feed++)
            {
                var id = $"pdu-{(feed == 0 ? 'a' : 'b')}{Racks[i]}";
                pdu[id] = _feeders[id].Step(split[feed], OutputVolts(feed == 0 ? "ups-a" : "ups-b"), _grid.Hertz, dt);

                // 35 W of electronics in the strip; cable and contacts lose 0.5 % at 45 kW, with the square of the current.
                var loss = 35 + (225 * split[feed] * split[feed] / (45_000.0 * 45_000.0));
                cableLoss += loss;
                feeds[feed] += split[feed] + loss;
            }

            rackWatts += watts;
            liquid[0] += LiquidShare * watts * CduOneShare[i];
            liquid[1] += LiquidShare * watts * (1 - CduOneShare[i]);
        }

        var tankWatts = TankPeakW * _loadFactor * (0.93 + (0.05 * DayCurve.Load(hour + 3))) * (1 + _tankNoise.Step(dt));
        var tankIt = _feeders["m-tank-it"].Step(tankWatts, OutputVolts("ups-a"), _grid.Hertz, dt);
        feeds[0] += tankWatts + (150 * tankWatts * tankWatts / (50_000.0 * 50_000.0));
        cableLoss += 150 * tankWatts * tankWatts / (50_000.0 * 50_000.0);

        StepUps("ups-a", feeds[0]);
        StepUps("ups-b", feeds[1]);
        var upsLoss = _ups["ups-a"].LossWatts + _ups["ups-b"].LossWatts;

        // Lighting follows people; control systems, cameras and offices run on.
        var presence = DayCurve.Presence(hour);
        var lighting = 900 + (2_800 * presence);
        var other = 4_600 + (1_500 * presence);
        var lights = _feeders["m-lights"].Step(lighting + other, _grid.Volts, _grid.Hertz, dt);

        // Heat: what is not taken by liquid warms the room.
        var roomHeat = _air.Step((rackWatts * (1 - LiquidShare)) + cableLoss + upsLoss + lighting, dt);
        var air = _room.Step(roomHeat, faults, seconds, dt);
        var facility = _plant.SupplyCelsius;
        var cdus = new CduState[2];
        for (var i = 0; i < 2; i++)
        {
            cdus[i] = _cdus[i].Step(new(liquid[i], facility, air.Celsius, air.DewPoint, _grid.Volts[0]), faults, seconds, dt);
        }

        var tank = _tank.Step(tankWatts, facility, faults, seconds, dt);
        var plant = _plant.Step(
            cdus[0].PrimaryHeatW + cdus[1].PrimaryHeatW + tank.PrimaryHeatW,
            cdus[0].PrimaryFlow + cdus[1].PrimaryFlow + tank.PrimaryFlow,
            roomHeat,
            air.ReheatW,
            weather,
            Math.Min(1, faults.Size(FaultKind.ChillerTrip, "chiller", seconds) / 100),
            dt);

        var cduPumps = _feeders["m-cdu"].Step(cdus[0].ElectricW + cdus[1].ElectricW, _grid.Volts, _grid.Hertz, dt);
        var tankPumps = _feeders["m-tank"].Step(tank.ElectricW, _grid.Volts, _grid.Hertz, dt);
        var chiller = _feeders["m-chiller"].Step(plant.ElectricW, _grid.Volts, _grid.Hertz, dt);

        // Transformer of 800 kVA: 1.1 kW idle, 8 kW of copper at rated load.
        var bus = _ups["ups-a"].InputWatts + _ups["ups-b"].InputWatts + cduPumps.ActiveW + tankPumps.ActiveW + chiller.ActiveW + lights.ActiveW;
        var apparent = bus / 0.972;
        var transformer = 1_100 + (8_000 * apparent * apparent / (800_000.0 * 800_000.0));
        var main = _feeders["main"].Step(bus + transformer, _grid.Volts, _grid.Hertz, dt);

        _waterM3 += plant.MakeUpLitresPerHour / 1000 / 3600 * dt;
        _coolingKwh += plant.HeatW * dt / 3.6e6;
        _coolingM3 += plant.Flow / 1000 / 60 * dt;

        var truth = new HallState
        {
            Step = _step,
            Seconds = seconds,
            Hour = hour,
            Weather = weather,
            Main = main,
            Ups = new Dictionary<string, UpsState> { ["ups-a"] = UpsAt("ups-a"), ["ups-b"] = UpsAt("ups-b") },
            Pdu = pdu,
            TankIt = tankIt,
            Tank = tankPumps,
            CduPumps = cduPumps,
            Chiller = chiller,
            Lights = lights,
            Cdus = cdus,
            TankLoop = tank,
            Plant = plant,
            Air = air,
            WaterM3 = _waterM3,
            CoolingKwh = _coolingKwh,
            CoolingM3 = _coolingM3,
            AmbientHeatW = transformer + plant.TowerFanW + other,
            StoredJ = _ups["ups-a"].BatteryJ + _ups["ups-b"].BatteryJ + _cdus[0].StoredJ + _cdus[1].StoredJ + _tank.StoredJ + _air.StoredJ + _plant.StoredJ,
            ItWatts = rackWatts + tankWatts,
        };
        return truth with { Seen = _instruments.Show(truth, seconds) };
    }

    private Weather WeatherAt(double hour, double noise)
    {
        var dry = Controls.OutdoorCelsius ?? (DayCurve.DryBulb(hour) + noise);
        var dew = Math.Min(Controls.OutdoorDewPoint ?? 11, dry - 0.5);
        return new(dry, dew, Air.WetBulb(dry, dew));
    }

    // Double conversion makes its own 230 V; in every other mode the load sees the grid.
    private double[] OutputVolts(string ups) => _ups[ups].Mode is UpsMode.DoubleConversion or UpsMode.Battery
        ? [230.1, 229.9, 230.2]
        : [_grid.Volts[0] - 0.6, _grid.Volts[1] - 0.6, _grid.Volts[2] - 0.6];

    private void StepUps(string id, double outputWatts)
    {
        var ups = _ups[id];
        ups.Mode = Controls.Ups[id];
        ups.Step(outputWatts, _dt);
        _feeders[$"{id}/out"].Step(outputWatts, OutputVolts(id), _grid.Hertz, _dt);
        _feeders[$"{id}/in"].Step(ups.InputWatts, _grid.Volts, _grid.Hertz, _dt);
    }

    private UpsState UpsAt(string id)
    {
        const double BatteryVolts = 544;
        var ups = _ups[id];
        return new(
            ups.Mode, _feeders[$"{id}/in"].Now, _feeders[$"{id}/out"].Now, ups.LossWatts, ups.RatedWatts,
            ups.ChargePercent, ups.RuntimeSeconds, ups.SecondsOnBattery,
            BatteryVolts - (60 * (1 - (ups.ChargePercent / 100))), ups.BatteryWatts / BatteryVolts, 23.4, 24.5);
    }
}
