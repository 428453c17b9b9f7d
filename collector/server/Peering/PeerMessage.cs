using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Notification;

namespace EdgeDcim.Collector.Peering;

/// <summary>What one collector says to the other, as JSON on <c>edgedcim/site/peer/host</c>, QoS 1, never retained. Absent is nothing to say.</summary>
/// <param name="AtMs">The sender's clock.</param>
/// <param name="UpMs">How long the sender has been running: who runs longer knows what people did meanwhile.</param>
internal sealed record PeerMessage(long AtMs, long UpMs)
{
    /// <summary>The sender notifies.</summary>
    public bool Claim { get; init; }

    /// <summary>The sender has just connected, and wants to know everything.</summary>
    public bool Hello { get; init; }

    /// <summary>What receivers have been told.</summary>
    public IReadOnlyList<Told> Told { get => field ?? []; init; }

    /// <summary>What a person has done just now.</summary>
    public AlarmChange? Act { get; init; }

    /// <summary>Alarms as they are at the sender: what people have done to them counts.</summary>
    public IReadOnlyList<Alarm> Alarms { get => field ?? []; init; }

    /// <summary>JSON may leave out what the types call for.</summary>
    private bool IsWhole =>
        Told.All(told => told is { Channel: not null, Route: not null, Alarm: not null, By: not null })
        && Alarms.All(alarm => alarm is { Id: not null })
        && Act is null or { AlarmId: not null, User: not null, Subject: null };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, PeerJson.Default.PeerMessage);

    /// <summary>Null when it is no such message.</summary>
    public static PeerMessage? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, PeerJson.Default.PeerMessage) is { } message && message.IsWhole ? message : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSerializable(typeof(PeerMessage))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
internal sealed partial class PeerJson : JsonSerializerContext;
