using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Anomalies.Model;
using EdgeDcim.Core.Telemetry;
using EdgeDcim.Simulator.Devices;
using EdgeDcim.Simulator.Physics;
using Coolant = EdgeDcim.Collector.Anomalies.Model.Coolant;

namespace EdgeDcim.Benchmarks.Faults;

/// <summary>Which instruments the CDUs of the hall have.</summary>
internal enum Fitted
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>Those of the model that the simulator serves, and the heat meter beside it: no level, valve, pump state, leak rope or make-up counter.</summary>
    Served,
}

/// <summary>The simulated hall as a collector would hear of it: what its instruments show, reading by reading, under the names of the vocabulary.</summary>
internal sealed class HallFeed
{
    private static readonly Dictionary<string, string> Kinds = new(StringComparer.Ordinal)
    {
        ["cdu-1"] = "cdu", ["cdu-2"] = "cdu", ["tank-1"] = "immersion", ["chiller"] = "chiller", ["crac-1"] = "crac", ["crac-2"] = "crac",
        ["rack-1"] = "sensor", ["rack-2"] = "sensor", ["rack-3"] = "sensor", ["m-tank-it"] = "meter",
        ["pdu-a1"] = "pdu", ["pdu-a2"] = "pdu", ["pdu-a3"] = "pdu", ["pdu-b1"] = "pdu", ["pdu-b2"] = "pdu", ["pdu-b3"] = "pdu",
    };

    private readonly List<(Series Series, Func<HallState, double> Value)> points = [];

    private static readonly string[] NotServed = ["level", "valve.position", "valve.command", "pump.state", "pump.power", "leak.detected", "leak.sensor", "water.volume.makeup"];

    public HallFeed(Fitted fitted = Fitted.All)
    {
        foreach (var (name, value) in HallTruth.Build().Points)
        {
            var parts = name.Split('/', 3);
            var isPower = Kinds.GetValueOrDefault(parts[0]) is "pdu" or "meter";

            if (fitted == Fitted.Served && parts[0].StartsWith("cdu", StringComparison.Ordinal) && NotServed.Contains(parts[1]))
            {
                continue;
            }

            // Of meters the power alone; of CDUs not what the hall would compute for them.
            if (Kinds.ContainsKey(parts[0]) && (!isPower || (parts[1] == "power.active" && parts.Length == 2)) && parts[1] is not ("temperature.approach" or "temperature.delta"))
            {
                points.Add((new Series(parts[0], parts[1], parts.Length > 2 ? parts[2] : null), value));
            }
        }
    }

    public int Points => points.Count;

    /// <summary>What the facility file of this hall says of its cooling.</summary>
    public static CoolingConfig Cooling { get; } = new(
        [
            new("fws", Coolant.Water, 2500, [], [], 1, null),
            new("tcs-1", new Coolant(Fluid.Pg25, 1030, 3974), 261, ["rack-1", "rack-2"], [.. Power("pdu-a1", "pdu-b1", "pdu-a2", "pdu-b2")], 0.6, 45),
            new("tcs-2", new Coolant(Fluid.Pg25, 1030, 3974), 261, ["rack-2", "rack-3"], [.. Power("pdu-a2", "pdu-b2", "pdu-a3", "pdu-b3")], 0.6, 45),
            new("oil", new Coolant(Fluid.Hydrocarbon, 820, 2200), 900, [], [.. Power("m-tank-it")], 1, 55),
        ],
        [
            new("chiller", "chiller", "chiller", null, "fws", 420_000, null, null),
            new("cdu-1", "cdu", "cdu-1", "fws", "tcs-1", null, 30, null),
            new("cdu-2", "cdu", "cdu-2", "fws", "tcs-2", null, 30, null),
            new("tank-1", "immersion", "tank-1", "fws", "oil", null, 900, null),
            new("crac-1", "crac", "crac-1", null, null, null, null, "hall"),
            new("crac-2", "crac", "crac-2", null, null, null, null, "hall"),
        ]);

    public void Announce(AnomalyEngine engine)
    {
        foreach (var device in points.GroupBy(point => point.Series.Device))
        {
            engine.Announce(device.Key, Kinds[device.Key], device.Select(point => point.Series));
        }
    }

    public void Take(AnomalyEngine engine, HallState seen, long atMs)
    {
        foreach (var (series, value) in points)
        {
            engine.Take(new Reading(series, atMs, value(seen), Quality.Good));
        }
    }

    private static IEnumerable<Series> Power(params string[] devices) => devices.Select(device => new Series(device, "power.active", null));
}
