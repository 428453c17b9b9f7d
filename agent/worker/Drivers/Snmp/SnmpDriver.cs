using System.Collections.Frozen;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Agent.Drivers.Snmp;

/// <summary>
/// Reads one agent. The rows of tables are found by walks at the first read; after that every poll is GETs of known objects. The survey is
/// repeated rarely, and soon when an object is gone.
/// </summary>
internal sealed class SnmpDriver(SnmpClient client, SnmpProfile profile, TimeProvider time) : IDeviceDriver
{
    public static readonly TimeSpan SurveyEvery = TimeSpan.FromHours(1);

    /// <summary>A device that restarts answers with holes for a while.</summary>
    private static readonly TimeSpan SurveyAtMostEvery = TimeSpan.FromMinutes(1);

    private readonly List<string> notes = [];
    private readonly List<Sample> samples = [];
    private Dictionary<PollGroup, GroupState>? groups;
    private volatile FrozenDictionary<Oid, SnmpAlternative> objects = FrozenDictionary<Oid, SnmpAlternative>.Empty;
    private long surveyed;
    private bool somethingGone;

    public DeviceIdentity Identity { get; private set; } = DeviceIdentity.Unknown;

    /// <summary>Where the agent is and how it is asked.</summary>
    public SnmpTarget Target => client.Target;

    /// <summary>
    /// A value that the agent sent by itself, converted as a poll would; any thread may ask. False for what is no point of the profile, for rows
    /// that no survey has found yet, and for objects that are one of several alternatives, feed several points or need another to be valid: only a poll can tell those.
    /// </summary>
    public bool TryTake(in SnmpVariable told, out Sample sample)
    {
        sample = default;
        if (!told.Value.HasValue || !objects.TryGetValue(told.Oid, out var known))
        {
            return false;
        }

        sample = new Sample(known.Instance, known.Point.Convert(told.Value, known.Factor));
        return true;
    }

    public IReadOnlyList<string> TakeNotes()
    {
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
        try
        {
            if (SurveyIsDue())
            {
                await SurveyAsync(cancel);
            }

            if (groups!.TryGetValue(group, out var state))
            {
                await ReadAsync(state, cancel);
            }

            return samples;
        }
        catch (SnmpException fault)
        {
            throw new DeviceFault(KindOf(fault), fault.Message, fault) { Partial = samples };
        }
    }

    internal static FaultKind KindOf(SnmpException fault) => fault.Fault switch
    {
        SnmpFault.Unreachable or SnmpFault.Closed => FaultKind.Unreachable,
        SnmpFault.Timeout => FaultKind.Timeout,
        SnmpFault.Authentication or SnmpFault.Privacy or SnmpFault.UnsupportedSecurity => FaultKind.BadCredentials,
        SnmpFault.AgentError => fault.ErrorStatus == 16 ? FaultKind.BadCredentials : FaultKind.Refused,
        SnmpFault.Overloaded => FaultKind.Busy,
        _ => FaultKind.BadReply,
    };

    private bool SurveyIsDue() =>
        groups is null || time.GetElapsedTime(surveyed) is var age && (age >= SurveyEvery || (somethingGone && age >= SurveyAtMostEvery));

    private async ValueTask SurveyAsync(CancellationToken cancel)
    {
        var survey = new SnmpSurvey(client, profile);
        var outputs = await survey.RunAsync(cancel);
        notes.AddRange(survey.Notes);
        surveyed = time.GetTimestamp();
        somethingGone = false;
        Identity = survey.Identity;
        if (outputs.Count == 0)
        {
            groups = null;
            throw new DeviceFault(FaultKind.NotSupported, $"{client.Target} answers, but has none of the objects of the profile {profile.Name}; try --profile auto");
        }

        var known = groups?.Values.SelectMany(group => group.Outputs).SelectMany(output => output.Alternatives)
            .ToDictionary(alternative => (alternative.Point, alternative.Instance.Source), alternative => alternative.Instance);
        if (known is not null)
        {
            // The same row keeps its object, so that lanes do not see a new series.
            outputs = [.. outputs.Select(output => output.Keep(known))];
            NoteChanges(known, outputs);
        }

        objects = outputs.Where(output => output.Alternatives is [{ AvailableOid: null }]).Select(output => output.Alternatives[0]).GroupBy(single => single.Oid)
            .Where(same => same.Count() == 1).ToFrozenDictionary(same => same.Key, same => same.First());
        groups = outputs.GroupBy(output => output.Alternatives[0].Point.Every)
            .ToDictionary(group => group.Key, group => new GroupState(client, [.. group]));
    }

    private void NoteChanges(Dictionary<(SnmpPoint Point, string Source), PointInstance> known, IReadOnlyList<SnmpOutput> outputs)
    {
        var now = outputs.SelectMany(output => output.Alternatives).Select(alternative => (alternative.Point, alternative.Instance.Source)).ToHashSet();
        var gone = known.Keys.Where(key => !now.Contains(key)).Select(key => key.Source).ToList();
        var came = now.Where(key => !known.ContainsKey(key)).Select(key => key.Source).ToList();
        if (gone.Count > 0)
        {
            notes.Add($"{gone.Count} objects are gone, such as {gone[0]}");
        }

        if (came.Count > 0)
        {
            notes.Add($"{came.Count} objects are new, such as {came[0]}");
        }
    }

    private async ValueTask ReadAsync(GroupState state, CancellationToken cancel)
    {
        try
        {
            await state.Get.ReadAsync(state.Values, cancel);
        }
        catch (SnmpException)
        {
            Collect(state, onlyAnswered: true);
            throw;
        }

        Collect(state, onlyAnswered: false);
    }

    private void Collect(GroupState state, bool onlyAnswered)
    {
        foreach (var output in state.Outputs)
        {
            if (output.TryTake(state.Values, out var sample))
            {
                samples.Add(sample);
            }
            else
            {
                somethingGone = true;
                if (!onlyAnswered)
                {
                    samples.Add(new Sample(output.Alternatives[0].Instance, double.NaN));
                }
            }
        }
    }

    /// <summary>What one poll group asks for, and where each answer lands.</summary>
    private sealed class GroupState
    {
        public GroupState(SnmpClient client, IReadOnlyList<SnmpOutput> outputs)
        {
            Outputs = outputs;
            var positions = new Dictionary<Oid, int>();
            foreach (var alternative in outputs.SelectMany(output => output.Alternatives))
            {
                alternative.Position = PositionOf(alternative.Oid);
                if (alternative.AvailableOid is { } status)
                {
                    alternative.AvailablePosition = PositionOf(status);
                }
            }

            int PositionOf(Oid oid) => positions.TryGetValue(oid, out var position) ? position : positions[oid] = positions.Count;

            Get = client.Prepare([.. positions.Keys]);
            Values = new SnmpValue[positions.Count];
        }

        public IReadOnlyList<SnmpOutput> Outputs { get; }

        public PreparedGet Get { get; }

        public SnmpValue[] Values { get; }
    }
}
