using EdgeDcim.Collector.Anomalies.Model;

namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>
/// What is computed of one CDU or tank at an instant, once for all its detectors: heats, residuals of its laws, and the one cause that their
/// pattern means. So a consequence is never raised beside its cause.
/// </summary>
/// <remarks>
/// <code>
/// signals ─ low-pass ─ heats, K, curves ─ Drift per law ─ z ─ Diagnosis ─ owner's detector raises, the others are explained
/// </code>
/// </remarks>
internal sealed class LiquidWatch(LiquidSignals signals, BalanceWatch balance, PlantWatch plant, DetectorLimits limits)
{
    /// <summary>Flow meters of this trade are within 2 %, a pair of thermometers within 0.2 K.</summary>
    public const double FlowUncertainty = 0.02;

    public const double KelvinUncertainty = 0.15;

    /// <summary>Load and flow are brought to one time constant before they are compared.</summary>
    private const double SmoothSeconds = 60;

    /// <summary>So long a choice between causes may wait for a law that is between sound and broken.</summary>
    private const long PatienceMs = 15 * 60_000;

    private static readonly DriftLimits[] Limits =
    [
        new(300, 0.035),
        new(300, 0.03),
        new(1800, 0.04),
        new(300, 0.08),
        new(300, 0.06),
        new(300, 0.03),
        new(60, 1.1),
        new(300, 0.3),
        new(300, 0.06),
    ];

    private readonly Drift[] laws = [.. Limits.Select((usual, law) => new Drift(limits.Of(NameOf((Law)law), usual)))];
    private readonly double[] z = [.. Limits.Select(_ => double.NaN)];
    private readonly LowPass hotHeat = new(SmoothSeconds);
    private readonly LowPass coldHeat = new(SmoothSeconds);
    private readonly LowPass electric = new(SmoothSeconds);
    private readonly LowPass flow = new(SmoothSeconds);
    private readonly LowPass supply = new(SmoothSeconds);
    private readonly LowPass back = new(SmoothSeconds);
    private readonly LowPass coldIn = new(SmoothSeconds);
    private readonly LowPass coldOut = new(SmoothSeconds);
    private readonly LowPass flowSwing = new(120);
    private readonly LowPass slowFlow = new(600);
    private long updatedMs;
    private long brokenMs;
    private double lastFlow = double.NaN;
    private double lastCurve = double.NaN;
    private readonly ResistanceLaw filterLaw = new(Limits[(int)Law.Filter].TauSeconds);
    private readonly ResistanceLaw platesLaw = new(Limits[(int)Law.Plates].TauSeconds);
    private readonly Drift coldUsual = new(new DriftLimits(60, 1));
    private bool isHotKnown;
    private bool isColdKnown;

    public LiquidSignals Signals => signals;

    public CoolingUnit Unit => signals.Unit;

    public PlantWatch Plant => plant;

    /// <summary>The loop's own judgement: pumps lost or flow gone explains whatever the laws say.</summary>
    public PumpWatch Pumps { get; } = new(signals);

    public ValveWatch Valve { get; } = new(signals);

    /// <summary>Present diagnosis of the laws; name null while all hold.</summary>
    public Diagnosis Diagnosis { get; private set; }

    /// <summary>Heat brought by the loop, W, smoothed; NaN when it cannot be computed now.</summary>
    public double HotHeat => isHotKnown ? hotHeat.Value : double.NaN;

    /// <summary>Relative standard uncertainty of the loop's heat.</summary>
    public double HotHeatUncertainty { get; private set; } = double.NaN;

    public double Supply => supply.Value;

    /// <summary>Facility water against what it usually is, K; 0 while that is being learnt.</summary>
    public double WaterDeviation => coldUsual.IsLearning ? 0 : coldUsual.Deviation;

    public double SupplyRaw { get; private set; } = double.NaN;

    public double ReturnRaw { get; private set; } = double.NaN;

    public double FlowRaw { get; private set; } = double.NaN;

    /// <summary>Mean temperature of the loop's liquid, smoothed.</summary>
    public double Mean => (supply.Value + back.Value) / 2;

    public bool IsSteady { get; private set; }

    public Drift this[Law law] => laws[(int)law];

    /// <summary>The learnt curve of a resistance; null for other laws.</summary>
    public ResistanceLaw? CurveOf(Law law) => law switch { Law.Filter => filterLaw, Law.Plates => platesLaw, _ => null };

    public double Z(Law law) => z[(int)law];

    /// <summary>Waiting for a clearer picture: something is broken and the cause hangs on a law in between.</summary>
    public bool IsPondering(long nowMs) => Diagnosis is { Name: not null, IsClear: false } && nowMs - brokenMs < PatienceMs;

    /// <summary>The return is colder than the supply although coolant flows: the two thermometers are exchanged.</summary>
    public bool IsSwapped => ReturnRaw < SupplyRaw - 1 && FlowRaw > 5;

    /// <summary>Something with a name explains what else is out of order around this machine.</summary>
    public bool IsExplained => Pumps.Cause is not null || plant.IsOut || Valve.IsStuck || IsSwapped || Diagnosis.Name is not null;

