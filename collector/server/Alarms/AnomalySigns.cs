using System.IO.Enumeration;
using EdgeDcim.Collector.Anomalies;

namespace EdgeDcim.Collector.Alarms;

/// <summary>Turns a detector's change of mind into a sign of an alarm.</summary>
internal static class AnomalySigns
{
    /// <summary>The first rule that names the detector and the cause; a rule without a cause of its own takes the detector's.</summary>
    public static AlarmRule? RuleOf(AlarmPlan plan, AnomalyChange anomaly)
    {
        var (device, _) = Place(anomaly.Subject);
        var rule = plan.Rules.FirstOrDefault(rule =>
            rule.Comparison == Comparison.Detected
            && FileSystemName.MatchesSimpleExpression(rule.Metric, anomaly.Detector, ignoreCase: false)
            && (rule.Words.Count == 0 || rule.Words.Any(cause => FileSystemName.MatchesSimpleExpression(cause, anomaly.Cause, ignoreCase: true)))
            && (rule.Devices is null || FileSystemName.MatchesSimpleExpression(rule.Devices, device, ignoreCase: false)));
        if (rule is null)
        {
            return null;
        }

        var placed = plan.At(rule, device);
        return placed.Off ? null : placed with { Cause = placed.Cause == "anomaly" ? Slug(anomaly.Detector) : placed.Cause };
    }

    public static string KeyOf(AlarmRule rule, AnomalyChange anomaly) => $"{rule.Name}:{anomaly.Detector}:{anomaly.Subject}";

    /// <summary>Null when the detector is content again.</summary>
    public static Sign? SignOf(AlarmRule rule, AnomalyChange anomaly) => anomaly.State == AnomalyState.Normal
        ? null
        : new Sign(KeyOf(rule, anomaly), rule, $"{anomaly.Cause} ({anomaly.Detector.Replace('_', ' ')})", anomaly.Evidence, anomaly.Confidence, null);

    /// <summary>A subject is a device, or a device and what of it.</summary>
    public static (string Device, string? Part) Place(string subject)
    {
        var slash = subject.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (subject, null) : (subject[..slash], subject[(slash + 1)..]);
    }

    private static string Slug(string text) => string.Concat(text.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : '_'));
}
