using System.Text.Json.Serialization;

namespace EdgeDcim.Collector.Api;

/// <summary>An alarm as the API says it.</summary>
/// <param name="Order">Its place in the cascade that began at <paramref name="Cascade"/>; 1 was first out.</param>
internal sealed record AlarmRecord(
    string Id, string Device, string? Part, string Cause, string Class, string Priority, string State, string Text, string Evidence, double? Confidence,
    bool Safety, bool Unknown, DateTimeOffset Raised, DateTimeOffset Changed, DateTimeOffset? Cleared, DateTimeOffset? Acknowledged, string? AcknowledgedBy,
    ShelfRecord? Shelf, string? SuppressedBy, OutOfServiceRecord? OutOfService, string? Comment, int Times, DateTimeOffset? Cascade, int Order, IReadOnlyList<string> Sources);

internal sealed record ShelfRecord(string User, string Reason, DateTimeOffset Since, DateTimeOffset Until);

internal sealed record OutOfServiceRecord(string User, string Reason, DateTimeOffset Since);

/// <summary>What is on the list, by priority, and what is kept off it. <paramref name="FloodSince"/> is null while there is no flood.</summary>
internal sealed record AlarmCount(
    int Critical, int High, int Medium, int Low, int Unacknowledged, int Shelved, int Suppressed, int OutOfService, DateTimeOffset? FloodSince, int Recent);

internal sealed record AlarmPage(int Total, int? Next, IReadOnlyList<AlarmRecord> Alarms);

/// <summary>One alarm with its past, oldest first.</summary>
internal sealed record AlarmStory(AlarmRecord Alarm, IReadOnlyList<AlarmChangeRecord> Trail);

/// <summary>Changes of all alarms, oldest first; <paramref name="More"/> says that older ones in the span were left out.</summary>
internal sealed record AlarmHistory(bool More, IReadOnlyList<AlarmEventRecord> Events);

/// <summary>One change and the alarm that it was of. Null where the alarm was raised before what is kept.</summary>
internal sealed record AlarmEventRecord(
    DateTimeOffset At, string Event, string User, string? Reason, string Id, string? Device, string? Part, string? Cause, string? Class, string? Priority, string? Text, string? Evidence, double? Confidence);

internal sealed record AlarmChangeRecord(DateTimeOffset At, string Event, string User, string? Reason);

/// <summary>What a person asks to be done.</summary>
/// <param name="For">Of a shelf: a duration such as 2h, at most 24h.</param>
internal sealed record AlarmAction(string? User, string? Reason, string? For, string? Channel);

/// <param name="Waiting">Events that its receiver has not taken yet.</param>
internal sealed record ChannelRecord(string Name, string Way, int Waiting);

internal sealed record NotifyTestRecord(string Channel, bool Sent, string? Reason);

[JsonSerializable(typeof(AlarmAction))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
internal sealed partial class AlarmActionJson : JsonSerializerContext;
