using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeDcim.Agent.Recording;
using EdgeDcim.Protocols.Redfish;

namespace EdgeDcim.Agent.Drivers.Redfish;

/// <summary>
/// Captures a service: every resource that links lead to from the root, one line each, <c>"path": resource</c> inside one object. What holds
/// accounts, logs, network settings and files is not asked for.
/// </summary>
internal sealed class RedfishRecorder(RedfishClient client, RecordOptions options)
{
    /// <summary>The largest services that we know hold some thousand resources worth a look.</summary>
    private const int MostResources = 5000;

    private const string NextLink = "Members@odata.nextLink";

    /// <summary>Properties and segments of paths that lead to what is private or of no use.</summary>
    private static readonly HashSet<string> LeftOut = new(StringComparer.OrdinalIgnoreCase)
    {
        "AccountService", "SessionService", "Sessions", "EventService", "CertificateService", "Certificates", "LicenseService", "KeyService", "TaskService", "Tasks", "JobService",
        "UpdateService", "Registries", "JsonSchemas", "LogServices", "NetworkProtocol", "NetworkInterfaces", "NetworkAdapters", "EthernetInterfaces", "HostInterfaces",
        "SerialInterfaces", "VirtualMedia", "RemoteAccountService", "Oem",
    };

    private readonly SortedDictionary<string, JsonObject> resources = new(StringComparer.Ordinal);

    /// <exception cref="RedfishException">The service does not answer.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancel)
    {
        var waiting = new Queue<string>([RedfishUri.Root]);
        var seen = new HashSet<string>(StringComparer.Ordinal) { Key(RedfishUri.Root) };
        while (waiting.TryDequeue(out var path) && resources.Count < MostResources)
        {
            if (await ReadAsync(path, cancel) is not { } resource)
            {
                continue;
            }

            resources[Key(path)] = resource;
            options.Progress(resources.Count);
            foreach (var link in Links(resource).Where(IsWanted).Where(link => seen.Add(Key(link))))
            {
                waiting.Enqueue(link);
            }
        }

        return Lines();
    }

    /// <summary>A collection with all its pages in one; null when the service does not have what it links to.</summary>
    private async Task<JsonObject?> ReadAsync(string path, CancellationToken cancel)
    {
        var whole = await GetAsync(path, cancel);
        var pages = new HashSet<string>(StringComparer.Ordinal) { path };
        for (var page = whole; Text(page?[NextLink]) is { } next && pages.Add(next);)
        {
            page = await GetAsync(next, cancel);
            foreach (var member in page?["Members"] as JsonArray ?? [])
            {
                (whole!["Members"] as JsonArray)?.Add(member?.DeepClone());
            }
        }

        whole?.Remove(NextLink);
        return whole;
    }

    private async Task<JsonObject?> GetAsync(string path, CancellationToken cancel)
    {
        await options.PaceAsync(cancel);
        try
        {
            return JsonObject.Create((await client.GetAsync(path, null, cancel)).Json);
        }
        catch (RedfishException fault) when (fault.IsOfOneResource && path != RedfishUri.Root)
        {
            return null;
        }
    }

    private static IEnumerable<string> Links(JsonNode? node) => node switch
    {
        JsonObject branch => branch.Where(each => !LeftOut.Contains(each.Key))
            .SelectMany(each => each.Key == "@odata.id" && Text(each.Value) is { } link ? [link] : Links(each.Value)),
        JsonArray list => list.SelectMany(Links),
        _ => [],
    };

    private bool IsWanted(string link) => RedfishUri.Local(link, client.Service) is { } path && !path.Split('/').Any(LeftOut.Contains);

    private List<string> Lines()
    {
        var scrubber = new ResourceScrubber(resources.Values);
        var lines = resources.Select(each => $"{JsonSerializer.Serialize(scrubber.Text(each.Key))}: {scrubber.Scrub(each.Value).ToJsonString()}").ToList();
        return ["{", .. lines.Take(lines.Count - 1).Select(line => line + ","), .. lines.TakeLast(1), "}"];
    }

    /// <summary>Without fragment and without the slash at the end, which services put as they like.</summary>
    private static string Key(string link) => link.Split('#')[0].TrimEnd('/');

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
