using System.Net;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Agent.Recording;
using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Agent.Drivers.Snmp;

/// <summary>One SNMP agent's address; the socket belongs to the whole process.</summary>
internal sealed class SnmpLink(SnmpTransport transport, EndPoint endPoint, TimeSpan timeout, TimeProvider time) : ILink
{
    /// <summary>RFC 3418: what every agent has.</summary>
    private static readonly Oid SysDescr = Oid.Parse("1.3.6.1.2.1.1.1.0");

    private static readonly Oid SysObjectId = Oid.Parse("1.3.6.1.2.1.1.2.0");

    /// <summary>No agent speaks for more devices of a kind that is worth knowing by name.</summary>
    private const int MaxNamedRows = 256;

    public IDeviceDriver CreateDriver(DeviceConfig device)
    {
        var profile = (SnmpProfile)device.Profile;
        return new SnmpDriver(new SnmpClient(transport, Target(device.Access, profile.MaxVariables, profile.MaxRepetitions)), profile, time);
    }

    public async ValueTask<IReadOnlyList<ProfileMatch>> IdentifyAsync(DeviceAccess access, IReadOnlyList<DeviceProfile> profiles, CancellationToken cancel)
    {
        var candidates = profiles.OfType<SnmpProfile>().Where(profile => !profile.Fingerprint.IsEmpty).ToList();
        var client = new SnmpClient(transport, Target(access, 16, 16));
        try
        {
            // What every agent has comes first: a silent one costs one request.
            var answers = await ReadAsync(client, [SysDescr, SysObjectId], cancel);
            var objectId = answers.TryGetValue(SysObjectId, out var id) ? id.ObjectIdentifier : default;
            foreach (var (oid, value) in await ReadAsync(client, candidates.SelectMany(profile => profile.Fingerprint.Objects).Select(known => known.Oid).Distinct(), cancel))
            {
                answers[oid] = value;
            }

            var texts = answers.ToDictionary(answer => answer.Key, answer => answer.Value.AsText());
            var subtrees = await SubtreesAsync(client, candidates.SelectMany(profile => profile.Fingerprint.Subtrees).Distinct(), cancel);
            var rows = await RowsAsync(client, candidates.Select(profile => profile.Fingerprint.Row?.Column).OfType<Oid>().Distinct(), cancel);
            return Match(candidates, objectId, texts, subtrees, rows);
        }
        catch (SnmpException silent)
        {
            // RFC 3584: an agent drops a request of a community that it does not know.
            var hint = silent.Fault == SnmpFault.Timeout && access is SnmpCommunityAccess ? "; an agent is as silent when the community or the version is not its own" : "";
            throw new DeviceFault(SnmpDriver.KindOf(silent), silent.Message + hint, silent);
        }
    }

    public async ValueTask<string?> DescribeAsync(DeviceAccess access, CancellationToken cancel)
    {
        try
        {
            var answers = await ReadAsync(new SnmpClient(transport, Target(access, 16, 16)), [SysDescr, SysObjectId], cancel);
            var words = answers.TryGetValue(SysDescr, out var text) ? $"'{text.AsText().ReplaceLineEndings(" ").Trim()}'" : "without sysDescr";
            return answers.TryGetValue(SysObjectId, out var id) ? $"{words}, sysObjectID {id.AsText()}" : words;
        }
        catch (SnmpException silent)
        {
            throw new DeviceFault(SnmpDriver.KindOf(silent), silent.Message, silent);
        }
    }

    public async Task<IReadOnlyList<string>> RecordAsync(DeviceAccess access, DeviceProfile? profile, RecordOptions options, CancellationToken cancel)
    {
        try
        {
            IEnumerable<string> secrets = access is SnmpCommunityAccess { Community: var community } && community.Reveal() != "public" ? [community.Reveal()] : [];
            return await new SnmpRecorder(new SnmpClient(transport, Target(access, 16, 16)), options).RunAsync(profile as SnmpProfile, secrets, cancel);
        }
        catch (SnmpException silent)
        {
            throw new DeviceFault(SnmpDriver.KindOf(silent), silent.Message, silent);
        }
    }

    private static List<ProfileMatch> Match(List<SnmpProfile> candidates, Oid objectId, Dictionary<Oid, string> texts, HashSet<Oid> subtrees, Dictionary<Oid, IReadOnlyList<string>> rows)
    {
        var description = texts.GetValueOrDefault(SysDescr, "").Trim();
        var matches = new List<ProfileMatch>();
        foreach (var profile in candidates)
        {
            var closeness = profile.Fingerprint.Closeness(objectId, description, texts, subtrees, rows, out var because);
            if (closeness > 0)
            {
                matches.Add(new ProfileMatch(profile, closeness, because));
            }
        }

        return [.. matches.OrderByDescending(match => match.Closeness).ThenBy(match => match.Profile.Name, StringComparer.Ordinal)];
    }

    /// <summary>Only what the agent has; objects that it fails to read are as good as absent here.</summary>
    private static async ValueTask<Dictionary<Oid, SnmpValue>> ReadAsync(SnmpClient client, IEnumerable<Oid> oids, CancellationToken cancel)
    {
        IReadOnlyList<SnmpVariable> found;
        try
        {
            found = await client.GetAsync([.. oids], cancel);
        }
        catch (SnmpException odd) when (odd.Fault == SnmpFault.AgentError && odd.ErrorStatus is not 16)
        {
            found = odd.Partial;
        }

        return found.Where(variable => variable.Value.HasValue).GroupBy(variable => variable.Oid).ToDictionary(same => same.Key, same => same.First().Value);
    }

    /// <summary>What the rows of each column hold; a column that cannot be walked has none for us.</summary>
    private static async ValueTask<Dictionary<Oid, IReadOnlyList<string>>> RowsAsync(SnmpClient client, IEnumerable<Oid> columns, CancellationToken cancel)
    {
        var found = new Dictionary<Oid, IReadOnlyList<string>>();
        foreach (var column in columns)
        {
            try
            {
                found[column] = [.. (await client.WalkAsync(column, MaxNamedRows, cancel)).Select(row => row.Value.AsText().Trim())];
            }
            catch (SnmpException odd) when (odd.Fault is SnmpFault.AgentError or SnmpFault.TooManyRows or SnmpFault.LoopingAgent)
            {
                found[column] = [.. odd.Partial.Select(row => row.Value.AsText().Trim())];
            }
        }

        return found;
    }

    private static async ValueTask<HashSet<Oid>> SubtreesAsync(SnmpClient client, IEnumerable<Oid> roots, CancellationToken cancel)
    {
        var found = new HashSet<Oid>();
        foreach (var root in roots)
        {
            try
            {
                var next = await client.GetNextAsync([root], cancel);
                if (next[0].Value.HasValue && next[0].Oid.StartsWith(root))
                {
                    found.Add(root);
                }
            }
            catch (SnmpException odd) when (odd.Fault == SnmpFault.AgentError)
            {
                // An agent that cannot look there has nothing there for us.
            }
        }

        return found;
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
