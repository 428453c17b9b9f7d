namespace EdgeDcim.Collector.Kpi;

internal enum TrackKind
{
    /// <summary>A counter: its differences are energy (or volume).</summary>
    Counter,

    /// <summary>A power in W: its area under time is energy. Always an estimate.</summary>
    Integrated,
}

/// <summary>Energy (or volume) over a stretch of time.</summary>
/// <param name="Amount">In the counter's unit.</param>
/// <param name="CoveredMs">How much of the stretch the amount stands for.</param>
/// <param name="Estimated">The part of the amount that was spread across gaps or integrated.</param>
internal readonly record struct EnergySpan(double Amount, long CoveredMs, double Estimated)
{
    public static EnergySpan operator +(EnergySpan a, EnergySpan b) => new(a.Amount + b.Amount, a.CoveredMs + b.CoveredMs, a.Estimated + b.Estimated);
}

/// <summary>The stretch of time in which the energy of a track changed, and the stretch that readings out of their order lie in.</summary>
internal readonly record struct TrackChange(long FromMs, long ToMs, long? LateFromMs, long? LateToMs);

/// <summary>
/// The readings of one counter, thinned out to what its energy needs, and the energy in them. Young readings are kept a few a minute,
/// older ones a few a quarter of an hour, the oldest as sums a day. What is kept of a bucket of time (its first, last, lowest and
/// highest reading) does not depend on the order in which readings came, and repeats change nothing.
/// </summary>
internal sealed class CounterTrack(TrackKind kind, double? ratedPerHour, double? modulus)
{
    public const long DayMs = 86_400_000;

    /// <summary>Readings younger than this are kept by the minute: windows up to a day, and a late batch of a day, stay sharp.</summary>
    public const long FineMs = 26 * 3_600_000L;

    /// <summary>Readings younger than this are kept by the quarter of an hour: the 30-day window, its value of yesterday, and a late batch of a month.</summary>
    public const long CoarseMs = 33 * DayMs;

    private const long MinuteMs = 60_000;
    private const long QuarterMs = 15 * MinuteMs;

    /// <summary>Of an integrated power, one sample in this time is kept while young …</summary>
    private const long FineSlotMs = 10_000;

    /// <summary>… and one in this time later.</summary>
    private const long CoarseSlotMs = 5 * MinuteMs;

    /// <summary>The first reading of an instant wins only over a smaller one, so that two that disagree give the same result in any order.</summary>
    private readonly List<CounterPoint> points = [];
    private readonly SortedDictionary<long, EnergySpan> days = [];
    private readonly HashSet<long> touched = [];
    private readonly HashSet<long> touchedDays = [];
    private long coarseUntilMs = long.MinValue;
    private double learnedPerHour;
    private double historicPerHour;
    private double boundPerHour;
    private long lateFromMs = long.MaxValue;
    private long lateToMs = long.MinValue;
    private bool dirty;

    /// <summary>Sums of all segments before each, so that a stretch of any length is two look-ups.</summary>
    private EnergySpan[] before = [default];

    public TrackKind Kind => kind;

    public CounterResult Result { get; private set; } = CounterResult.Empty;

    /// <summary>Time of the newest reading; 0 while there is none.</summary>
    public long NewestMs => points.Count == 0 ? 0 : points[^1].AtMs;

    /// <summary>Usual distance of its readings.</summary>
    public long IntervalMs { get; private set; }

    /// <summary>What the register counts in; 0 when that is not seen in its values.</summary>
    public double Resolution { get; private set; }

    /// <summary>Readings that came too late to be placed.</summary>
    public long TooLate { get; private set; }

    /// <summary>The highest rate that was read from the meter itself, in the counter's unit an hour.</summary>
    public double LearnedPerHour => learnedPerHour;

    /// <summary>The bound that its own readings of more than a month ago gave.</summary>
    public double HistoricPerHour => historicPerHour;

    public IReadOnlyList<CounterPoint> Points => points;

    public IEnumerable<KeyValuePair<long, EnergySpan>> Days => days;

    /// <summary>Tells the track what its meter can do at most, as seen in its power or flow.</summary>
    public void Learn(double perHour)
    {
        if (perHour > learnedPerHour && double.IsFinite(perHour))
        {
            learnedPerHour = perHour;
            dirty |= ratedPerHour is null;
        }
    }

