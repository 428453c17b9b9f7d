using System.Collections.Concurrent;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Profiles;

namespace EdgeDcim.Agent.Discovery;

/// <summary>
/// Asks each candidate whether it is there and what it is, at a rate that a network and its devices do not notice. Reads only, and tries no
/// credential that it was not given.
/// </summary>
internal sealed class Search(ProtocolCatalog protocols, IReadOnlyList<DeviceProfile> profiles, double perSecond, bool pins, TimeProvider time)
{
    /// <summary>Candidates that are waited for at the same time.</summary>
    private const int AtOnce = 64;

    private readonly Lock gate = new();
    private long nextTicks;
    private int asked;
    private int found;

    /// <summary>Questions so far, and how many were answered.</summary>
    public (int Asked, int Found) Progress => (Volatile.Read(ref asked), Volatile.Read(ref found));

    /// <summary>What answered, in the order of the candidates.</summary>
    public async Task<IReadOnlyList<Finding>> RunAsync(IReadOnlyList<Candidate> candidates, CancellationToken cancel)
    {
        var findings = new ConcurrentDictionary<int, List<Finding>>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, candidates.Count),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel },
            async (i, token) => findings[i] = await AskAsync(candidates[i], token));
        return [.. Enumerable.Range(0, candidates.Count).SelectMany(i => findings[i])];
    }

    private async Task<List<Finding>> AskAsync(Candidate candidate, CancellationToken cancel)
    {
        var findings = new List<Finding>();
        var protocol = protocols.Get(candidate.Endpoint.Protocol);
        await PaceAsync(cancel);
        if (!await protocol.IsPresentAsync(candidate.Endpoint, cancel))
        {
            Interlocked.Add(ref asked, candidate.Credentials.Count);
            return findings;
        }

        await using var link = protocol.OpenLink(candidate.Endpoint);
        for (var i = 0; i < candidate.Credentials.Count; i++)
        {
            if (i > 0)
            {
                await PaceAsync(cancel);
            }

            Interlocked.Increment(ref asked);
            var credential = pins ? await PinnedAsync(protocol, candidate, candidate.Credentials[i], cancel) : candidate.Credentials[i];
            var (finding, isUnreachable) = await AskAsync(link, candidate, credential, cancel);
            if (finding is not null)
            {
                Interlocked.Increment(ref found);
                findings.Add(finding);
            }

            if (isUnreachable || (finding?.Device is not null && !candidate.All))
            {
                Interlocked.Add(ref asked, candidate.Credentials.Count - i - 1);
                break;
            }
        }

        // A device that refused one credential and took another is no riddle.
        return findings.Exists(finding => finding.Device is not null) ? findings.FindAll(finding => finding.Device is not null || candidate.All) : findings;
    }

    private static async Task<Credential> PinnedAsync(IProtocol protocol, Candidate candidate, Credential credential, CancellationToken cancel) =>
        await protocol.PinAsync(candidate.Endpoint, credential.Access, cancel) is RedfishAccess { Fingerprint: { } fingerprint } pinned
            ? new Credential([.. credential.Keys, KeyValuePair.Create("fingerprint", fingerprint)], pinned)
            : credential;

    private async Task<(Finding? Finding, bool IsUnreachable)> AskAsync(ILink link, Candidate candidate, Credential credential, CancellationToken cancel)
    {
        try
        {
            var device = await Identification.FindAsync(link, candidate.Endpoint, credential.Access, profiles, cancel);
            return (new Finding(candidate, credential, device, device.ToString()), false);
        }
        catch (DeviceFault fault)
        {
            return fault.Kind is FaultKind.NotSupported or FaultKind.BadCredentials or FaultKind.BadReply
                ? (new Finding(candidate, credential, null, fault.Message), false)
                : (null, fault.Kind == FaultKind.Unreachable);
        }
    }

    /// <summary>Waits for the next place in a line that moves at the rate.</summary>
    private async ValueTask PaceAsync(CancellationToken cancel)
    {
        TimeSpan wait;
        lock (gate)
        {
            var now = time.GetTimestamp();
            var place = Math.Max(now, nextTicks);
            nextTicks = place + (long)(time.TimestampFrequency / perSecond);
            wait = time.GetElapsedTime(now, place);
        }

        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, cancel);
        }
    }
}
