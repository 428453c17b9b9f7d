namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>The primary valve against its command.</summary>
internal sealed class ValveWatch(LiquidSignals signals)
{
    /// <summary>A drive that follows is within this many percent once it has had time to travel.</summary>
    public const double Tolerance = 8;

    private readonly LowPass mismatch = new(60);

    /// <summary>Smoothed position less command, %.</summary>
    public double Mismatch => mismatch.Value;

    public double Score { get; private set; } = double.NaN;

    public bool IsStuck => Score >= 1;

    public void Update(in Moment moment)
    {
        var position = LiquidSignals.Live(signals.ValvePosition, moment.NowMs);
        var command = LiquidSignals.Live(signals.ValveCommand, moment.NowMs);
        if (double.IsFinite(position - command))
        {
            Score = Math.Abs(mismatch.Take(position - command, moment.NowMs)) / Tolerance;
        }
    }
}
