using EdgeDcim.Collector.Configuration;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Kpi;

/// <summary>What a reading of a series does in the ledger.</summary>
internal enum LedgerUse
{
    /// <summary>It is a point of the track.</summary>
    Record,

    /// <summary>It tells what the meter of the track can do at most.</summary>
    Learn,
}

/// <param name="Factor">Turns the series' unit into the track's: W to kWh an hour, L/min to m³ an hour.</param>
internal readonly record struct LedgerRoute(int Track, LedgerUse Use, double Factor);

/// <summary>A stretch of closed time that late data changed.</summary>
/// <param name="TouchedMs">When it was changed last; a backlog that streams in is one revision, not one a second.</param>
internal readonly record struct LedgerRevision(long FromMs, long ToMs, long TouchedMs);

/// <summary>
/// Turns the readings of all counters of the facility file into energy (and water) over time: in any order, any number of times, across
/// restarts. Every counter has a <see cref="CounterTrack"/>; this class binds them to the file, keeps them on disk and counts revisions.
/// Safe from any thread.
/// </summary>
internal sealed class EnergyLedger : IDisposable
{
    /// <summary>Time younger than this is not closed yet: what comes for it is on its way, not late.</summary>
    private const long OpenMs = 2 * 60_000;

    /// <summary>Late data within this time of other late data belong to the same revision.</summary>
    private const long SameRevisionMs = 60_000;

    /// <summary>What a crash may cost; the counters themselves know the energy of that time.</summary>
    private const long SaveEveryMs = 60_000;

    private const double KilowattsPerWatt = 0.001;

    /// <summary>L/min to m³/h.</summary>
    private const double CubicMetresPerHour = 0.06;

    private readonly Lock gate = new();
    private readonly List<CounterTrack> tracks = [];
    private readonly List<string> names = [];
    private readonly Dictionary<Series, int> bySeries = [];
    private readonly Dictionary<Series, List<LedgerRoute>> routes = [];
    private readonly List<LedgerRevision> revisions = [];
    private readonly LedgerStore? store;
    private long nowMs;
    private long savedMs;

    private EnergyLedger(LedgerStore? store)
    {
        this.store = store;
        revisions.AddRange(store?.Revisions() ?? []);
    }

    /// <summary>A ledger that forgets when the process ends: tests, replay.</summary>
    public static EnergyLedger InMemory() => new(null);

    /// <summary>A ledger in a file of its own. A damaged file is set aside and a new one begun; see <see cref="SetAside"/>.</summary>
    public static EnergyLedger Open(string path) => new(LedgerStore.Open(path));

    /// <summary>Where a damaged file was put, or null.</summary>
    public string? SetAside => store?.SetAside;

    /// <summary>Readings that came more than a month after newer ones, too late to be placed.</summary>
    public long TooLate
    {
        get
        {
            lock (gate)
            {
                return tracks.Sum(track => track.TooLate);
            }
        }
    }

    /// <summary>Makes a track for every counter and every integrated power of the file, with what was saved of it.</summary>
    public void Bind(FacilityConfig config)
    {
        lock (gate)
        {
            foreach (var port in config.Meters.SelectMany(meter => new[] { meter.Load, meter.Output }).OfType<MeterPort>())
            {
                var rated = port.RatedW * KilowattsPerWatt;
                foreach (var counter in port.Energy)
                {
                    var track = Track(counter, TrackKind.Counter, rated, port.Rollover);
                    foreach (var power in port.Power)
                    {
                        Route(power, new LedgerRoute(track, LedgerUse.Learn, KilowattsPerWatt * port.Power.Count));
                    }
                }

                foreach (var power in port.Integrated ? port.Power : [])
                {
                    Track(power, TrackKind.Integrated, null, null);
                }
            }

            foreach (var water in config.Water)
            {
                foreach (var counter in water.Volume)
                {
                    var track = Track(counter, TrackKind.Counter, null, water.Rollover);
                    foreach (var flow in water.Flow)
                    {
                        Route(flow, new LedgerRoute(track, LedgerUse.Learn, CubicMetresPerHour * water.Flow.Count));
                    }
                }
            }
        }
    }

    /// <summary>What each series does here; the facility state looks it up once.</summary>
    public IReadOnlyDictionary<Series, List<LedgerRoute>> Routes => routes;

