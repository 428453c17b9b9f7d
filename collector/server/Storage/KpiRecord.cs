using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeDcim.Collector.Kpi;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Storage;

/// <summary>A KPI value as the journal carries it to the sinks.</summary>
internal sealed record KpiRecord(
    string Name, string Scope, string Window, long AtMs, double? Value, double Coverage, double? Uncertainty, int? Category, Quality Quality, int Revision)
{
    /// <summary>The kind of a journal batch that holds KPI values as JSON.</summary>
    public const byte BatchKind = 2;

    public static KpiRecord Of(KpiValue value) => new(
        value.Name, value.Scope, value.Window, value.AtMs, value.Value, value.Coverage, value.Uncertainty, value.Category, value.Quality, value.Revision);

    public static byte[] Encode(IReadOnlyList<KpiRecord> records) => JsonSerializer.SerializeToUtf8Bytes(records, KpiRecordJson.Default.IReadOnlyListKpiRecord);

    public static IReadOnlyList<KpiRecord> Decode(ReadOnlySpan<byte> payload) => JsonSerializer.Deserialize(payload, KpiRecordJson.Default.IReadOnlyListKpiRecord) ?? [];
}

[JsonSerializable(typeof(IReadOnlyList<KpiRecord>))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed partial class KpiRecordJson : JsonSerializerContext;
