using System.Security.Cryptography.X509Certificates;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Agent.Recording;
using EdgeDcim.Protocols.Redfish;

namespace EdgeDcim.Agent.Drivers.Redfish;

/// <summary>One Redfish service; whoever logs in to it as the same user shares a session.</summary>
internal sealed class RedfishLink(Uri service, TimeSpan timeout, TimeProvider time) : ILink
{
    private readonly Dictionary<RedfishAccess, RedfishClient> clients = [];

    public IDeviceDriver CreateDriver(DeviceConfig device) => new RedfishDriver(ClientOf((RedfishAccess)device.Access), (RedfishProfile)device.Profile, time);

    public async ValueTask<IReadOnlyList<ProfileMatch>> IdentifyAsync(DeviceAccess access, IReadOnlyList<DeviceProfile> profiles, CancellationToken cancel)
    {
        var survey = new RedfishSurvey(ClientOf((RedfishAccess)access), new Dictionary<string, RedfishResource>());
        var matches = new List<ProfileMatch>();
        try
        {
            foreach (var profile in profiles.OfType<RedfishProfile>().Where(profile => !profile.Fingerprint.IsEmpty))
            {
                if (await MatchAsync(survey, profile, cancel) is { } match)
                {
                    matches.Add(match);
                }
            }
        }
        catch (RedfishException silent)
        {
            throw new DeviceFault(RedfishDriver.KindOf(silent), silent.Message, silent);
        }

        return [.. matches.OrderByDescending(match => match.Closeness).ThenBy(match => match.Profile.Name, StringComparer.Ordinal)];
    }

    public async Task<IReadOnlyList<string>> RecordAsync(DeviceAccess access, DeviceProfile? profile, RecordOptions options, CancellationToken cancel)
    {
        try
        {
            return await new RedfishRecorder(ClientOf((RedfishAccess)access), options).RunAsync(cancel);
        }
        catch (RedfishException silent)
        {
            throw new DeviceFault(RedfishDriver.KindOf(silent), silent.Message, silent);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients.Values)
        {
            await client.DisposeAsync();
        }

        clients.Clear();
    }

    private static async ValueTask<ProfileMatch?> MatchAsync(RedfishSurvey survey, RedfishProfile profile, CancellationToken cancel)
    {
        foreach (var pattern in profile.Fingerprint.Gets)
        {
            foreach (var target in await survey.FindAsync(pattern, cancel))
            {
                await survey.ReadAsync([target.Path], cancel);
                if (survey.Resources.TryGetValue(target.Path, out var resource) && profile.Fingerprint.Holds(resource.Json))
                {
                    var says = RedfishDriver.IdentityOf(survey.Resources.GetValueOrDefault(RedfishUri.Root), resource);
                    var words = string.Join(' ', new[] { says.Vendor, says.Model }.OfType<string>());
                    return new ProfileMatch(profile, profile.Fingerprint.Closeness(pattern), $"the service holds {target.Path}{(words.Length > 0 ? $" ({words})" : "")}");
                }
            }
        }

        return null;
    }

    private RedfishClient ClientOf(RedfishAccess access)
    {
        if (!clients.TryGetValue(access, out var client))
        {
            var authorities = new X509Certificate2Collection();
            if (access.Authorities is not null)
            {
                authorities.ImportFromPem(access.Authorities);
            }

            clients[access] = client = new RedfishClient(
                new RedfishOptions
                {
                    Service = service,
                    User = access.User,
                    Password = access.Password?.Reveal(),
                    Fingerprint = access.Fingerprint,
                    Authorities = authorities,
                    Timeout = timeout,
                },
                time);
        }

        return client;
    }
}
