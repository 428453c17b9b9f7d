using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Agent.Recording;

namespace EdgeDcim.Agent.Drivers;

/// <summary>The shared path to one endpoint (serial port, socket, session). Owned by its lane, which disposes it.</summary>
internal interface ILink : IAsyncDisposable
{
    /// <summary>A reader of one device behind this link. Drivers hold no resource of their own.</summary>
    IDeviceDriver CreateDriver(DeviceConfig device);

    /// <summary>Asks a device what it is and returns the profiles that fit it, the closest first. Profiles of other protocols are ignored.</summary>
    /// <exception cref="DeviceFault">The device does not answer.</exception>
    ValueTask<IReadOnlyList<ProfileMatch>> IdentifyAsync(DeviceAccess access, IReadOnlyList<DeviceProfile> profiles, CancellationToken cancel);

    /// <summary>What a device says of itself in its protocol's own words, for a person who has to find its model; null when the protocol knows no such thing.</summary>
    /// <exception cref="DeviceFault">The device does not answer.</exception>
    ValueTask<string?> DescribeAsync(DeviceAccess access, CancellationToken cancel) => ValueTask.FromResult<string?>(null);

    /// <summary>Captures a device into the lines of a recording, without what tells whose it is.</summary>
    /// <exception cref="DeviceFault">The device does not answer, or the protocol has no form of a recording.</exception>
    Task<IReadOnlyList<string>> RecordAsync(DeviceAccess access, DeviceProfile? profile, RecordOptions options, CancellationToken cancel) =>
        throw new DeviceFault(FaultKind.NotSupported, "devices of this protocol cannot be recorded; SNMP, Modbus and Redfish can");
}
