using EdgeDcim.Collector.Anomalies.Physical;

namespace EdgeDcim.Collector.Anomalies;

/// <summary>What people may set of the detectors, in <c>detectors</c> of <c>alarms.yaml</c>; everything else follows from what is learnt.</summary>
internal sealed record DetectorLimits
{
    public static DetectorLimits Default { get; } = new();

    public HuntingLimits Hunting { get; init; } = new();

    public InletLimits Inlet { get; init; } = new();

    /// <summary>By the name of a detector that watches a drift.</summary>
    public IReadOnlyDictionary<string, DriftOverride> Drifts { get; init; } = new Dictionary<string, DriftOverride>();

    public DriftLimits Of(string detector, DriftLimits usual) => Drifts.TryGetValue(detector, out var said)
        ? new(said.TauSeconds ?? usual.TauSeconds, said.Floor ?? usual.Floor, said.Sigmas ?? usual.Sigmas)
        : usual;
}

/// <summary>When a valve or fan hunts.</summary>
/// <param name="Turns">Turns of direction within the span, 2 to 32.</param>
/// <param name="SwingPercent">A turn smaller than this is control at work.</param>
internal sealed record HuntingLimits(int Turns = 12, long WithinMs = 30 * 60_000, double SwingPercent = 3)
{
    public const int MaxTurns = 32;
}

/// <summary>The air that racks take in. The range is the recommended one of all air-cooled classes of TC 9.9.</summary>
/// <param name="RecirculationK">So much warmer over the supply air than usual is exhaust that comes back.</param>
internal sealed record InletLimits(double RecirculationK = 1, double LowC = 18, double HighC = 27);

/// <summary>What a site says of one drift; null keeps what is usual.</summary>
/// <param name="Floor">Least deviation, in the unit of the residual.</param>
/// <param name="Sigmas">Limit in learnt spreads.</param>
internal readonly record struct DriftOverride(double? TauSeconds, double? Floor, double? Sigmas);
