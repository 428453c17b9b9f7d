using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Simulator.Physics;

namespace EdgeDcim.Benchmarks.Faults;

/// <summary>A hall, the weather and load of its weeks, and a collector's engine that hears of it: days in seconds.</summary>
internal sealed class SimulatedSite
{
    private const long DayMs = 86_400_000;

    // Monday 2026-03-02.
    private static readonly long StartMs = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private readonly HallFeed feed;
    private readonly double stepSeconds;
    private readonly SmoothNoise load;
    private readonly SmoothNoise weather;
    private readonly long fromMs;
    private double hourOfNoise = -1;

    /// <param name="fromMs">Hall time begins there; learnt states of earlier times stay valid.</param>
    public SimulatedSite(HallFeed feed, IReadOnlyList<DetectorFactory> detectors, int seed, double stepSeconds, long fromMs)
    {
        (this.feed, this.stepSeconds, this.fromMs) = (feed, stepSeconds, fromMs);
        load = new((ulong)(seed * 31) + (ulong)(fromMs / 3_600_000), 1, 20 * 3600);
        weather = new((ulong)(seed * 37) + (ulong)(fromMs / 3_600_000), 1, 40 * 3600);
        Hall = new Hall(seed, (fromMs - StartMs) % DayMs / 3_600_000.0, stepSeconds);
        Engine = new AnomalyEngine(HallFeed.Cooling, detectors);
        feed.Announce(Engine);
        NowMs = fromMs;
    }

    public static long Monday => StartMs;

    public Hall Hall { get; }

    public AnomalyEngine Engine { get; }

    public long NowMs { get; private set; }

    /// <summary>About this outdoor temperature, a kelvin up and down; null lets it follow its weeks.</summary>
    public double? Outdoor { get; set; }

    /// <summary>One step of the hall, its readings, one tick.</summary>
    public IReadOnlyList<AnomalyChange> Step()
    {
        var hours = (NowMs - StartMs) / 3_600_000.0;
        if (hours - hourOfNoise >= 0.25)
        {
            hourOfNoise = hours;

            // Weekends run at four fifths; a batch queue of days on top; weather systems pass in two days.
            var weekend = (int)(hours / 24) % 7 >= 5 ? 0.82 : 1;
            Hall.Controls.LoadFactor = Math.Clamp(weekend * (0.95 + (0.08 * load.Step(900))), 0.55, 1.15);
            Hall.Controls.OutdoorCelsius = Outdoor is { } held ? held + weather.Step(900) : (DayCurve.DryBulb(hours % 24) - 5 + (6 * weather.Step(900)));
            Hall.Controls.OutdoorDewPoint = Math.Min(14, 8 + (3 * weather.Value));
        }

        Hall.Step();
        NowMs += (long)(stepSeconds * 1000);
        feed.Take(Engine, Hall.Now.Seen!, NowMs);
        return Engine.Tick(NowMs);
    }

    /// <summary>Breaks the hall from now on.</summary>
    public void Inject(FaultKind kind, string at, double size, TimeSpan ramp = default, string? with = null) =>
        Hall.Controls.Faults.Replace([.. Hall.Controls.Faults.All, new Fault(kind, at, size, Hall.Now.Seconds, ramp.TotalSeconds, with)]);
}
