namespace EdgeDcim.Collector.Kpi;

/// <summary>One reading of a counter, or of a power that is integrated.</summary>
internal readonly record struct CounterPoint(long AtMs, double Value);

/// <summary>Energy that flowed evenly from one instant to another, in the counter's unit.</summary>
/// <param name="Estimated">Spread across a gap, or concluded at a reset: the amount is bounded, its place in time is a guess.</param>
/// <param name="EndValue">Where the counter stands after it, as the next step is measured from there.</param>
internal readonly record struct EnergySegment(long FromMs, long ToMs, double Amount, bool Estimated, double EndValue);

/// <summary>What limits the steps of one counter.</summary>
/// <param name="RatePerHour">Highest physically possible rise per hour; null while nothing is known about it.</param>
/// <param name="Quantum">Smallest step that the counter makes.</param>
/// <param name="Modulus">Value at which it starts again at 0, if that was declared.</param>
/// <param name="GapMs">A distance above which the time between two readings is a gap.</param>
/// <param name="CoarseUntilMs">Readings before were thinned out to <paramref name="CoarseGapMs"/>, so that only a longer distance is a gap there.</param>
internal readonly record struct CounterLimits(double? RatePerHour, double Quantum, double? Modulus, long GapMs, long CoarseUntilMs = 0, long CoarseGapMs = 0)
{
    public bool IsGap(long fromMs, long toMs) => toMs - fromMs > (fromMs < CoarseUntilMs ? Math.Max(GapMs, CoarseGapMs) : GapMs);

    /// <summary>How far the counter can rise in a time: the rate, and two steps of the register that fell due around it.</summary>
    public double Allowed(long ms) => RatePerHour is { } rate ? (rate * ms / 3_600_000) + (2 * Quantum) : 0;
}

/// <summary>
/// Reads energy out of the values of a counter, in order of time. It is a function of the set of readings alone: the order of their
/// arrival, repeats and restarts change nothing. Its rules, each for a fault that meters have in the field:
/// a rise beyond what is physically possible is no energy; a drop is no reset before the counter has been seen to grow from there;
/// a value that comes back to the line before the drop makes what lay between a blip; a roll-over counts only with a declared modulus;
/// a small step back is no energy, and none is booked again on the way up; a gap is booked in whole and marked estimated.
/// </summary>
internal sealed class CounterScan
{
    /// <summary>So many readings in a row must agree before a new level is believed.</summary>
    private const int Confirmations = 3;

    /// <summary>… and so many of them must be higher than the one before, for a dead meter also agrees with itself, at 0.</summary>
    private const int Rises = 2;

    /// <summary>A run of wrong readings that was believed is given up again if it was not longer than this.</summary>
    private const int Memory = 10;

    private readonly CounterLimits limits;
    private readonly List<EnergySegment> segments = [];
    private readonly List<(CounterPoint Point, int Segments)> accepted = [];
    private readonly List<CounterPoint> pending = [];
    private (CounterPoint Point, int Segments)? beforeJump;
    private int rejected;
    private int resets;

    private CounterScan(CounterLimits limits) => this.limits = limits;

    /// <summary>Energy of the readings; they must be in order of time without equal times.</summary>
    public static CounterResult Run(IReadOnlyList<CounterPoint> points, CounterLimits limits)
    {
        var scan = new CounterScan(limits);
        for (var i = 0; i < points.Count; i++)
        {
            scan.Take(points[i]);
        }

        return new CounterResult(
            scan.segments,
            scan.accepted.Count == 0 ? null : scan.accepted[^1].Point,
            scan.pending.Count == 0 ? null : scan.pending[0],
            scan.rejected, scan.resets);
    }

    private CounterPoint Base => accepted[^1].Point;

    private void Take(CounterPoint point)
    {
        if (accepted.Count == 0)
        {
            accepted.Add((point, 0));
        }
        else if (Fits(Base, point) && !IsBelowPeak(point))
        {
            rejected += pending.Count;
            pending.Clear();
            Accept(point);
        }
        else
        {
            if (pending.Count > 0 && !Fits(pending[^1], point))
            {
                rejected += pending.Count;
                pending.Clear();
            }

            pending.Add(point);
            Confirm();
        }
    }

    /// <summary>The rise from one reading to a later one, if it is possible: 0 for a small step back, the rest of the turn for a roll-over.</summary>
    private double? Rise(CounterPoint from, CounterPoint to)
    {
        var rise = to.Value - from.Value;
        var allowed = limits.Allowed(to.AtMs - from.AtMs);
        if (rise >= 0)
        {
            return rise <= allowed ? rise : null;
        }

        if (IsStepBack(from.Value, to.Value))
        {
            return 0;
        }

        return limits.Modulus is { } modulus && rise + modulus >= 0 && rise + modulus <= allowed ? rise + modulus : null;
    }

