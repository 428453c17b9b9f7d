namespace EdgeDcim.Collector.Kpi;

/// <summary>The sums of all uses over the part of a window in which the asked ones are known together.</summary>
internal sealed class PeriodSums
{
    private readonly double[] amounts = new double[EnergyUses.Count];
    private readonly double[] estimated = new double[EnergyUses.Count];

    /// <summary>How much of the window the sums stand for: the same time for every use.</summary>
    public long CoveredMs { get; private set; }

    /// <summary>Energy in kWh, water in m³.</summary>
    public double this[EnergyUse use] => amounts[(int)use];

    /// <summary>What of the amount was spread across gaps or integrated.</summary>
    public double Estimated(EnergyUse use) => estimated[(int)use];

    public void Add(ReadOnlySpan<double> moreAmounts, ReadOnlySpan<double> moreEstimated, long coveredMs)
    {
        for (var i = 0; i < amounts.Length; i++)
        {
            amounts[i] += moreAmounts[i];
            estimated[i] += moreEstimated[i];
        }

        CoveredMs += coveredMs;
    }
}

/// <summary>
/// Adds the ledger's tracks up by use in buckets of a minute, a quarter of an hour and a day, so that a window of any length is a sum of
/// some thousand numbers. A ratio of two uses is formed over those buckets only in which both are complete: both sides cover the same time.
/// Buckets are computed when they are asked for and forgotten when the ledger says that they changed.
/// </summary>
internal sealed class PeriodBook(EnergyUses uses, EnergyLedger ledger)
{
    public const long MinuteMs = 60_000;
    public const long QuarterMs = 15 * MinuteMs;
    public const long DayMs = 96 * QuarterMs;

    /// <summary>A bucket counts as complete with this share of its time: borders of readings fall a few milliseconds off.</summary>
    private const double Complete = 0.999;

    /// <summary>A day of long ago counts with less, and is scaled up; its gaps can no longer be placed.</summary>
    private const double CompleteDay = 0.9;

    /// <summary>Mark of a bucket that no track knows anything about. The bit is free: there are seven uses.</summary>
    private const byte Empty = 0x80;

    private readonly Ring minutes = new(MinuteMs, 50 * 60);
    private readonly Ring quarters = new(QuarterMs, 33 * 96);
    private readonly Ring days = new(DayMs, 400);

    public static int Mask(params ReadOnlySpan<EnergyUse> asked)
    {
        var mask = 0;
        foreach (var use in asked)
        {
            mask |= 1 << (int)use;
        }

        return mask;
    }

    /// <summary>The ledger changed in this stretch of time.</summary>
    public void Forget(long fromMs, long toMs)
    {
        minutes.Forget(fromMs, toMs);
        quarters.Forget(fromMs, toMs);
        days.Forget(fromMs, toMs);
    }

    /// <summary>
    /// Sums from <paramref name="fromMs"/> (a whole minute; a whole quarter when more than two days, a whole day when more than a month back)
    /// to <paramref name="toMs"/>; one result for each mask, in one pass.
    /// </summary>
    public PeriodSums[] Sum(long fromMs, long toMs, params ReadOnlySpan<int> masks)
    {
        var pass = new Pass(masks, toMs);
        var at = fromMs;
        while (at < toMs)
        {
            if (at % DayMs == 0 && at + DayMs <= toMs && at < toMs - CounterTrack.CoarseMs + (2 * DayMs))
            {
                Add(days, at, pass, 0);
                at += DayMs;
            }
            else if (at % QuarterMs == 0 && at + QuarterMs <= toMs)
            {
                // Where a use is not complete over the quarter it may be over some of its minutes.
                var taken = Add(quarters, at, pass, 0);
                if (taken >= 0 && taken != pass.All)
                {
                    Minutes(at, at + QuarterMs, pass, taken);
                }

                at += QuarterMs;
            }
            else
            {
                Minutes(at, at + MinuteMs, pass, 0);
                at += MinuteMs;
            }
        }

        return pass.Sums;
    }