    public void Update(in Moment moment)
    {
        if (moment.NowMs == updatedMs)
        {
            return;
        }

        updatedMs = moment.NowMs;
        plant.Update(moment);
        var now = moment.NowMs;
        double Live(Signal? signal) => signals.IsFrozen(signal, now) ? double.NaN : LiquidSignals.Live(signal, now);
        var (ts, tr, fs) = (Live(signals.Supply), Live(signals.Return), Live(signals.Flow));
        var (tc, to, fp) = (Live(signals.ColdIn), Live(signals.ColdOut), Live(signals.ColdFlow));
        (SupplyRaw, ReturnRaw, FlowRaw) = (ts, tr, fs);
        Pumps.Update(moment, fs, slowFlow.Value);
        Valve.Update(moment);
        hotHeat.Take(Unit.Secondary.Coolant.IsSensible ? Unit.Secondary.Coolant.Heat(fs, ts, tr) : double.NaN, now);
        coldHeat.Take(Unit.Primary.Coolant.Heat(fp, tc, to), now);
        (isHotKnown, isColdKnown) = (double.IsFinite(fs + ts + tr), double.IsFinite(fp + tc + to));
        electric.Take(Live(signals.Electric), now);
        supply.Take(ts, now);
        back.Take(tr, now);
        coldIn.Take(tc, now);
        coldOut.Take(to, now);
        coldUsual.Take(tc, moment, true);
        flow.Take(fs, now);

        signals.WatchFrozen(now);

        // Laws are of the steady state: while flow or water temperature run away from their means, nothing is judged or learnt.
        IsSteady = double.IsFinite(fs) && fs > 5 && Math.Abs(Equations.Relative(fs / flow.Value)) < 0.08
            && !(Math.Abs(tc - coldIn.Value) > 0.4) && !(Math.Abs(ts - supply.Value) > 1) && !Pumps.IsSettling(now) && !IsSwapped;
        slowFlow.Take(fs, now);
        balance.Update(moment);
        Apply(moment, fs, fp);
        Diagnosis = Pumps.Cause is not null || IsSwapped ? default : Diagnosis.Of(z);
        brokenMs = Diagnosis.Name is null ? 0 : brokenMs == 0 ? now : brokenMs;
    }

    private void Apply(in Moment moment, double fs, double fp)
    {
        var now = moment.NowMs;
        var learns = IsSteady && Diagnosis.Name is null && Pumps.Cause is null && !plant.IsOut;
        double Live(Signal? signal) => LiquidSignals.Live(signal, now);
        var pumpHeat = double.IsFinite(electric.Value) ? electric.Value : 0;
        var brought = hotHeat.Value + pumpHeat;
        var hotDoubt = HeatUncertainty(back.Value - supply.Value);
        var splitDoubt = Math.Sqrt((hotDoubt * hotDoubt) + Math.Pow(HeatUncertainty(coldOut.Value - coldIn.Value), 2) + Math.Pow(Unit.Secondary.Coolant.Uncertainty, 2));
        Take(Law.Split, IsSteady && isHotKnown && isColdKnown ? Equations.Relative(coldHeat.Value / brought) : double.NaN, moment, learns, splitDoubt);
        HotHeatUncertainty = hotDoubt;
        z[(int)Law.Balance] = balance.Z;

        // Of two heats the one on the water side: its fluid is known best.
        var heat = isColdKnown ? coldHeat.Value : brought;
        var hotIn = back.Value + (pumpHeat / Math.Max(1, Unit.Secondary.Coolant.Heat(flow.Value, supply.Value, supply.Value + 1)));
        var ua = Equations.Conductance(heat, hotIn, supply.Value, coldIn.Value, coldOut.Value);
        Take(Law.Exchanger, IsSteady && isHotKnown ? Equations.Relative(ua / Math.Pow(flow.Value, ExchangerExponent)) : double.NaN, moment, learns);

        var filter = Live(signals.FilterDelta);
        filter = double.IsFinite(filter) ? filter : Live(signals.FilterIn) - Live(signals.FilterOut);
        var plates = Live(signals.SupplyKpa) - Live(signals.ReturnKpa);
        Take(Law.Filter, IsSteady ? filterLaw.Residual(filter, fs, moment, learns) : double.NaN, moment, learns);
        Take(Law.Plates, IsSteady ? platesLaw.Residual(plates, fs, moment, learns) : double.NaN, moment, learns);

        var curve = Equations.Relative(fs / Pumps.Turning);
        Take(Law.PumpCurve, IsSteady ? curve : double.NaN, moment, learns && !Pumps.IsSingle);

        // Steps of flow against speed from reading to reading: bubbles, not control.
        if (signals.Flow is { } meter && meter.AtMs == now && double.IsFinite(fs) && double.IsFinite(lastFlow) && double.IsFinite(curve) && IsSteady)
        {
            var step = curve - lastCurve;
            flowSwing.Take(step * step, now);
            Take(Law.Tremble, 0.5 * Equations.Relative(flowSwing.Value), moment, learns);
        }

        (lastFlow, lastCurve) = (fs, curve);
        Take(Law.Rise, IsSteady && isHotKnown && Unit.Kind != "immersion" ? Equations.Relative(back.Value - supply.Value) : double.NaN, moment, learns);
        Take(Law.ValveCurve, IsSteady && !Valve.IsStuck ? Equations.Relative(fp / Live(signals.ValvePosition)) : double.NaN, moment, learns);
    }

    /// <summary>Films on both sides grow with about the 0.6th power of the flow.</summary>
    private const double ExchangerExponent = 0.6;

    private static string NameOf(Law law) => LiquidDetectors.Laws.FirstOrDefault(one => one.Law == law).Name ?? "";

    private static double HeatUncertainty(double kelvin) => Equations.HeatUncertainty(FlowUncertainty, KelvinUncertainty, kelvin);

    private void Take(Law law, double residual, in Moment moment, bool learns, double uncertainty = double.NaN)
    {
        laws[(int)law].Take(residual, moment, learns, uncertainty);
        z[(int)law] = laws[(int)law].Z;
    }
}
