using EdgeDcim.Collector.Anomalies.Model;

namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>The heat balance of one loop: what its machines take out against the share of the power that ends as heat in it.</summary>
/// <param name="lagSeconds">How long heat takes from the silicon to the meters: a minute through cold plates, ten through a bath.</param>
internal sealed class BalanceWatch(CoolingLoop loop, double lagSeconds, DetectorLimits limits)
{
    /// <summary>While the load of the last minutes differs by more than this from that of the last hour, heat is on its way: no balance.</summary>
    private const double SteadyShare = 0.03;

    private const double ShareUncertainty = 0.08;

    private readonly LowPass power = new(lagSeconds);
    private readonly LowPass slowPower = new(3600 + (2 * lagSeconds));
    private readonly List<LiquidWatch> machines = [];
    private long updatedMs;

    public CoolingLoop Loop => loop;

    public Drift Drift { get; } = new(limits.Of("heat_balance", new DriftLimits(300, 0.03)));

    public double Z => Drift.Z;

    public double PowerW { get; private set; } = double.NaN;

    public double HeatW { get; private set; } = double.NaN;

    public void Add(LiquidWatch machine) => machines.Add(machine);

    public void Update(in Moment moment)
    {
        if (moment.NowMs == updatedMs)
        {
            return;
        }

        updatedMs = moment.NowMs;
        double sum = 0, heat = 0, doubt = 0;
        for (var i = 0; i < loop.Heat.Count; i++)
        {
            sum += LiquidSignals.Live(loop.Heat[i], moment.NowMs);
        }

        var watts = loop.Heat.Count == 0 ? double.NaN : sum * loop.Config.LiquidShare;
        PowerW = power.Take(watts, moment.NowMs);
        var steady = Math.Abs(Equations.Relative(PowerW / slowPower.Take(watts, moment.NowMs))) < SteadyShare;
        foreach (var machine in machines)
        {
            heat += machine.HotHeat;
            steady &= machine.IsSteady;
            doubt = Math.Max(doubt, machine.HotHeatUncertainty);
        }

        HeatW = heat;
        var sound = machines.TrueForAll(static machine => machine.Diagnosis.Name is null && machine.Pumps.Cause is null);

        // The share of the power that a loop takes is a figure of the design: within a tenth.
        Drift.Take(steady ? Equations.Relative(heat / PowerW) : double.NaN, moment, sound, Math.Sqrt((doubt * doubt) + (ShareUncertainty * ShareUncertainty)));
    }
}
