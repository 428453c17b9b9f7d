using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Profiles;
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

    public async ValueTask<IReadOnlyList<ProfileMatch>> IdentifyAsync(DeviceAccess access, IReadOnlyList<DeviceProfile> profiles, CancellationToken cancel)
    {
        var unit = ((ModbusAccess)access).Unit;
        var matches = new List<ProfileMatch>();
        var buffer = new byte[256];
        foreach (var profile in profiles.OfType<ModbusProfile>().Where(profile => profile.Fingerprints.Count > 0))
        {
            if (await FitsAsync(unit, profile, buffer, cancel))
            {
                // A text or one exact number tells more than a range.
                var exact = profile.Fingerprints.Count(print => print.Text is not null || print.Low == print.High);
                matches.Add(new ProfileMatch(profile, exact * 10 + profile.Fingerprints.Count, $"{profile.Fingerprints[0].Slot.Source} holds what the model holds"));
            }
        }

        return [.. matches.OrderByDescending(match => match.Closeness).ThenBy(match => match.Profile.Name, StringComparer.Ordinal)];
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private async ValueTask<bool> FitsAsync(byte unit, ModbusProfile profile, byte[] buffer, CancellationToken cancel)
    {
        foreach (var print in profile.Fingerprints)
        {
            try
            {
                var length = await client.ReadAsync(unit, print.Slot.Table, (ushort)print.Slot.Address, print.Slot.Length, buffer, cancel);
                if (!print.Fits(buffer.AsSpan(0, length)))
                {
                    return false;
                }
            }
            catch (ModbusException refused) when (refused.Fault == ModbusFault.DeviceException && !refused.IsLater)
            {
                return false;
            }
            catch (ModbusException silent)
            {
                throw new DeviceFault(ModbusDriver.KindOf(silent), silent.Message, silent);
            }
        }

        return true;
    }
}
