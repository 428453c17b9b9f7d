using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.Redfish;

namespace EdgeDcim.Agent.Drivers.Redfish;

/// <summary>Follows the links of a service once and finds the resources that its profile's patterns name. What stands behind a dead link is left out.</summary>
/// <param name="client">Of the service.</param>
/// <param name="known">Of the survey before: what still holds is not sent again.</param>
internal sealed class RedfishSurvey(RedfishClient client, IReadOnlyDictionary<string, RedfishResource> known)
{
    /// <summary>Of one pattern; the largest service that we know has some hundred.</summary>
    private const int MaxTargets = 5000;

    /// <summary>Resources that may time out before the whole service counts as silent.</summary>
    private const int MaxTimeouts = 3;

    private readonly Dictionary<string, RedfishResource> resources = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<RedfishMember>> collections = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> dead = new(StringComparer.Ordinal);
    private int timeouts;

    /// <summary>What was read on the way.</summary>
    public IReadOnlyDictionary<string, RedfishResource> Resources => resources;

    /// <summary>Links on the way that lead nowhere, with what the service said.</summary>
    public IReadOnlyDictionary<string, string> Dead => dead;

    /// <exception cref="RedfishException">The service does not answer, or lets nobody in.</exception>
    public async ValueTask<IReadOnlyList<RedfishTarget>> FindAsync(ResourcePattern pattern, CancellationToken cancel)
    {
        await ReadAsync([RedfishUri.Root], cancel);
        if (!resources.ContainsKey(RedfishUri.Root))
        {
            throw new RedfishException(RedfishFault.BadReply, $"the service root cannot be read: {dead.GetValueOrDefault(RedfishUri.Root)}");
        }

        var here = new List<RedfishTarget> { new(RedfishUri.Root, [], []) };
        for (var step = 0; step < pattern.Length && here.Count > 0; step++)
        {
            here = pattern.IsMembers(step) ? await MembersAsync(here, cancel) : await FollowAsync(here, pattern.NamesAt(step), cancel);
        }

        return here;
    }

    /// <summary>Reads what is not at hand yet, side by side.</summary>
    public async ValueTask ReadAsync(IEnumerable<string> paths, CancellationToken cancel)
    {
        var wanted = paths.Where(path => !resources.ContainsKey(path) && !dead.ContainsKey(path)).Distinct(StringComparer.Ordinal).ToList();
        foreach (var (path, resource, fault) in await Task.WhenAll(wanted.Select(path => TryAsync(path, one => client.GetAsync(one, known.GetValueOrDefault(one), cancel)))))
        {
            if (resource is not null)
            {
                resources[path] = resource;
            }
            else
            {
                Bury(path, fault!);
            }
        }
    }

    private async ValueTask<List<RedfishTarget>> FollowAsync(List<RedfishTarget> here, IReadOnlyList<string> names, CancellationToken cancel)
    {
        await ReadAsync(here.Select(target => target.Path), cancel);
        var there = new List<RedfishTarget>();
        foreach (var target in here)
        {
            foreach (var name in names)
            {
                if (there.Count < MaxTargets && resources.TryGetValue(target.Path, out var resource) && LinkOf(resource, name) is { } path)
                {
                    there.Add(new RedfishTarget(path, [.. target.Way, path], target.Names));
                }
            }
        }

        return there;
    }

    private async ValueTask<List<RedfishTarget>> MembersAsync(List<RedfishTarget> here, CancellationToken cancel)
    {
        var wanted = here.Select(target => target.Path).Where(path => !collections.ContainsKey(path) && !dead.ContainsKey(path)).Distinct(StringComparer.Ordinal);
        foreach (var (path, members, fault) in await Task.WhenAll(wanted.Select(path => TryAsync(path, one => client.GetMembersAsync(one, cancel)))))
        {
            if (members is null)
            {
                Bury(path, fault!);
                continue;
            }

            collections[path] = members;
            foreach (var member in members)
            {
                if (member.Resource is not null)
                {
                    resources.TryAdd(member.Path, member.Resource);
                }
            }
        }

        return
        [
            .. here.Where(target => collections.ContainsKey(target.Path)).SelectMany(target => collections[target.Path].Select(member =>
                new RedfishTarget(member.Path, [.. target.Way, member.Path], [.. target.Names, RedfishUri.NameOf(member.Path)]) { Collection = target.Path })).Take(MaxTargets),
        ];
    }

    private static async Task<(string Path, T? Result, RedfishException? Fault)> TryAsync<T>(string path, Func<string, ValueTask<T>> read)
        where T : class
    {
        try
        {
            return (path, await read(path), null);
        }
        catch (RedfishException fault) when (fault.IsOfOneResource && path != RedfishUri.Root)
        {
            return (path, null, fault);
        }
    }

    private void Bury(string path, RedfishException fault)
    {
        dead[path] = fault.Message;
        if (fault.Fault == RedfishFault.Timeout && ++timeouts >= MaxTimeouts)
        {
            throw new RedfishException(RedfishFault.Timeout, $"{fault.Message}, the {timeouts}rd resource that does not answer", fault);
        }
    }

    /// <summary>A navigation property; where a service makes a collection of what should be a resource with properties, its member of that name.</summary>
    private string? LinkOf(RedfishResource resource, string name)
    {
        var link = RedfishUri.Local(resource.LinkOf(name), client.Service);
        if (link is not null || !resource.Json.TryGetProperty("Members", out var members) || members.ValueKind != System.Text.Json.JsonValueKind.Array)
        {
            return link;
        }

        return members.EnumerateArray().Select(member => RedfishUri.Local(RedfishJson.LinkOf(member), client.Service))
            .FirstOrDefault(member => member is not null && RedfishUri.NameOf(member) == name);
    }
}