    private void Minutes(long fromMs, long toMs, Pass pass, int taken)
    {
        for (var at = fromMs; at < toMs && pass.ToMs - at < minutes.SpanMs; at += MinuteMs)
        {
            Add(minutes, at, pass, taken);
        }
    }

    /// <summary>Adds a bucket to every sum that is not in <paramref name="taken"/> and whose uses are complete in it. Returns those sums as bits, or -1 when the bucket is empty.</summary>
    private int Add(Ring ring, long at, Pass pass, int taken)
    {
        var slot = ring.Slot(at, out var known);
        if (!known)
        {
            Compute(ring, slot, at);
        }

        var mask = ring.Masks[slot];
        if (mask == Empty)
        {
            return -1;
        }

        var added = 0;
        for (var i = 0; i < pass.Masks.Length; i++)
        {
            if ((taken & (1 << i)) == 0 && (mask & pass.Masks[i]) == pass.Masks[i])
            {
                added |= 1 << i;
                pass.Sums[i].Add(ring.Amounts.AsSpan(slot * EnergyUses.Count, EnergyUses.Count), ring.Estimated.AsSpan(slot * EnergyUses.Count, EnergyUses.Count), ring.SizeMs);
            }
        }

        return added;
    }

    private void Compute(Ring ring, int slot, long at)
    {
        var mask = 0;
        var empty = true;
        for (var use = 0; use < EnergyUses.Count; use++)
        {
            var (amount, estimated, complete) = (0.0, 0.0, uses.Missing((EnergyUse)use) is null);
            foreach (var term in uses.Terms((EnergyUse)use))
            {
                var span = ledger.Energy(term.Track, at, at + ring.SizeMs);
                var covered = (double)span.CoveredMs / ring.SizeMs;
                empty &= span.CoveredMs == 0;
                complete &= covered >= (ring == days ? CompleteDay : Complete);
                var scale = ring == days && covered > 0 ? 1 / covered : 1;
                amount += term.Factor * span.Amount * scale;
                estimated += Math.Abs(term.Factor) * ((span.Amount * (scale - 1)) + span.Estimated);
            }

            mask |= complete ? 1 << use : 0;
            ring.Amounts[(slot * EnergyUses.Count) + use] = amount;
            ring.Estimated[(slot * EnergyUses.Count) + use] = estimated;
        }

        ring.Masks[slot] = empty ? Empty : (byte)mask;
    }

    private sealed class Pass
    {
        public Pass(ReadOnlySpan<int> masks, long toMs)
        {
            Masks = masks.ToArray();
            Sums = [.. Masks.Select(_ => new PeriodSums())];
            ToMs = toMs;
        }

        public int[] Masks { get; }

        public PeriodSums[] Sums { get; }

        public long ToMs { get; }

        public int All => (1 << Masks.Length) - 1;
    }

    /// <summary>The newest buckets of one size.</summary>
    private sealed class Ring(long sizeMs, int count)
    {
        private readonly long[] starts = [.. Enumerable.Repeat(long.MinValue, count)];

        public long SizeMs => sizeMs;

        public long SpanMs => sizeMs * count;

        public double[] Amounts { get; } = new double[count * EnergyUses.Count];

        public double[] Estimated { get; } = new double[count * EnergyUses.Count];

        public byte[] Masks { get; } = new byte[count];

        public int Slot(long at, out bool known)
        {
            var slot = (int)(at / sizeMs % count);
            known = starts[slot] == at;
            starts[slot] = at;
            return slot;
        }

        public void Forget(long fromMs, long toMs)
        {
            if (toMs - fromMs >= SpanMs)
            {
                Array.Fill(starts, long.MinValue);
                return;
            }

            for (var at = fromMs - (fromMs % sizeMs); at <= toMs; at += sizeMs)
            {
                var slot = (int)(at / sizeMs % count);
                if (starts[slot] == at)
                {
                    starts[slot] = long.MinValue;
                }
            }
        }
    }
}
