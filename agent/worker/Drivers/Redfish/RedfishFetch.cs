using EdgeDcim.Protocols.Redfish;

namespace EdgeDcim.Agent.Drivers.Redfish;

/// <summary>
/// Reads the resources of one poll, each once and side by side. A resource that fails is set aside for a while and costs its neighbours
/// nothing; what two poll groups ask for at the same instant is read once.
/// </summary>
internal sealed class RedfishFetch(RedfishClient client, TimeProvider time)
{
    /// <summary>Poll groups fall on the same instants: half a second's age is not told apart from now.</summary>
    private static readonly TimeSpan SameInstant = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan FirstRest = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);

    /// <summary>Resources that may be silent in one poll in which none has answered, before the service is.</summary>
    private const int MaxSilent = 3;

    private readonly Dictionary<string, Held> held = new(StringComparer.Ordinal);
    private readonly Lock guard = new();
    private RedfishException? last;

    /// <summary>What was set aside and what came back since the last look, one line each.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>A resource that was there is not any more: the tree has changed.</summary>
    public bool SomethingGone { get; set; }

    /// <summary>The resource, when the last poll that wanted it got it.</summary>
    public RedfishResource? this[string path] => held.GetValueOrDefault(path)?.Resource;

    /// <summary>It was silent once, which says nothing yet about whether the service has it.</summary>
    public bool MayComeBack(string path) => held.GetValueOrDefault(path) is { IsSilent: true } one && one.Rest == FirstRest;

    /// <summary>Forgets everything that is not at one of the paths, and what was set aside.</summary>
    public void Keep(HashSet<string> paths)
    {
        foreach (var (path, one) in held.ToList())
        {
            one.Rest = default;
            if (!paths.Contains(path))
            {
                held.Remove(path);
            }
        }
    }

    /// <summary>Null when the service answered, if not with everything; else what the whole service has against it.</summary>
    public async ValueTask<RedfishException?> ReadAsync(IReadOnlyList<RedfishTarget> targets, CancellationToken cancel)
    {
        var wanted = targets.DistinctBy(target => target.Path).Where(IsDue).ToList();
        foreach (var target in wanted)
        {
            var one = held.TryGetValue(target.Path, out var known) ? known : held[target.Path] = new Held();
            one.Resource = null;
        }

        using var poll = new Poll(cancel);
        var expandable = wanted.Where(target => target.Collection is not null).GroupBy(target => target.Collection!)
            .Where(group => group.Count() > 1 && client.CanExpand(group.Key)).Select(group => group.Key).ToList();
        await Task.WhenAll(expandable.Select(collection => ExpandAsync(collection, poll)));
        await Task.WhenAll(wanted.Where(target => this[target.Path] is null).Select(target => ReadOneAsync(target.Path, poll)));
        cancel.ThrowIfCancellationRequested();
        Say(poll);

        // Each by itself has only one resource in trouble; all of them are the service's. What it says it does not have is no trouble.
        return poll.Fault ?? (targets.Count > 0 && last is { Fault: not RedfishFault.NotFound } && targets.All(target => this[target.Path] is null) ? last : null);
    }

    private bool IsDue(RedfishTarget target) =>
        !held.TryGetValue(target.Path, out var one)
        || (one.Resource is null ? time.GetElapsedTime(one.At) >= one.Rest : time.GetElapsedTime(one.At) >= SameInstant);

    private async Task ExpandAsync(string collection, Poll poll)
    {
        try
        {
            foreach (var member in await client.GetMembersAsync(collection, poll.Token))
            {
                if (member.Resource is not null)
                {
                    Took(member.Path, member.Resource, poll);
                }
            }
        }
        catch (RedfishException fault) when (!fault.IsOfOneResource)
        {
            poll.End(fault);
        }
        catch (RedfishException)
        {
            // The members are asked one by one, and say themselves what is wrong.
        }
        catch (OperationCanceledException) when (poll.Fault is not null)
        {
            // Ended by a neighbour.
        }
    }

    private async Task ReadOneAsync(string path, Poll poll)
    {
        try
        {
            Took(path, await client.GetAsync(path, null, poll.Token), poll);
        }
        catch (RedfishException fault) when (!fault.IsOfOneResource)
        {
            poll.End(fault);
        }
        catch (RedfishException fault)
        {
            lock (guard)
            {
                SetAside(path, fault, poll);
                poll.Silent += fault.Fault == RedfishFault.Timeout ? 1 : 0;
                if (poll is { Silent: >= MaxSilent, HasAnswers: false })
                {
                    poll.End(fault);
                }
            }
        }
        catch (OperationCanceledException) when (poll.Fault is not null)
        {
            // Ended by a neighbour.
        }
    }

    private void Took(string path, RedfishResource resource, Poll poll)
    {
        lock (guard)
        {
            poll.HasAnswers = true;
            if (held.TryGetValue(path, out var one))
            {
                if (one.IsTold)
                {
                    Notes.Add($"{path} is read again");
                }

                (one.Resource, one.At, one.Rest, one.IsTold, one.WasThere) = (resource, time.GetTimestamp(), default, false, true);
            }
        }
    }

    private void SetAside(string path, RedfishException fault, Poll poll)
    {
        var one = held[path];
        var first = one.Rest == default;
        one.At = time.GetTimestamp();
        one.IsSilent = fault.Fault == RedfishFault.Timeout;
        one.Rest = fault.Fault == RedfishFault.NotFound ? LongestRest
            : first ? FirstRest
            : one.Rest * 2 < LongestRest ? one.Rest * 2 : LongestRest;
        SomethingGone |= fault.Fault == RedfishFault.NotFound && one.WasThere;
        last = fault;
        if (!one.IsTold)
        {
            one.IsTold = true;
            poll.SetAside.Add(fault.Message);
        }
    }

    /// <summary>Services hold dozens of links to what they do not have; a few are worth a line, the rest a number.</summary>
    private void Say(Poll poll)
    {
        const int lines = 3;
        poll.SetAside.Sort(StringComparer.Ordinal);
        Notes.AddRange(poll.SetAside.Take(lines).Select(message => $"{message}; set aside"));
        if (poll.SetAside.Count > lines)
        {
            Notes.Add($"{poll.SetAside.Count - lines} more resources that cannot be read are set aside");
        }
    }

    /// <summary>One resource and how it went with it.</summary>
    private sealed class Held
    {
        public RedfishResource? Resource { get; set; }

        public long At { get; set; }

        /// <summary>How long it is left alone after it failed.</summary>
        public TimeSpan Rest { get; set; }

        public bool IsSilent { get; set; }

        public bool IsTold { get; set; }

        public bool WasThere { get; set; }
    }

    /// <summary>What the requests of one poll know of each other.</summary>
    private sealed class Poll(CancellationToken cancel) : IDisposable
    {
        private readonly CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        private RedfishException? fault;

        public RedfishException? Fault => Volatile.Read(ref fault);

        public CancellationToken Token => stop.Token;

        public List<string> SetAside { get; } = [];

        public int Silent { get; set; }

        public bool HasAnswers { get; set; }

        public void End(RedfishException why)
        {
            Interlocked.CompareExchange(ref fault, why, null);
            stop.Cancel();
        }

        public void Dispose() => stop.Dispose();
    }
}
