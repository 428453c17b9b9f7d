using EdgeDcim.Collector.Anomalies.Model;

namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>Every signal of a CDU or tank that its laws use, found once; what a model does not have is null.</summary>
internal sealed class LiquidSignals
{
    private const long FrozenMs = 20 * 60_000;
    private const int FrozenReadings = 60;

    private readonly Signal?[] watched;
    private readonly double[] lastValue;
    private readonly long[] sameSinceMs;
    private readonly long[] sameFrom;

    public LiquidSignals(CoolingUnit unit)
    {
        Unit = unit;
        var (hot, cold) = (unit.SecondarySide, unit.PrimarySide);
        Supply = hot.Supply ?? unit.Find("temperature.fluid", "bottom", "outlet");
        Return = hot.Return ?? unit.Find("temperature.fluid", "top", "inlet");
        Flow = hot.Flow;
        (ColdIn, ColdOut, ColdFlow) = (cold.Supply, cold.Return, cold.Flow);
        SupplyKpa = hot.SupplyPressure;
        ReturnKpa = hot.ReturnPressure;
        FilterIn = unit.Find("pressure.fluid", "filter/inlet");
        FilterOut = unit.Find("pressure.fluid", "filter/outlet");
        FilterDelta = unit.Find("pressure.delta", "filter");
        Electric = unit.Find("power.active");
        Claimed = unit.Find("heat.removed");
        ValvePosition = unit.Find("valve.position", null, "primary", "1");
        ValveCommand = unit.Find("valve.command", null, "primary", "1");
        Level = unit.Find("level", null, "reservoir", "tank");
        MakeUp = unit.Find("water.volume.makeup");
        DewPoint = unit.Find("temperature.dew_point");
        PumpSpeeds = [.. unit.Device.All("pump.speed")];
        PumpStates = [.. unit.Device.All("pump.state")];
        watched = [Supply, Return, Flow, ColdIn, ColdOut, ColdFlow];
        (lastValue, sameSinceMs, sameFrom) = (new double[watched.Length], new long[watched.Length], new long[watched.Length]);
        All = [.. new[] { Supply, Return, Flow, ColdIn, ColdOut, ColdFlow, SupplyKpa, ReturnKpa, FilterIn, FilterOut, FilterDelta, Electric, Claimed, ValvePosition, ValveCommand, Level, MakeUp, DewPoint }
            .OfType<Signal>().Concat(PumpSpeeds).Concat(PumpStates).Concat(unit.Secondary.Heat)];
    }

    public CoolingUnit Unit { get; }

    public Signal? Supply { get; }

    public Signal? Return { get; }

    public Signal? Flow { get; }

    public Signal? ColdIn { get; }

    public Signal? ColdOut { get; }

    public Signal? ColdFlow { get; }

    public Signal? SupplyKpa { get; }

    public Signal? ReturnKpa { get; }

    public Signal? FilterIn { get; }

    public Signal? FilterOut { get; }

    public Signal? FilterDelta { get; }

    public Signal? Electric { get; }

    public Signal? Claimed { get; }

    public Signal? ValvePosition { get; }

    public Signal? ValveCommand { get; }

    public Signal? Level { get; }

    public Signal? MakeUp { get; }

    public Signal? DewPoint { get; }

    public IReadOnlyList<Signal> PumpSpeeds { get; }

    public IReadOnlyList<Signal> PumpStates { get; }

    public IReadOnlyList<Signal> All { get; }

    /// <summary>
    /// A thermometer or flow meter that repeats one value for twenty minutes and sixty readings while another of its machine moves shows nothing:
    /// no law is judged by it. That it is frozen is said elsewhere.
    /// </summary>
    public bool IsFrozen(Signal? signal, long nowMs)
    {
        var place = signal is null ? -1 : Array.IndexOf(watched, signal);
        return place >= 0 && sameSinceMs[place] > 0 && nowMs - sameSinceMs[place] >= FrozenMs && signal!.Count - sameFrom[place] >= FrozenReadings
            && AnyMoves(nowMs);
    }

    /// <summary>A loop and no lambda: it is asked several times a second of every machine, and allocates nothing.</summary>
    private bool AnyMoves(long nowMs)
    {
        foreach (var since in sameSinceMs)
        {
            if (nowMs - since < FrozenMs)
            {
                return true;
            }
        }

        return false;
    }

    public void WatchFrozen(long nowMs)
    {
        for (var i = 0; i < watched.Length; i++)
        {
            if (watched[i] is { } signal && signal.Value != lastValue[i])
            {
                (lastValue[i], sameSinceMs[i], sameFrom[i]) = (signal.Value, nowMs, signal.Count);
            }
        }
    }

    /// <summary>The value if it is live, else NaN.</summary>
    public static double Live(Signal? signal, long nowMs) => signal is not null && signal.IsLive(nowMs) ? signal.Value : double.NaN;
}
