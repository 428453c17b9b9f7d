using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.Redfish;

namespace EdgeDcim.Agent.Drivers.Redfish;

/// <summary>
/// Reads one service. Its tree is found once by following links; after that a poll is GETs of known resources. The survey is repeated
/// rarely, and soon when a resource is gone.
/// </summary>
internal sealed class RedfishDriver(RedfishClient client, RedfishProfile profile, TimeProvider time) : IDeviceDriver
{
    private static readonly TimeSpan SurveyEvery = TimeSpan.FromHours(1);

    /// <summary>A device that restarts answers with holes for a while.</summary>
    private static readonly TimeSpan SurveyAtMostEvery = TimeSpan.FromMinutes(1);

    private readonly List<string> notes = [];
    private readonly List<Sample> samples = [];
    private readonly RedfishFetch fetch = new(client, time);
    private readonly Dictionary<int, RedfishPoint> settled = [];
    private RedfishValues? values;
    private RedfishTree? tree;
    private string deadLinks = "";
    private long surveyed;

    public DeviceIdentity Identity { get; private set; } = DeviceIdentity.Unknown;

    public IReadOnlyList<string> TakeNotes()
    {
        notes.AddRange(fetch.Notes);
        fetch.Notes.Clear();
        if (notes.Count == 0)
        {
            return [];
        }

        string[] taken = [.. notes];
        notes.Clear();
        return taken;
    }

    public async ValueTask<IReadOnlyList<Sample>> ReadAsync(PollGroup group, CancellationToken cancel)
    {
        samples.Clear();
        RedfishException? fault;
        try
        {
            if (SurveyIsDue())
            {
                await SurveyAsync(cancel);
            }

            var wanted = profile.Values.Where(point => point.Every == group && IsAsked(point)).SelectMany(point => tree![point.Get]).ToList();
            fault = await fetch.ReadAsync(wanted, cancel);
            Evaluate(group);
        }
        catch (RedfishException failed)
        {
            fault = failed;
        }

        return fault is null ? samples : throw new DeviceFault(KindOf(fault), fault.Message, fault) { Partial = samples };
    }

    internal static FaultKind KindOf(RedfishException fault) => fault.Fault switch
    {
        RedfishFault.Unreachable => FaultKind.Unreachable,
        RedfishFault.Timeout => FaultKind.Timeout,
        RedfishFault.Busy => FaultKind.Busy,
        RedfishFault.BadCredentials or RedfishFault.Untrusted => FaultKind.BadCredentials,
        RedfishFault.Refused => FaultKind.Refused,
        RedfishFault.NotFound => FaultKind.NotSupported,
        _ => FaultKind.BadReply,
    };

    /// <summary>Who a piece of equipment says it is; the service root knows some of it too.</summary>
    internal static DeviceIdentity IdentityOf(RedfishResource? root, RedfishResource? unit) => new(
        Said(unit, "Manufacturer") ?? Said(root, "Vendor"), Said(unit, "Model") ?? Said(root, "Product"), Said(unit, "SerialNumber"), Said(unit, "FirmwareVersion"));

    private static string? Said(RedfishResource? resource, string property) => resource?.Text(property)?.Trim() is { Length: > 0 } text ? text : null;

    private bool IsAsked(RedfishPoint point) => point.Choice is null || !settled.TryGetValue(point.Choice.Id, out var chosen) || ReferenceEquals(chosen, point);

    private bool SurveyIsDue() =>
        tree is null || (time.GetElapsedTime(surveyed) is var age && (age >= SurveyEvery || (fetch.SomethingGone && age >= SurveyAtMostEvery)));

    private async ValueTask SurveyAsync(CancellationToken cancel)
    {
        var survey = new RedfishSurvey(client, tree?.Resources ?? new Dictionary<string, RedfishResource>());
        var targets = new Dictionary<ResourcePattern, IReadOnlyList<RedfishTarget>>();
        foreach (var pattern in profile.Values.Select(point => point.Get).Distinct())
        {
            targets[pattern] = await survey.FindAsync(pattern, cancel);
        }

        var found = new RedfishTree(targets, survey.Resources);
        if (!found.All.Any())
        {
            throw new DeviceFault(FaultKind.NotSupported, $"{client.Service.Authority} answers, but holds nothing of what the profile {profile.Name} asks for; is it the right one?");
        }

        await IdentifyAsync(survey, cancel);
        Complain(survey.Dead);
        fetch.Keep([.. found.All.Select(target => target.Path)]);
        fetch.SomethingGone = false;
        settled.Clear();
        values ??= new RedfishValues(notes);
        tree = found;
        surveyed = time.GetTimestamp();
    }

    private async ValueTask IdentifyAsync(RedfishSurvey survey, CancellationToken cancel)
    {
        foreach (var pattern in profile.Fingerprint.Gets)
        {
            if (await survey.FindAsync(pattern, cancel) is [var unit, ..])
            {
                await survey.ReadAsync([unit.Path], cancel);
                Identity = IdentityOf(survey.Resources.GetValueOrDefault(RedfishUri.Root), survey.Resources.GetValueOrDefault(unit.Path));
                return;
            }
        }
    }

    private void Complain(IReadOnlyDictionary<string, string> dead)
    {
        var said = dead.Count == 0 ? "" : $"{dead.Count} link{(dead.Count == 1 ? " leads" : "s lead")} nowhere, such as: {dead.Values.First()}";
        if (said.Length > 0 && said != deadLinks)
        {
            notes.Add(said);
        }

        deadLinks = said;
    }

    private void Evaluate(PollGroup group)
    {
        var open = new HashSet<int>();
        foreach (var point in profile.Values)
        {
            if (point.Every != group || !IsAsked(point) || (point.Choice is { } undecided && open.Contains(undecided.Id)))
            {
                continue;
            }

            var before = samples.Count;
            var any = values!.Take(point, tree!, path => fetch[path], samples);
            if (point.Choice is { } choice && !settled.ContainsKey(choice.Id))
            {
                if (any)
                {
                    settled[choice.Id] = point;
                }
                else
                {
                    samples.RemoveRange(before, samples.Count - before);
                    if (tree![point.Get].Any(target => fetch[target.Path] is null && fetch.MayComeBack(target.Path)))
                    {
                        // The better place did not answer; nothing is decided for the worse one before it does.
                        open.Add(choice.Id);
                    }
                }
            }
        }
    }
}
