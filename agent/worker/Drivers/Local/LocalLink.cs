using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.LocalSensors;

namespace EdgeDcim.Agent.Drivers.Local;

/// <summary>The machine's buses, shared by the devices on them.</summary>
internal sealed class LocalLink(LocalSensorReader reader) : ILink
{
    public IDeviceDriver CreateDriver(DeviceConfig device) => new LocalDriver(reader, (LocalProfile)device.Profile, (LocalAccess)device.Access);

    /// <summary>Profiles that find sensors here. Only the kernel's lists are asked: a bus is not searched for chips, since a chip may take a question for a command.</summary>
    public async ValueTask<IReadOnlyList<ProfileMatch>> IdentifyAsync(DeviceAccess access, IReadOnlyList<DeviceProfile> profiles, CancellationToken cancel)
    {
        IReadOnlyList<string> drivers;
        IReadOnlyList<string> probes;
        try
        {
            drivers = await reader.HwmonDriversAsync(cancel);
            probes = await reader.OneWireProbesAsync("28-*", cancel);
        }
        catch (LocalSensorException e)
        {
            throw new DeviceFault(FaultKind.Unreachable, e.Message, e);
        }

        var found = $"found here: hwmon {List(drivers)}; 1-wire {List(probes)}";
        var matches = new List<ProfileMatch>();
        foreach (var profile in profiles.OfType<LocalProfile>())
        {
            var fits = profile.CountShown(drivers, probes);
            if (fits > 0)
            {
                matches.Add(new ProfileMatch(profile, fits, found));
            }
        }

        return matches.Count > 0
            ? [.. matches.OrderByDescending(match => match.Closeness).ThenBy(match => match.Profile.Name, StringComparer.Ordinal)]
            : throw new DeviceFault(FaultKind.NotSupported, $"no profile fits; {found}. Chips on I2C and contacts are not searched for: name their profile");
    }

    public ValueTask DisposeAsync()
    {
        reader.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string List(IReadOnlyList<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);
}
