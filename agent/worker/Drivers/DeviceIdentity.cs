namespace EdgeDcim.Agent.Drivers;

/// <summary>What a device tells about itself; null where it does not or was not asked yet.</summary>
internal sealed record DeviceIdentity(string? Vendor = null, string? Model = null, string? Serial = null, string? Firmware = null)
{
    public static DeviceIdentity Unknown { get; } = new();
}
