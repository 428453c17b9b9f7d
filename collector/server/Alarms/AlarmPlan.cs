using System.IO.Enumeration;
using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Alarms;

/// <summary>What <c>alarms.yaml</c> and the rules that are built in come to.</summary>
/// <param name="Places">By device or rack or hall, what it stands in.</param>
/// <param name="Keep">How long the audit trail is kept.</param>
internal sealed record AlarmPlan(
    IReadOnlyList<AlarmRule> Rules, IReadOnlyList<RuleOverride> Overrides, IReadOnlyDictionary<string, string> Places, Topology Topology,
    IReadOnlyList<Maintenance> Maintenance, TimeSpan Keep)
{
    /// <summary>Limits of the detectors.</summary>
    public DetectorLimits Detectors { get; init; } = DetectorLimits.Default;

    /// <summary>The name that stands for all of the site in <c>limits</c>.</summary>
    public const string SitePlace = "site";

    /// <summary>The rules that watch a series, each with the limits of the places that the device stands in: site, hall, rack, device; the nearest wins.</summary>
    public IReadOnlyList<AlarmRule> RulesFor(string? kind, Series series)
    {
        var fitting = Rules.Where(rule => rule.Fits(kind, series)).Select(rule => At(rule, series.Device)).Where(rule => !rule.Off).ToList();
        return fitting.Exists(rule => !rule.Otherwise) ? fitting.FindAll(rule => !rule.Otherwise) : fitting;
    }

    /// <summary>A rule watches it, or asks it about another series.</summary>
    public bool Concerns(string? kind, Series series) =>
        RulesFor(kind, series).Count > 0
        || Rules.Any(rule => rule.FitsDevice(kind, series.Device) && (rule.Minus == series.Metric || rule.When?.Metric == series.Metric || rule.Unless?.Metric == series.Metric));

    public AlarmRule? SilentRule(string? kind, string device) => Rules
        .Where(rule => rule.Comparison == Comparison.Silent && rule.FitsDevice(kind, device)).Select(rule => At(rule, device)).FirstOrDefault(rule => !rule.Off);

    public AlarmRule At(AlarmRule rule, string device)
    {
        foreach (var place in PlacesOf(device))
        {
            foreach (var said in Overrides)
            {
                if (said.At == place && said.Rule == rule.Name)
                {
                    rule = said.Over(rule);
                }
            }
        }

        return rule;
    }

    /// <summary>From the site down to the device itself.</summary>
    public IReadOnlyList<string> PlacesOf(string device)
    {
        var chain = new List<string> { device };
        while (Places.TryGetValue(chain[^1], out var above) && chain.Count < 8)
        {
            chain.Add(above);
        }

        chain.Add(SitePlace);
        chain.Reverse();
        return chain;
    }
}

/// <summary>Work that is announced: alarms of these devices are suppressed by design meanwhile.</summary>
internal sealed record Maintenance(IReadOnlyList<string> Devices, long FromMs, long ToMs, string Reason)
{
    public bool Covers(string device, long nowMs) =>
        nowMs >= FromMs && nowMs < ToMs && Devices.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, device, ignoreCase: false));
}