    /// <summary>The tracks that hold the energy of a measuring place: its counters, or its integrated powers. Empty when it has neither.</summary>
    public IReadOnlyList<int> TracksOf(MeterPort port) => Find(port.Integrated ? port.Power : port.Energy);

    public IReadOnlyList<int> TracksOf(WaterConfig water) => Find(water.Volume);

    public void Take(LedgerRoute route, long atMs, double value)
    {
        lock (gate)
        {
            if (route.Use == LedgerUse.Record)
            {
                tracks[route.Track].Record(atMs, value);
            }
            else
            {
                tracks[route.Track].Learn(value * route.Factor);
            }
        }
    }

    /// <summary>
    /// Works out the energy of what came since the last call, counts revisions and saves now and then.
    /// Returns the stretch of time in which any track changed, or null.
    /// </summary>
    public (long FromMs, long ToMs)? Settle(long now)
    {
        lock (gate)
        {
            nowMs = Math.Max(nowMs, now);
            (long FromMs, long ToMs)? changed = null;
            foreach (var track in tracks)
            {
                if (track.Settle() is { } change)
                {
                    changed = changed is { } sofar ? (Math.Min(sofar.FromMs, change.FromMs), Math.Max(sofar.ToMs, change.ToMs)) : (change.FromMs, change.ToMs);
                    if (change.LateFromMs < now - OpenMs)
                    {
                        Revise(change.LateFromMs.Value, Math.Min(change.LateToMs!.Value, now - OpenMs), now);
                    }
                }
            }

            if (now - savedMs >= SaveEveryMs)
            {
                Save();
            }

            return changed;
        }
    }

    public EnergySpan Energy(int track, long fromMs, long toMs)
    {
        lock (gate)
        {
            return tracks[track].Energy(fromMs, toMs);
        }
    }

    public TrackStatus Status(int track)
    {
        lock (gate)
        {
            var one = tracks[track];
            return new TrackStatus(names[track], one.Kind, one.NewestMs, one.IntervalMs, one.Resolution, one.Result.Last?.AtMs, one.Result.PendingSince?.AtMs, one.Result.Rejected, one.Result.Resets);
        }
    }

    /// <summary>How many times late data changed something between two instants.</summary>
    public int Revision(long fromMs, long toMs)
    {
        lock (gate)
        {
            return revisions.Count(revision => revision.FromMs < toMs && revision.ToMs > fromMs);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            Save();
            store?.Dispose();
        }
    }

    private void Revise(long fromMs, long toMs, long now)
    {
        if (revisions.Count > 0 && now - revisions[^1].TouchedMs <= SameRevisionMs)
        {
            var last = revisions[^1];
            revisions[^1] = new LedgerRevision(Math.Min(last.FromMs, fromMs), Math.Max(last.ToMs, toMs), now);
        }
        else
        {
            revisions.Add(new LedgerRevision(fromMs, toMs, now));
            const int bound = 1000;
            if (revisions.Count > bound)
            {
                revisions.RemoveAt(0);
            }
        }
    }

    private void Save()
    {
        savedMs = nowMs;
        store?.Save(tracks.Select((track, index) => (names[index], track)), revisions);
    }

    private int Track(Series series, TrackKind kind, double? ratedPerHour, double? modulus)
    {
        if (bySeries.TryGetValue(series, out var index))
        {
            return index;
        }

        var track = new CounterTrack(kind, ratedPerHour, modulus);
        var name = series.ToString();
        store?.Load(name, track);
        index = tracks.Count;
        tracks.Add(track);
        names.Add(name);
        bySeries.Add(series, index);
        Route(series, new LedgerRoute(index, LedgerUse.Record, 1));
        return index;
    }

    private void Route(Series series, LedgerRoute route)
    {
        if (!routes.TryGetValue(series, out var list))
        {
            routes.Add(series, list = []);
        }

        list.Add(route);
    }

    private List<int> Find(IReadOnlyList<Series> series)
    {
        lock (gate)
        {
            return [.. series.Where(bySeries.ContainsKey).Select(one => bySeries[one])];
        }
    }
}

/// <summary>How one track stands, for reasons and diagnostics.</summary>
/// <param name="KnownUntilMs">Up to here its energy is known.</param>
/// <param name="PendingSinceMs">Since then its readings do not fit and wait for confirmation; null when all is well.</param>
internal readonly record struct TrackStatus(
    string Series, TrackKind Kind, long NewestMs, long IntervalMs, double Resolution, long? KnownUntilMs, long? PendingSinceMs, int Rejected, int Resets);
