using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers;

namespace EdgeDcim.Agent.Publishing;

/// <summary>What the birth of a device says about it besides its metrics; null where nobody knows.</summary>
internal sealed record DeviceFacts(
    string Id, string? Kind = null, string? Vendor = null, string? Model = null, string? Profile = null, string? Serial = null, string? Firmware = null,
    string? Suspicions = null)
{
    /// <summary>What the configuration and its profile say, and over it what the device says of itself.</summary>
    public static DeviceFacts Of(DeviceConfig config, DeviceIdentity identity, string? suspicions = null)
    {
        var header = config.Profile.Header;
        return new DeviceFacts(
            config.Id, config.Kind, identity.Vendor ?? header.Vendor, identity.Model ?? (header.Models.Count == 1 ? header.Models[0] : null), header.Name,
            identity.Serial, identity.Firmware, suspicions);
    }
}
