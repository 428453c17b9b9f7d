using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Profiles;

namespace EdgeDcim.Agent.Drivers.Modbus;

/// <summary>A device model read over Modbus.</summary>
internal sealed class ModbusProfile(ProfileHeader header, IReadOnlyList<RegisterPoint> points, ModbusLimits limits) : DeviceProfile(header, points)
{
    public IReadOnlyList<RegisterPoint> Registers => points;

    public ModbusLimits Limits => limits;

    public override PathPace Pace => limits.Pace;

    /// <summary>Where the device tells who it is; text slots but for numbers that stand for a model.</summary>
    public IReadOnlyDictionary<string, RegisterSlot> Identity { get; init; } = new Dictionary<string, RegisterSlot>();

    /// <summary>What must hold for a device to be of this model; empty when nothing tells it apart.</summary>
    public IReadOnlyList<ModbusFingerprint> Fingerprints { get; init; } = [];

    /// <summary>The requests of one poll, before anything was learnt about the device.</summary>
    public List<ReadBlock> Plan(PollGroup group) =>
        ReadPlan.Build(Registers.Where(point => point.Every == group).SelectMany(SlotsOf), Limits);

    public override IReadOnlyList<string> DescribePlan(PollGroup group) => [.. Plan(group).Select(block => block.ToString())];

    public static IEnumerable<RegisterSlot> SlotsOf(RegisterPoint point) => point.ScaleSlot is { } scale ? [point.Slot, scale] : [point.Slot];
}

/// <summary>A register whose content tells the model.</summary>
/// <param name="Low">Lowest raw value that fits.</param>
/// <param name="High">Highest raw value that fits.</param>
/// <param name="Text">What a text must contain; null for a number.</param>
internal sealed record ModbusFingerprint(RegisterSlot Slot, double Low, double High, string? Text)
{
    public bool Fits(ReadOnlySpan<byte> block) => Text is not null
        ? Slot.DecodeText(block, Slot.Address).Contains(Text, StringComparison.OrdinalIgnoreCase)
        : Slot.Decode(block, Slot.Address) is var raw && raw >= Low && raw <= High;
}
