using System.Net;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Agent.Drivers.Snmp;

/// <summary>One SNMP agent's address; the socket belongs to the whole process.</summary>
internal sealed class SnmpLink(SnmpTransport transport, EndPoint endPoint, TimeSpan timeout, TimeProvider time) : ILink
{
    /// <summary>RFC 3418: what every agent has.</summary>
    private static readonly Oid SysDescr = Oid.Parse("1.3.6.1.2.1.1.1.0");

    private static readonly Oid SysObjectId = Oid.Parse("1.3.6.1.2.1.1.2.0");

    public IDeviceDriver CreateDriver(DeviceConfig device)
    {
        var profile = (SnmpProfile)device.Profile;
        return new SnmpDriver(new SnmpClient(transport, Target(device.Access, profile.MaxVariables, profile.MaxRepetitions)), profile, time);
    }

    public async ValueTask<IReadOnlyList<ProfileMatch>> IdentifyAsync(DeviceAccess access, IReadOnlyList<DeviceProfile> profiles, CancellationToken cancel)
    {
        var candidates = profiles.OfType<SnmpProfile>().Where(profile => !profile.Fingerprint.IsEmpty).ToList();
        var asked = candidates.SelectMany(profile => profile.Fingerprint.Objects).Select(known => known.Oid).Append(SysDescr).Append(SysObjectId).Distinct().ToList();
        var client = new SnmpClient(transport, Target(access, 16, 16));
        Dictionary<Oid, SnmpValue> answers;
        try
        {
            answers = (await client.GetAsync(asked, cancel)).Where(variable => variable.Value.HasValue).ToDictionary(variable => variable.Oid, variable => variable.Value);
        }
        catch (SnmpException silent)
        {
            throw new DeviceFault(SnmpDriver.KindOf(silent), silent.Message, silent);
        }

        var texts = answers.ToDictionary(answer => answer.Key, answer => answer.Value.AsText());
        var objectId = answers.TryGetValue(SysObjectId, out var id) ? id.ObjectIdentifier : default;
        var description = texts.GetValueOrDefault(SysDescr, "");
        var matches = new List<ProfileMatch>();
        foreach (var profile in candidates)
        {
            var closeness = profile.Fingerprint.Closeness(objectId, description, texts, out var because);
            if (closeness > 0)
            {
                matches.Add(new ProfileMatch(profile, closeness, because));
            }
        }

        return [.. matches.OrderByDescending(match => match.Closeness).ThenBy(match => match.Profile.Name, StringComparer.Ordinal)];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private SnmpTarget Target(DeviceAccess access, int maxVariables, int maxRepetitions) => access switch
    {
        SnmpCommunityAccess open => new SnmpTarget(endPoint, open.Version == SnmpDialect.V1 ? SnmpVersion.V1 : SnmpVersion.V2c, open.Community.Reveal())
        {
            Timeout = timeout,
            MaxVariables = maxVariables,
            MaxRepetitions = maxRepetitions,
        },
        SnmpUserAccess user => new SnmpTarget(endPoint, UserOf(user))
        {
            Timeout = timeout,
            MaxVariables = maxVariables,
            MaxRepetitions = maxRepetitions,
            Context = user.Context,
        },
        _ => throw new ArgumentException("not an SNMP access", nameof(access)),
    };

    internal static SnmpUser UserOf(SnmpUserAccess user) => new(
        user.User,
        user.Auth is null ? SnmpAuthentication.None : Enum.Parse<SnmpAuthentication>(user.Auth, ignoreCase: true),
        user.AuthPassword?.Reveal(),
        user.Priv is null ? SnmpPrivacy.None : Enum.Parse<SnmpPrivacy>(user.Priv, ignoreCase: true),
        user.PrivPassword?.Reveal());
}