    /// <summary>Takes a reading in, at any time and in any order. False when it changes nothing.</summary>
    public bool Record(long atMs, double value)
    {
        if (!double.IsFinite(value))
        {
            return false;
        }

        if (points.Count > 0 && (atMs < points[^1].AtMs - CoarseMs || (days.Count > 0 && atMs < points[0].AtMs)))
        {
            TooLate++;
            return false;
        }

        var late = atMs < NewestMs;
        if (!Insert(new CounterPoint(atMs, value)) || !Thin(atMs))
        {
            return false;
        }

        dirty = true;
        if (late)
        {
            lateFromMs = Math.Min(lateFromMs, atMs);
            lateToMs = Math.Max(lateToMs, atMs);
        }

        return true;
    }

    /// <summary>
    /// Works out the energy anew when readings have come. Returns the stretch of time in which it changed and the stretch that late
    /// readings lie in, or null. A scan of all points that are kept costs some ten microseconds, so nothing incremental has to be right.
    /// </summary>
    public TrackChange? Settle()
    {
        if (!dirty)
        {
            return null;
        }

        dirty = false;
        Age();
        var former = Result.Segments;
        IntervalMs = CounterLearning.IntervalMs(points);
        Result = kind == TrackKind.Counter ? Scan() : Integrate();
        var change = Difference(former, Result.Segments);
        AddUp();
        if (change is { } changed && lateToMs > long.MinValue)
        {
            change = changed with { LateFromMs = Math.Min(lateFromMs, changed.FromMs), LateToMs = lateToMs };
        }

        (lateFromMs, lateToMs) = (long.MaxValue, long.MinValue);
        return change;
    }

    /// <summary>Energy between two instants; the parts of a gap or a step that lie outside are left out in proportion.</summary>
    public EnergySpan Energy(long fromMs, long toMs)
    {
        var span = default(EnergySpan);
        if (days.Count > 0 && points.Count > 0 && fromMs < points[0].AtMs)
        {
            for (var day = Day(fromMs); day <= Day(Math.Min(toMs, points[0].AtMs)); day++)
            {
                if (days.TryGetValue(day, out var whole))
                {
                    var share = (double)(Math.Min(toMs, (day + 1) * DayMs) - Math.Max(fromMs, day * DayMs)) / DayMs;
                    span += new EnergySpan(whole.Amount * share, (long)(whole.CoveredMs * share), whole.Estimated * share);
                }
            }
        }

        var segments = Result.Segments;
        var first = FirstEndingAfter(segments, fromMs);
        var last = FirstEndingAfter(segments, toMs);
        if (first == last)
        {
            return first < segments.Count && segments[first].FromMs < toMs ? span + Overlap(segments[first], fromMs, toMs) : span;
        }

        span += Overlap(segments[first], fromMs, toMs);
        span += new EnergySpan(
            before[last].Amount - before[first + 1].Amount, before[last].CoveredMs - before[first + 1].CoveredMs, before[last].Estimated - before[first + 1].Estimated);
        return last < segments.Count && segments[last].FromMs < toMs ? span + Overlap(segments[last], fromMs, toMs) : span;
    }

    /// <summary>What changed since the last call: times of points to write (or to delete, when they are no longer kept), and days.</summary>
    public (IReadOnlyList<(long AtMs, double? Value)> Points, IReadOnlyList<(long Day, EnergySpan Span)> Days) TakeChanges()
    {
        var changedPoints = touched.Select(at => (at, Find(at) is >= 0 and var index ? points[index].Value : (double?)null)).ToList();
        var changedDays = touchedDays.Select(day => (day, days[day])).ToList();
        touched.Clear();
        touchedDays.Clear();
        return (changedPoints, changedDays);
    }

    /// <summary>Puts back what was saved; points in order of time.</summary>
    public void Restore(IEnumerable<CounterPoint> saved, IEnumerable<KeyValuePair<long, EnergySpan>> savedDays, double learned, double historic)
    {
        points.AddRange(saved);
        foreach (var (day, span) in savedDays)
        {
            days[day] = span;
        }

        learnedPerHour = learned;
        historicPerHour = historic;
        coarseUntilMs = points.Count == 0 ? long.MinValue : Floor(points[^1].AtMs - FineMs, QuarterMs);
        dirty = points.Count > 0;
    }

