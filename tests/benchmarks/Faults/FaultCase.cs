using EdgeDcim.Simulator.Physics;

namespace EdgeDcim.Benchmarks.Faults;

/// <summary>One kind of fault at three sizes, and the names by which it may be called.</summary>
/// <param name="Horizon">So long it is waited for.</param>
/// <param name="Causes">Right names of the cause.</param>
internal sealed record FaultCase(
    string Name, FaultKind Kind, string At, double[] Sizes, string Unit, TimeSpan Ramp, TimeSpan Horizon, string[] Causes, double StepSeconds = 5, double? Outdoor = null, string? With = null)
{
    private static readonly TimeSpan Step = TimeSpan.Zero;

    public static IReadOnlyList<FaultCase> All { get; } =
    [
        new("exchanger fouling", FaultKind.Fouling, "cdu-1", [10, 20, 30], "%", TimeSpan.FromDays(1), TimeSpan.FromDays(3), ["fouling"]),
        new("tank exchanger fouling", FaultKind.Fouling, "tank-1", [10, 20, 30], "%", TimeSpan.FromDays(1), TimeSpan.FromDays(3), ["fouling"]),
        new("filter clog", FaultKind.FilterClog, "cdu-1", [30, 100, 300], "%", TimeSpan.FromHours(6), TimeSpan.FromHours(24), ["filter_clog"]),
        new("cold plates clog", FaultKind.PlateClog, "cdu-1", [20, 50, 100], "%", TimeSpan.FromHours(6), TimeSpan.FromHours(24), ["plate_clog"]),
        new("pump trip (1: standby starts)", FaultKind.PumpTrip, "cdu-1", [1, 2, 3], "pumps", Step, TimeSpan.FromMinutes(10), ["pump_trip", "all_pumps_lost"], 1),
        new("tank pump trip", FaultKind.PumpTrip, "tank-1", [1, 2], "pumps", Step, TimeSpan.FromMinutes(10), ["pump_trip", "all_pumps_lost"], 1),
        new("pump wear", FaultKind.PumpWear, "cdu-1", [10, 20, 40], "% head", TimeSpan.FromHours(12), TimeSpan.FromHours(36), ["pump_wear"]),
        new("air in the loop", FaultKind.Air, "cdu-1", [1, 3, 8], "% vol", TimeSpan.FromMinutes(10), TimeSpan.FromHours(4), ["air_in_loop"]),
        new("valve stuck", FaultKind.ValveStuck, "cdu-1", [25, 60, 90], "% open", Step, TimeSpan.FromHours(4), ["valve_stuck", "low_primary_flow", "high_primary_flow"]),
        new("valve hunting", FaultKind.Hunting, "cdu-1", [4, 8, 15], "%", Step, TimeSpan.FromHours(4), ["hunting"]),
        new("fan hunting", FaultKind.Hunting, "crac-1", [4, 8, 15], "%", Step, TimeSpan.FromHours(4), ["hunting"]),
        new("leak", FaultKind.Leak, "cdu-1", [0.2, 2, 20], "L/h", Step, TimeSpan.FromHours(48), ["leak"]),
        new("leak into the tray", FaultKind.Leak, "cdu-1/tray", [0.2, 2, 20], "L/h", Step, TimeSpan.FromHours(24), ["leak"]),
        new("tank loses fluid", FaultKind.Leak, "tank-1", [1, 5, 20], "L/h", Step, TimeSpan.FromHours(48), ["leak", "tank_level_low"]),
        new("bypass", FaultKind.Bypass, "cdu-1", [10, 20, 40], "% flow", Step, TimeSpan.FromHours(6), ["bypass", "overflow"]),
        new("coolant contamination", FaultKind.Contamination, "cdu-1", [150, 400, 1000], "uS/cm", TimeSpan.FromHours(12), TimeSpan.FromHours(48), ["coolant_quality"]),
        new("secondary flow meter", FaultKind.SensorGain, "cdu-1/flow/secondary", [-5, -10, -20], "%", Step, TimeSpan.FromHours(4), ["flow_sensor_secondary"]),
        new("primary flow meter", FaultKind.SensorGain, "cdu-1/flow/primary", [-5, -10, -20], "%", Step, TimeSpan.FromHours(4), ["flow_sensor_primary"]),
        new("supply thermometer drift", FaultKind.SensorDrift, "cdu-1/temperature.supply/secondary", [0.5, 1, 2], "K", TimeSpan.FromHours(1), TimeSpan.FromHours(6), ["temperature_sensor", "sensor_drift"]),
        new("return thermometer drift", FaultKind.SensorDrift, "cdu-1/temperature.return/secondary", [-0.5, -1, -2], "K", TimeSpan.FromHours(1), TimeSpan.FromHours(6), ["temperature_sensor", "sensor_drift"]),
        new("level sensor drift", FaultKind.SensorDrift, "cdu-1/level", [-4, -8, -15], "%", TimeSpan.FromHours(6), TimeSpan.FromHours(24), ["level_sensor", "sensor_drift"]),
        new("frozen supply thermometer", FaultKind.SensorFreeze, "cdu-1/temperature.supply/secondary", [0], "", Step, TimeSpan.FromHours(12), ["frozen sensor", "frozen", "stuck", "stuck_sensor", "sensor_stuck", "frozen_sensor", "temperature_sensor"]),
        new("frozen flow meter", FaultKind.SensorFreeze, "cdu-1/flow/secondary", [0], "", Step, TimeSpan.FromHours(12), ["frozen sensor", "frozen", "stuck", "stuck_sensor", "sensor_stuck", "frozen_sensor", "flow_sensor_secondary"]),
        new("thermometers swapped", FaultKind.SensorSwap, "cdu-1/temperature.supply/secondary", [0], "", Step, TimeSpan.FromHours(4), ["sensors_swapped"], With: "cdu-1/temperature.return/secondary"),
        new("device's own heat claim", FaultKind.SensorGain, "cdu-1/heat.removed", [-7, -15, 30], "%", Step, TimeSpan.FromHours(4), ["claim_contradicted"]),
        new("chiller trip at 32 °C", FaultKind.ChillerTrip, "chiller", [70, 85, 100], "% capacity", Step, TimeSpan.FromHours(2), ["chiller_trip", "chiller_capacity"], Outdoor: 32),
        new("condensation", FaultKind.Condensation, "room", [8, 10, 14], "K dew point", TimeSpan.FromHours(1), TimeSpan.FromHours(4), ["condensation"]),
        new("CRAC fighting", FaultKind.CracFighting, "crac-1", [2, 5, 9], "kW", Step, TimeSpan.FromHours(4), ["crac_fighting"]),
        new("hot-aisle recirculation", FaultKind.Recirculation, "rack-2", [10, 20, 40], "% air", Step, TimeSpan.FromHours(4), ["recirculation", "inlet_temperature"]),
    ];
}
