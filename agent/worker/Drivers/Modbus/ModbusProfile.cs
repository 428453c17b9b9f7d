using System.IO.Enumeration;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Agent.Drivers.Modbus;

/// <summary>A device model read over Modbus.</summary>
internal sealed class ModbusProfile(ProfileHeader header, IReadOnlyList<RegisterPoint> points, ModbusLimits limits) : DeviceProfile(header, points)
{
    private readonly Lazy<IReadOnlyDictionary<RegisterSlot, int>> places =
        new(() => points.SelectMany(SlotsOf).Distinct().Select((slot, place) => (slot, place)).ToDictionary());

    private readonly Lazy<Dictionary<PollGroup, IReadOnlyList<RegisterOutput>>> outputs =
        new(() => points.GroupBy(point => point.Every).ToDictionary(group => group.Key, RegisterOutput.Of));

    public IReadOnlyList<RegisterPoint> Registers => points;

    /// <summary>A number for each slot that is ever polled, from 0 without holes.</summary>
    public IReadOnlyDictionary<RegisterSlot, int> Places => places.Value;

    public ModbusLimits Limits => limits;

    public override PathPace Pace => limits.Pace;

    /// <summary>Where the device tells who it is; text slots but for numbers that stand for a model.</summary>
    public IReadOnlyDictionary<string, RegisterSlot> Identity { get; init; } = new Dictionary<string, RegisterSlot>();

    /// <summary>What the device must say of itself (function 43/14); null when the model says nothing.</summary>
    public ModbusNames? Names { get; init; }

    /// <summary>What must hold for a device to be of this model; empty when nothing tells it apart.</summary>
    public IReadOnlyList<ModbusFingerprint> Fingerprints { get; init; } = [];

    /// <summary>What one poll gives; shared by all devices of the model.</summary>
    public IReadOnlyList<RegisterOutput> Outputs(PollGroup group) => outputs.Value.GetValueOrDefault(group, []);

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
    /// <summary>
    /// How much a fit says, 10 for a text or one exact number. A range says as many bits as it is unlikely for a number whose order of magnitude is
    /// anybody's guess, at most 9; one with 0 in it, which every empty register holds, says 1.
    /// </summary>
    public int Strength
    {
        get
        {
            if (Text is not null || Low == High)
            {
                return 10;
            }

            if (Low <= 0 && High >= 0)
            {
                return 1;
            }

            var (near, far) = (Math.Min(Math.Abs(Low), Math.Abs(High)), Math.Max(Math.Abs(Low), Math.Abs(High)));
            var magnitudes = Math.Log(Slot.Type is RegisterType.F32 or RegisterType.F64 ? 1e8 : Math.Pow(2, 16 * Slot.Length));
            return (int)Math.Clamp(Math.Round(Math.Log2(magnitudes / Math.Log(far / near))), 1, 9);
        }
    }

    public bool Fits(ReadOnlySpan<byte> block) => Text is not null
        ? Slot.DecodeText(block, Slot.Address).Contains(Text, StringComparison.OrdinalIgnoreCase)
        : Slot.Decode(block, Slot.Address) is var raw && raw >= Low && raw <= High;
}

/// <summary>Vendor and product as a device says them (function 43/14), with <c>*</c> for anything; null: any.</summary>
internal sealed record ModbusNames(string? Vendor, string? Product)
{
    public bool Fit(ModbusDeviceIdentity identity) =>
        (Vendor is null || Says(Vendor, identity.Vendor))
        && (Product is null || Says(Product, identity.ProductCode) || Says(Product, identity.ProductName) || Says(Product, identity.ModelName));

    private static bool Says(string pattern, string? text) => text is not null && FileSystemName.MatchesSimpleExpression(pattern, text.Trim());
}
