using EdgeDcim.Protocols.Snmp.Ber;
using EdgeDcim.Protocols.Snmp.Wire;

namespace EdgeDcim.Protocols.Snmp;

/// <summary>Reads objects of one agent. There is no SET, and no way to build one.</summary>
public sealed class SnmpClient(SnmpTransport transport, SnmpTarget target)
{
    /// <summary>A walk that finds more rows than this ends with an error, unless the caller allows more.</summary>
    public const int DefaultMaxRows = 100_000;

    private readonly SnmpRoundTrip roundTrip = new(transport, target);

    public SnmpTarget Target => target;

    /// <summary>For OIDs that are read again and again: see <see cref="PreparedGet"/>.</summary>
    public PreparedGet Prepare(IReadOnlyList<Oid> oids) => new(transport, target, oids);

    /// <summary>
    /// The objects asked, in the order asked, in as many requests as the target's limits demand. Missing ones come back as NoSuchObject or
    /// NoSuchInstance, from SNMPv1 agents too; one that the agent failed to read while others succeeded is Null.
    /// </summary>
    /// <exception cref="SnmpException">A request failed; what came before is in <see cref="SnmpException.Partial"/>.</exception>
    public async ValueTask<IReadOnlyList<SnmpVariable>> GetAsync(IReadOnlyList<Oid> oids, CancellationToken cancel)
    {
        var get = Prepare(oids);
        var values = new SnmpValue[oids.Count];
        try
        {
            await get.ReadAsync(values, cancel);
        }
        catch (SnmpException fault)
        {
            throw new SnmpException(fault.Fault, fault.Message, fault.InnerException)
            {
                ErrorStatus = fault.ErrorStatus,
                Partial = [.. oids.Zip(values, (oid, value) => new SnmpVariable(oid, value)).Where(variable => variable.Value.Type != SnmpType.Null)],
            };
        }

        return [.. oids.Zip(values, (oid, value) => new SnmpVariable(oid, value))];
    }

    /// <summary>The objects behind the ones asked; EndOfMibView where there is none, from SNMPv1 agents too when one OID is asked.</summary>
    /// <exception cref="SnmpException">The request failed.</exception>
    public async ValueTask<IReadOnlyList<SnmpVariable>> GetNextAsync(IReadOnlyList<Oid> oids, CancellationToken cancel)
    {
        var request = new VarBindList(oids).Request(BerTag.GetNext, 0, oids.Count);
        using var reply = await roundTrip.AskAsync(request, cancel);
        if (reply.ErrorStatus == SnmpErrorStatus.NoSuchName && oids.Count == 1)
        {
            return [new SnmpVariable(oids[0], SnmpValue.Absent(SnmpType.EndOfMibView))];
        }

        return Variables(request, reply, oids.Count);
    }

    /// <summary>The first <paramref name="nonRepeaters"/> OIDs once, the others up to <paramref name="maxRepetitions"/> times, row by row. SNMPv1 has no GETBULK: it answers one row.</summary>
    /// <param name="oids">At least one.</param>
    /// <param name="nonRepeaters">0 or more.</param>
    /// <param name="maxRepetitions">1 or more: some agents hang on 0.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="SnmpException">The request failed.</exception>
    public async ValueTask<IReadOnlyList<SnmpVariable>> GetBulkAsync(IReadOnlyList<Oid> oids, int nonRepeaters, int maxRepetitions, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nonRepeaters);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRepetitions, 1);
        if (target.Version == SnmpVersion.V1)
        {
            return await GetNextAsync(oids, cancel);
        }

        var request = new VarBindList(oids).Request(BerTag.GetBulk, 0, oids.Count) with { NonRepeaters = nonRepeaters, Repetitions = maxRepetitions };
        using var reply = await roundTrip.AskAsync(request, cancel);
        return Variables(request, reply, int.MaxValue);
    }

    /// <summary>
    /// Everything under <paramref name="root"/>, in order. Asks in bulk, as much at a time as the agent has shown to bear. At most
    /// <see cref="DefaultMaxRows"/> rows.
    /// </summary>
    /// <exception cref="SnmpException">A request failed, the agent goes in circles, or there are too many rows; what came before is in <see cref="SnmpException.Partial"/>.</exception>
    public ValueTask<IReadOnlyList<SnmpVariable>> WalkAsync(Oid root, CancellationToken cancel) => WalkAsync(root, DefaultMaxRows, cancel);

    /// <inheritdoc cref="WalkAsync(Oid, CancellationToken)"/>
    public async ValueTask<IReadOnlyList<SnmpVariable>> WalkAsync(Oid root, int maxRows, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);
        var walk = new SnmpWalk(roundTrip, target, root, maxRows);
        return await walk.RunAsync(cancel);
    }

    private List<SnmpVariable> Variables(in SnmpRequest request, in SnmpReply reply, int expected)
    {
        if (reply.ErrorStatus != SnmpErrorStatus.None)
        {
            throw roundTrip.AgentError(request, reply.ErrorStatus);
        }

        var found = new List<SnmpVariable>();
        var reader = new VarBindReader(reply.VarBinds);
        while (reader.Next(out var variable))
        {
            found.Add(variable);
        }

        if (reader.Problem is not null || (found.Count != expected && expected != int.MaxValue))
        {
            throw roundTrip.BadReply(request, reader.Problem ?? $"it holds {found.Count} variables, asked were {expected}");
        }

        return found;
    }
}