    /// <summary>More than a count below the last reading, but above one shortly before: the last reading may have been a wrong peak.</summary>
    private bool IsBelowPeak(CounterPoint point) =>
        point.Value < Base.Value && Base.Value - point.Value > limits.Quantum * 1.01 && Rise(Base, point) == 0 && Earlier(point) is not null;

    private bool Fits(CounterPoint from, CounterPoint to) => Rise(from, to) is not null;

    /// <summary>
    /// A register that was read half old half new, or a meter that woke with the value it saved up to an hour ago. A reset goes to the
    /// neighbourhood of 0 and is none.
    /// </summary>
    private bool IsStepBack(double from, double to) =>
        (from - to <= limits.Quantum * 1.01 && to >= from * 0.5)
        || (from - to <= limits.Allowed(3_600_000) && to >= from * 0.9);

    private void Accept(CounterPoint point)
    {
        var from = Base;
        var rise = Rise(from, point)!.Value;
        var turned = point.Value < from.Value && rise > 0;
        if (turned)
        {
            beforeJump = accepted[^1];
        }


        // After a small step back the higher value stays the base: the way up again is not booked a second time.
        var reached = point.Value < from.Value && !turned ? from.Value : point.Value;
        segments.Add(new EnergySegment(from.AtMs, point.AtMs, rise, limits.IsGap(from.AtMs, point.AtMs), reached));
        Push(point with { Value = reached });
    }

    private void Confirm()
    {
        if (pending.Count < Confirmations)
        {
            return;
        }

        var first = pending[0];
        if (beforeJump is { } old && old.Point.Value <= first.Value && Fits(old.Point, first))
        {
            // The readings are back on the line they were on before a jump that was believed: it was none.
            GiveUp(old);
        }
        else if (first.Value < Base.Value && Earlier(first) is { } before)
        {
            // They continue the line before a peak that was believed.
            GiveUp(before);
        }
        else if (pending.Zip(pending.Skip(1)).Count(pair => pair.Second.Value > pair.First.Value) >= Rises)
        {
            Jump(first);
        }
        else
        {
            return;
        }

        var chain = pending.ToList();
        pending.Clear();
        foreach (var point in chain)
        {
            if (point.AtMs > Base.AtMs && Fits(Base, point))
            {
                Accept(point);
            }
        }
    }

    private (CounterPoint Point, int Segments)? Earlier(CounterPoint point)
    {
        for (var i = accepted.Count - 2; i >= Math.Max(0, accepted.Count - Memory); i--)
        {
            if (accepted[i].Point.Value <= point.Value && Fits(accepted[i].Point, point))
            {
                return accepted[i];
            }
        }

        return null;
    }

    private void GiveUp((CounterPoint Point, int Segments) back)
    {
        segments.RemoveRange(back.Segments, segments.Count - back.Segments);
        var index = accepted.IndexOf(back);
        rejected += index < 0 ? 1 : accepted.Count - 1 - index;
        accepted.RemoveRange(index + 1, accepted.Count - index - 1);
        if (index < 0)
        {
            accepted.Add(back);
        }

        beforeJump = null;
    }

    /// <summary>Believes a new level: what the counter shows after a restart at 0 was counted since; what lies across any other jump is not known.</summary>
    private void Jump(CounterPoint first)
    {
        resets++;
        beforeJump = accepted[^1];
        if (first.Value < Base.Value && first.Value >= 0 && first.Value <= limits.Allowed(first.AtMs - Base.AtMs))
        {
            segments.Add(new EnergySegment(Base.AtMs, first.AtMs, first.Value, true, first.Value));
        }

        Push(first);
    }

    private void Push(CounterPoint point)
    {
        accepted.Add((point, segments.Count));
        if (accepted.Count > 4 * Memory)
        {
            accepted.RemoveRange(0, accepted.Count - (2 * Memory));
        }
    }
}

/// <summary>What a scan found.</summary>
/// <param name="Last">The reading up to which energy is known.</param>
/// <param name="PendingSince">First of the readings that do not fit and are not confirmed yet.</param>
/// <param name="Rejected">Readings that were blips.</param>
/// <param name="Resets">Resets and jumps that were believed.</param>
internal sealed record CounterResult(
    IReadOnlyList<EnergySegment> Segments, CounterPoint? Last, CounterPoint? PendingSince, int Rejected, int Resets)
{
    public static CounterResult Empty { get; } = new([], null, null, 0, 0);
}
