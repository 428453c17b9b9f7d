using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Agent.Recording;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Agent.Drivers.Modbus;

/// <summary>One gateway, device or line, shared by the units behind it.</summary>
internal sealed class ModbusLink(TimeProvider time, ModbusClient client) : ILink
{
    public IDeviceDriver CreateDriver(DeviceConfig device)
    {
        var access = (ModbusAccess)device.Access;
        var profile = (ModbusProfile)device.Profile;
        client.Pace(access.Unit, access.Gap > profile.Limits.Quiet ? access.Gap : profile.Limits.Quiet, access.Turnaround ?? profile.Limits.Turnaround);
        return new ModbusDriver(client, access.Unit, profile, device.Endpoint.Pace.InFlight, time);
    }

    public ValueTask<IReadOnlyList<ProfileMatch>> IdentifyAsync(DeviceAccess access, IReadOnlyList<DeviceProfile> profiles, CancellationToken cancel) =>
        new ModbusIdentifier(client, ((ModbusAccess)access).Unit).RunAsync([.. profiles.OfType<ModbusProfile>()], cancel);

    public ValueTask<string?> DescribeAsync(DeviceAccess access, CancellationToken cancel) =>
        new ModbusIdentifier(client, ((ModbusAccess)access).Unit).DescribeAsync(cancel);

    public async Task<IReadOnlyList<string>> RecordAsync(DeviceAccess access, DeviceProfile? profile, RecordOptions options, CancellationToken cancel)
    {
        if (profile is not ModbusProfile model)
        {
            throw new DeviceFault(FaultKind.NotSupported, "registers are recorded by a profile, and none fits; name one by --profile");
        }

        try
        {
            return await new ModbusRecorder(client, ((ModbusAccess)access).Unit, model, options).RunAsync(cancel);
        }
        catch (ModbusException silent)
        {
            throw new DeviceFault(ModbusDriver.KindOf(silent), silent.Message, silent);
        }
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();
}
