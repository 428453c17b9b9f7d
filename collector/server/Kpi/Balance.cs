using EdgeDcim.Collector.Facility;

namespace EdgeDcim.Collector.Kpi;

/// <summary>All sums of the meter tree at one instant, in W: what comes in, and the uses it goes to.</summary>
internal sealed record Balance(PowerSum Total, PowerSum It, PowerSum Cooling, PowerSum LightingOther, IReadOnlyList<KpiInput> Inputs)
{
    private const string NoFile = "there is no facility file: nothing says which meters make up the site";

    /// <summary>Losses of UPSs and distribution: what no meter claims for IT, cooling, lighting or other. Null when one of them is not known.</summary>
    public double? PowerChain => Total.Value - It.Value - Cooling.Value - LightingOther.Value;

    /// <summary>What lies above 1 in PUE; the parts and 1 add up to PUE. Empty when a part is not known.</summary>
    public IReadOnlyList<KpiPart> Parts => It.Value is > 0 and { } it && PowerChain is { } chain
        ?
        [
            new KpiPart("cooling", Cooling.Value!.Value / it),
            new KpiPart("power_chain", chain / it),
            new KpiPart("lighting_other", LightingOther.Value!.Value / it),
        ]
        : [];

    public static Balance Of(MeterTree tree, FacilitySnapshot snapshot)
    {
        var total = tree.Total.Count == 0 ? PowerSum.Unknown(NoFile) : PowerSum.Of(tree.Total, snapshot);
        var it = tree.It.Count == 0 ? PowerSum.Unknown(NoFile) : PowerSum.Of(tree.It, snapshot);
        var cooling = tree.Cooling.Count == 0 ? PowerSum.Unknown(EnergyUses.NoCooling) : PowerSum.Of(tree.Cooling, snapshot);
        var lighting = PowerSum.Of(tree.LightingOther, snapshot);
        var inputs = new List<KpiInput>();
        foreach (var reading in total.Readings.Concat(it.Readings).Concat(cooling.Readings).Concat(lighting.Readings).DistinctBy(reading => reading.Port.Name))
        {
            foreach (var series in reading.Port.Power)
            {
                var known = snapshot.TryInput(series, out var sample) && sample.UsableAtMs > 0;
                inputs.Add(new KpiInput(
                    reading.Port.Name, series.ToString(), known ? sample.UsableValue : null, "W",
                    known ? (snapshot.NowMs - sample.UsableAtMs) / 1000.0 : null, reading.Value is null ? Core.Telemetry.Quality.Missing : reading.Quality));
            }
        }

        return new Balance(total, it, cooling, lighting, inputs);
    }
}
