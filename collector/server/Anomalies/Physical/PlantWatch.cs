using EdgeDcim.Collector.Anomalies.Model;

namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>Whether the facility water is as cold as it should be: what is too warm behind it is then no news of its own.</summary>
/// <param name="chillers">Those that make this water; none when the site file names none.</param>
internal sealed class PlantWatch(IReadOnlyList<CoolingUnit> chillers)
{
    /// <summary>A chiller holds its set point within this, K.</summary>
    public const double Band = 2;

    private long updatedMs;

    public bool IsOut { get; private set; }

    public void Update(in Moment moment)
    {
        if (moment.NowMs == updatedMs)
        {
            return;
        }

        updatedMs = moment.NowMs;
        var known = false;
        var isOut = false;
        for (var i = 0; i < chillers.Count; i++)
        {
            var over = Over(chillers[i], moment.NowMs);
            known |= double.IsFinite(over);

            // Half the band already holds the consequences back, so that they are never before their cause.
            isOut |= over > Band / 2;
        }

        IsOut = known ? isOut : IsOut;
    }

    /// <summary>Supply above set point, K; NaN when one of them is not known.</summary>
    public static double Over(CoolingUnit chiller, long nowMs) =>
        LiquidSignals.Live(chiller.SecondarySide.Supply, nowMs) - (chiller.Find("temperature.setpoint")?.Value ?? double.NaN);

    public IEnumerable<Signal> Signals => chillers.SelectMany(chiller =>
        new[] { chiller.SecondarySide.Supply, chiller.SecondarySide.Return, chiller.Find("temperature.setpoint"), chiller.Find("compressor.output"), chiller.Find("freecooling.output") }).OfType<Signal>();
}
