using System.Globalization;

namespace EdgeDcim.Agent.Drivers.Ipmi;

/// <summary>The words of profiles for sensor types (IPMI 2.0 table 42-3), entities (table 43-13) and lists of states.</summary>
internal static class SensorWords
{
    public static IReadOnlyDictionary<string, byte> Types { get; } = new Dictionary<string, byte>(StringComparer.Ordinal)
    {
        ["temperature"] = 0x01,
        ["voltage"] = 0x02,
        ["current"] = 0x03,
        ["fan"] = 0x04,
        ["intrusion"] = 0x05,
        ["processor"] = 0x07,
        ["power_supply"] = 0x08,
        ["power_unit"] = 0x09,
        ["cooling"] = 0x0A,
        ["other"] = 0x0B,
        ["memory"] = 0x0C,
        ["drive"] = 0x0D,
        ["battery"] = 0x29,
    };

    public static IReadOnlyDictionary<string, byte> Entities { get; } = new Dictionary<string, byte>(StringComparer.Ordinal)
    {
        ["processor"] = 0x03,
        ["board"] = 0x07,
        ["memory_module"] = 0x08,
        ["power_supply"] = 0x0A,
        ["power_unit"] = 0x13,
        ["chassis"] = 0x17,
        ["fan"] = 0x1D,
        ["cooling_unit"] = 0x1E,
        ["memory_device"] = 0x20,
        ["air_inlet"] = 0x37,
        ["dcmi_air_inlet"] = 0x40,
        ["dcmi_processor"] = 0x41,
        ["dcmi_board"] = 0x42,
    };

    /// <summary>Lists of states (table 42-1 and 42-2).</summary>
    public static IReadOnlyDictionary<string, byte> Readings { get; } = new Dictionary<string, byte>(StringComparer.Ordinal)
    {
        ["specific"] = 0x6F,
        ["usage"] = 0x02,
        ["digital"] = 0x03,
        ["predictive"] = 0x04,
        ["limit"] = 0x05,
        ["severity"] = 0x07,
        ["presence"] = 0x08,
        ["enabled"] = 0x09,
        ["redundancy"] = 0x0B,
    };

    public static string TypeOf(byte type) => WordOf(Types, type);

    public static string EntityOf(byte entity) => WordOf(Entities, entity);

    private static string WordOf(IReadOnlyDictionary<string, byte> words, byte code) =>
        words.FirstOrDefault(word => word.Value == code).Key ?? string.Create(CultureInfo.InvariantCulture, $"type 0x{code:X2}");
}
