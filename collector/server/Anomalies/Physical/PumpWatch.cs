namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>What the pumps of one loop do: which turn, which have failed, and whether the flow has gone. Judged at once, from states and speeds.</summary>
/// <remarks>
/// A pump that stops after another took its place has changed duty. One that stops before, and is missed, is lost until it turns again. One that
/// was called and sent away before it came up to the others was never on duty, and is not missed.
/// </remarks>
internal sealed class PumpWatch
{
    private const double TurningPercent = 10;

    /// <summary>On duty: up to this share of the fastest, or turning for this long, as a trim pump does.</summary>
    private const double OnDutyShare = 0.6;

    private const long OnDutyMs = 60_000;
    private const long SettleMs = 180_000;
    private const long UsualAfterMs = 300_000;
    private const double CodeRunning = 1;
    private const double CodeStopped = 2;
    private const double CodeFault = 4;

    private readonly LiquidSignals signals;
    private readonly Signal?[] states;
    private readonly bool[] turned;
    private readonly long[] turnsSinceMs;
    private readonly bool[] missed;
    private readonly bool[] sagged;
    private double fastest;
    private long changedMs;
    private int usual;

    public PumpWatch(LiquidSignals signals)
    {
        this.signals = signals;
        states = [.. signals.PumpSpeeds.Select(speed => signals.PumpStates.FirstOrDefault(state => state.Series.Part == speed.Series.Part))];
        (turned, missed, sagged, turnsSinceMs) = (new bool[states.Length], new bool[states.Length], new bool[states.Length], new long[states.Length]);
    }

    /// <summary><c>pump_trip</c>, <c>all_pumps_lost</c> or <c>flow_lost</c>; null while the pumps do what they should.</summary>
    public string? Cause { get; private set; }

    public double Confidence { get; private set; }

    public int Lost { get; private set; }

    /// <summary>Sum of the speeds, %; NaN while one is not known.</summary>
    public double Turning { get; private set; } = double.NaN;

    public int Running { get; private set; }

    /// <summary>Pumps that could run: not failed, not stopped by hand.</summary>
    public int Available { get; private set; }

    /// <summary>Fewer turn than usual: another point of the curve.</summary>
    public bool IsSingle => Running < usual;

    public bool IsSettling(long nowMs) => changedMs > 0 && nowMs - changedMs < SettleMs;

    /// <param name="flow">Now; NaN when not known.</param>
    /// <param name="usualFlow">Mean of the last minutes.</param>
    public void Update(in Moment moment, double flow, double usualFlow)
    {
        var now = moment.NowMs;
        var sum = 0.0;
        fastest = 0;
        int running = 0, failed = 0, stopped = 0;
        for (var i = 0; i < states.Length; i++)
        {
            var speed = LiquidSignals.Live(signals.PumpSpeeds[i], now);
            sum += speed;
            fastest = Math.Max(fastest, speed);
            running += speed > TurningPercent ? 1 : 0;
        }

        for (var i = 0; i < signals.PumpStates.Count; i++)
        {
            var state = LiquidSignals.Live(signals.PumpStates[i], now);
            failed += state == CodeFault ? 1 : 0;
            stopped += state == CodeStopped ? 1 : 0;
        }

        if (running != Running)
        {
            changedMs = now;
        }

        (Turning, Running) = (sum, running);
        Available = Math.Max(states.Length, signals.PumpStates.Count) - failed - stopped;
        var lost = 0;
        for (var i = 0; i < states.Length; i++)
        {
            lost += IsMissed(i, now) ? 1 : 0;
        }

        var share = flow / usualFlow;
        Lost = Math.Max(failed, lost);
        (Cause, Confidence) = (failed, lost) switch
        {
            _ when usual > 0 && running == 0 && (Lost > 0 || share < 0.5) => ("all_pumps_lost", 0.97),
            ( > 0, _) => ("pump_trip", 0.95),
            (_, > 0) => ("pump_trip", 0.85),
            _ when share < 0.4 && fastest > 3 * TurningPercent => ("flow_lost", 0.7),
            _ => (null, 0),
        };
        usual = Cause is null && running > 0 && now - changedMs >= UsualAfterMs ? running : usual;
        usual = usual == 0 ? running : usual;
    }

    private bool IsMissed(int pump, long now)
    {
        var speed = LiquidSignals.Live(signals.PumpSpeeds[pump], now);
        if (double.IsNaN(speed))
        {
            return missed[pump];
        }

        var state = LiquidSignals.Live(states[pump], now);

        var turns = speed > TurningPercent;
        turnsSinceMs[pump] = !turns ? 0 : turnsSinceMs[pump] == 0 ? now : turnsSinceMs[pump];

        // Slower than its neighbours before another turns: its own doing. After another took over it may slow down as it likes.
        sagged[pump] = turned[pump] && speed < OnDutyShare * fastest && (sagged[pump] || (turns && Running <= usual));

        // A device that says what its pumps do is believed: standing by is no loss, running without turning is.
        if (turned[pump] && !turns && (Running < usual || sagged[pump]) && (double.IsNaN(state) || state == CodeRunning))
        {
            missed[pump] = true;
        }

        missed[pump] &= !turns && !(state is 0 or CodeStopped or 3);
        var onDuty = turned[pump] || speed >= OnDutyShare * fastest || now - turnsSinceMs[pump] >= OnDutyMs;
        turned[pump] = (turns && onDuty) || missed[pump];
        return missed[pump];
    }
}