    private void AddUp()
    {
        var segments = Result.Segments;
        if (before.Length <= segments.Count)
        {
            before = new EnergySpan[segments.Count + (segments.Count / 8) + 16];
        }

        for (var i = 0; i < segments.Count; i++)
        {
            var segment = segments[i];
            before[i + 1] = before[i] + new EnergySpan(segment.Amount, segment.ToMs - segment.FromMs, segment.Estimated ? segment.Amount : 0);
        }
    }

    private static long Day(long ms) => (long)Math.Floor((double)ms / DayMs);

    private static long Floor(long ms, long size) => ms - (((ms % size) + size) % size);

    private static EnergySpan Overlap(in EnergySegment segment, long fromMs, long toMs)
    {
        if (segment.FromMs >= fromMs && segment.ToMs <= toMs)
        {
            return new EnergySpan(segment.Amount, segment.ToMs - segment.FromMs, segment.Estimated ? segment.Amount : 0);
        }

        var covered = Math.Max(0, Math.Min(segment.ToMs, toMs) - Math.Max(segment.FromMs, fromMs));
        var amount = segment.Amount * covered / (segment.ToMs - segment.FromMs);
        return new EnergySpan(amount, covered, segment.Estimated ? amount : 0);
    }

    private static int FirstEndingAfter(IReadOnlyList<EnergySegment> segments, long atMs)
    {
        var (low, high) = (0, segments.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (segments[middle].ToMs > atMs)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    private static TrackChange? Difference(IReadOnlyList<EnergySegment> before, IReadOnlyList<EnergySegment> after)
    {
        var same = 0;
        while (same < before.Count && same < after.Count && before[same] == after[same])
        {
            same++;
        }

        if (same == before.Count && same == after.Count)
        {
            return null;
        }

        var (b, a) = (before.Count, after.Count);
        while (b > same && a > same && before[b - 1] == after[a - 1])
        {
            (b, a) = (b - 1, a - 1);
        }

        var from = Math.Min(same < before.Count ? before[same].FromMs : long.MaxValue, same < after.Count ? after[same].FromMs : long.MaxValue);
        var to = Math.Max(b > same ? before[b - 1].ToMs : long.MinValue, a > same ? after[a - 1].ToMs : long.MinValue);
        return new TrackChange(from, to, null, null);
    }

    private CounterResult Scan()
    {
        double? perHour = ratedPerHour is { } rated ? rated * CounterLearning.RatedMargin
            : learnedPerHour > 0 ? learnedPerHour * CounterLearning.PowerMargin
            : null;
        var limits = CounterLearning.Limits(points, perHour, historicPerHour, modulus, coarseUntilMs, QuarterMs);
        Resolution = CounterLearning.Resolution(points);
        boundPerHour = limits.RatePerHour ?? 0;
        return CounterScan.Run(points, limits);
    }

    /// <summary>Area under the power by trapezoids, W·ms to kWh; a distance of more than three samples is left uncovered.</summary>
    private CounterResult Integrate()
    {
        var segments = new List<EnergySegment>(points.Count);
        var gap = Math.Max(3 * IntervalMs, 6 * FineSlotMs);
        for (var i = 1; i < points.Count; i++)
        {
            var (from, to) = (points[i - 1], points[i]);
            if (to.AtMs - from.AtMs <= (from.AtMs < coarseUntilMs ? Math.Max(gap, 3 * CoarseSlotMs) : gap))
            {
                segments.Add(new EnergySegment(from.AtMs, to.AtMs, (from.Value + to.Value) / 2 * (to.AtMs - from.AtMs) / 3.6e9, true, to.Value));
            }
        }

        return new CounterResult(segments, points.Count == 0 ? null : points[^1], null, 0, 0);
    }

    /// <summary>False when the instant is known already with the same or a higher value.</summary>
    private bool Insert(CounterPoint point)
    {
        var index = Find(point.AtMs);
        if (index >= 0)
        {
            if (points[index].Value >= point.Value)
            {
                return false;
            }

            points[index] = point;
        }
        else
        {
            points.Insert(~index, point);
        }

        touched.Add(point.AtMs);
        return true;
    }

    /// <summary>As <see cref="List{T}.BinarySearch(T)"/>: the index of the instant, or the complement of where it belongs.</summary>
    private int Find(long atMs)
    {
        if (points.Count == 0 || points[^1].AtMs < atMs)
        {
            return ~points.Count;
        }

        var (low, high) = (0, points.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            switch (points[middle].AtMs.CompareTo(atMs))
            {
                case 0:
                    return middle;
                case < 0:
                    low = middle + 1;
                    break;
                default:
                    high = middle - 1;
                    break;
            }
        }

        return ~low;
    }

    /// <summary>Keeps of the bucket around an instant only what counts. False when the instant itself is not kept.</summary>
    private bool Thin(long atMs)
    {
        var fine = atMs >= coarseUntilMs;
        var size = kind == TrackKind.Counter ? (fine ? MinuteMs : QuarterMs) : (fine ? FineSlotMs : CoarseSlotMs);
        var start = Floor(atMs, size);
        var low = Find(start) is var found and < 0 ? ~found : Find(start);
        var high = low;
        while (high < points.Count && points[high].AtMs < start + size)
        {
            high++;
        }

        if (kind == TrackKind.Integrated)
        {
            Drop(low + 1, high - low - 1);
            return points[low].AtMs == atMs;
        }

        if (high - low > 2)
        {
            var (lowest, highest) = (low, low);
            for (var i = low + 1; i < high; i++)
            {
                lowest = points[i].Value < points[lowest].Value ? i : lowest;
                highest = points[i].Value > points[highest].Value ? i : highest;
            }

            for (var i = high - 2; i > low; i--)
            {
                if (i != lowest && i != highest)
                {
                    Drop(i, 1);
                }
            }
        }

        return Find(atMs) >= 0;
    }

    private void Drop(int index, int count)
    {
        for (var i = index; i < index + count; i++)
        {
            touched.Add(points[i].AtMs);
        }

        points.RemoveRange(index, count);
    }

    /// <summary>Thins out what has become old, and turns what has become very old into sums a day.</summary>
    private void Age()
    {
        var until = Floor(NewestMs - FineMs, QuarterMs);
        if (until > coarseUntilMs)
        {
            var from = coarseUntilMs;
            coarseUntilMs = until;
            for (var i = 0; i < points.Count && points[i].AtMs < until; i++)
            {
                if (points[i].AtMs >= from)
                {
                    Thin(points[i].AtMs);
                }
            }
        }

        var old = Floor(NewestMs - CoarseMs, DayMs);
        if (points.Count > 1 && points[0].AtMs < old - DayMs)
        {
            Freeze(old);
        }
    }

    /// <summary>The last reading that counted before <paramref name="until"/> stays as the anchor of what follows; all before it becomes sums a day.</summary>
    private void Freeze(long until)
    {
        var result = kind == TrackKind.Counter ? Scan() : Integrate();
        var anchor = long.MinValue;
        foreach (var segment in result.Segments)
        {
            if (segment.ToMs > until)
            {
                anchor = segment.FromMs <= until ? segment.FromMs : anchor;
                break;
            }

            anchor = segment.ToMs;
        }

        if (anchor == long.MinValue)
        {
            return;
        }

        var index = Find(anchor);
        index = index < 0 ? ~index - 1 : index;
        if (index <= 0)
        {
            return;
        }

        anchor = points[index].AtMs;
        historicPerHour = boundPerHour;
        foreach (var segment in result.Segments)
        {
            if (segment.ToMs > anchor)
            {
                break;
            }

            for (var day = Day(segment.FromMs); day <= Day(segment.ToMs - 1); day++)
            {
                days[day] = days.GetValueOrDefault(day) + Overlap(segment, Math.Max(segment.FromMs, day * DayMs), Math.Min(segment.ToMs, (day + 1) * DayMs));
                touchedDays.Add(day);
            }
        }

        // The counter's standing there, not the reading itself: after a step back the two differ.
        var standing = result.Segments.LastOrDefault(segment => segment.ToMs <= anchor);
        if (kind == TrackKind.Counter && standing.ToMs == anchor && points[index].Value != standing.EndValue)
        {
            points[index] = new CounterPoint(anchor, standing.EndValue);
            touched.Add(anchor);
        }

        Drop(0, index);
    }
}
