using System.Text.Json.Serialization;

namespace EdgeDcim.Collector.Api;

// What the API says, as it says it: camelCase, times in ISO 8601 with the offset of the site's zone, ages in seconds. A value that is not
// known is null; it is never left out.

internal sealed record StateRecord(
    string Site, string Zone, DateTimeOffset At, SummaryRecord Summary, IReadOnlyList<KpiElement> Kpi, FlowRecord Flow,
    IReadOnlyList<AgentRecord> Agents, IReadOnlyList<DeviceRecord> Devices, IReadOnlyList<AlarmRecord> Alarms);

/// <summary>As <see cref="StateRecord"/>, with only the devices and alarms that changed.</summary>
internal sealed record DeltaRecord(
    DateTimeOffset At, SummaryRecord Summary, IReadOnlyList<KpiElement> Kpi, FlowRecord Flow, IReadOnlyList<AgentRecord> Agents, IReadOnlyList<DeviceRecord> Devices,
    IReadOnlyList<AlarmRecord> Alarms, IReadOnlyList<string> AlarmsGone);

/// <param name="Collector">Null where the site has but one.</param>
internal sealed record SummaryRecord(
    AgentCount Agents, DeviceCount Devices, OldestRecord? Oldest, AlarmCount Alarms, double ReadingsPerSecond, IReadOnlyList<StoreRecord> Stores, CollectorRecord? Collector);

/// <summary>How far the history or a database is behind, and how fast it takes readings.</summary>
internal sealed record StoreRecord(string Name, double LagSeconds, long BacklogBatches, double ReadingsPerSecond);

/// <summary>Which of two collectors answers, and how it stands with the other.</summary>
/// <param name="Notifier">The host id of the one that notifies, or null while none does.</param>
internal sealed record CollectorRecord(string Host, string Peer, bool PeerOnline, string? Notifier);

internal sealed record AgentCount(int Online, int Known);

internal sealed record DeviceCount(int Online, int Degraded, int Offline, int Stale, int Known);

/// <summary>The oldest reading in use: the device that answered longest ago of those that are not offline.</summary>
internal sealed record OldestRecord(string Device, double AgeSeconds);

internal sealed record AgentRecord(string Id, bool Online, DateTimeOffset Since);

internal sealed record DeviceRecord(
    string Id, string? Kind, string? Vendor, string? Model, string? Profile, string? Serial, string? Firmware, string? Agent,
    string State, string Quality, DateTimeOffset? LastAnswer, double? AgeSeconds, IReadOnlyList<VitalRecord> Vitals);

/// <param name="State">The word of a state metric; left out for numbers.</param>
internal sealed record VitalRecord(
    string Metric, string? Part, double? Value, string? Unit, string Quality, double? AgeSeconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? State);

internal sealed record ReadingsRecord(string Device, IReadOnlyList<ReadingRecord> Readings);

internal sealed record ReadingRecord(
    string Metric, string? Part, double? Value, string? Unit, string Quality, DateTimeOffset? At, double? AgeSeconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? State,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason);

internal sealed record KpiElement(
    string Name, string Scope, string Window, double? Value, string Unit, int? Category, double Coverage, double? Uncertainty, string Quality,
    int Revision, DateTimeOffset At, string? Reason, double? Interim, double? Yesterday, IReadOnlyList<PartRecord> Parts, IReadOnlyList<InputRecord> Inputs);

internal sealed record PartRecord(string Name, double Value);

internal sealed record InputRecord(string Meter, string Series, double? Value, string Unit, double? AgeSeconds, string Quality);

internal sealed record FlowRecord(IReadOnlyList<FlowNodeRecord> Nodes, IReadOnlyList<FlowLinkRecord> Links, FlowSumsRecord Sums);

internal sealed record FlowNodeRecord(string Id, string Label, string Role, double? PowerW, double? AgeSeconds, string Quality);

internal sealed record FlowLinkRecord(string From, string To, double PowerW);

internal sealed record FlowSumsRecord(double? TotalW, double? ItW, double? CoolingW, double? PowerChainW, double? LightingOtherW);

/// <summary>Whether the collector can do its work, and what stands in the way.</summary>
internal sealed record ReadyRecord(bool Ready, IReadOnlyDictionary<string, string> Checks);

/// <summary>An error in the form of RFC 9457.</summary>
internal sealed record ProblemRecord(string Type, string Title, int Status, string Detail);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StateRecord))]
[JsonSerializable(typeof(DeltaRecord))]
[JsonSerializable(typeof(IReadOnlyList<DeviceRecord>))]
[JsonSerializable(typeof(IReadOnlyList<KpiElement>))]
[JsonSerializable(typeof(AlarmRecord))]
[JsonSerializable(typeof(AlarmHistory))]
[JsonSerializable(typeof(AlarmPage))]
[JsonSerializable(typeof(AnomalyPage))]
[JsonSerializable(typeof(AlarmStory))]
[JsonSerializable(typeof(NotifyTestRecord))]
[JsonSerializable(typeof(IReadOnlyList<ChannelRecord>))]
[JsonSerializable(typeof(ReadingsRecord))]
[JsonSerializable(typeof(ReadyRecord))]
[JsonSerializable(typeof(ProblemRecord))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    private static readonly Lazy<ApiJson> Made = new(static () => new ApiJson(new System.Text.Json.JsonSerializerOptions
    {
        PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.CamelCase,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    }));

    /// <summary>The context everything is written with: signs like + and ° as they are, since nothing of it goes into HTML.</summary>
    public static ApiJson Plain => Made.Value;
}
