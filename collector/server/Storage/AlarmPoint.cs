using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Anomalies;

namespace EdgeDcim.Collector.Storage;

/// <summary>A change of an alarm, or of a detector's mind, as the journal carries it to the databases.</summary>
/// <param name="Detector">Which detector changed its mind; null for an alarm.</param>
/// <param name="Score">Of that detector: 1 at the limit.</param>
internal sealed record AlarmPoint(
    long AtMs, string Id, string Device, string? Part, string Cause, string Class, string Event, int Priority, bool Active, string State, string Text, string User,
    string? Detector = null, double? Score = null, double? Confidence = null)
{
    /// <summary>The kind of a journal batch that holds changes of alarms as JSON.</summary>
    public const byte BatchKind = 3;

    public static AlarmPoint Of(Alarm alarm, AlarmChange change) => new(
        change.AtMs, alarm.Id, alarm.Device, alarm.Part, alarm.Cause, alarm.Class.ToString().ToLowerInvariant(), change.Event.ToString().ToLowerInvariant(), (int)alarm.Priority + 1,
        alarm.IsActive, alarm.State.ToString().ToLowerInvariant(), alarm.Text, change.User);

    public static AlarmPoint Of(AnomalyChange change)
    {
        var (device, part) = AnomalySigns.Place(change.Subject);
        var active = change.State == AnomalyState.Anomalous;
        return new(
            change.AtMs, "", device, part, change.Cause, "anomaly", active ? "raised" : "cleared", 0, active, active ? "anomalous" : "normal", change.Evidence, AlarmChange.System,
            change.Detector, double.IsFinite(change.Score) ? change.Score : null, change.Confidence);
    }

    public static byte[] Encode(IReadOnlyList<AlarmPoint> points) => JsonSerializer.SerializeToUtf8Bytes(points, AlarmPointJson.Default.IReadOnlyListAlarmPoint);

    public static IReadOnlyList<AlarmPoint> Decode(ReadOnlySpan<byte> payload) => JsonSerializer.Deserialize(payload, AlarmPointJson.Default.IReadOnlyListAlarmPoint) ?? [];
}

[JsonSerializable(typeof(IReadOnlyList<AlarmPoint>))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class AlarmPointJson : JsonSerializerContext;
