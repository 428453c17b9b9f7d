using System.Runtime.CompilerServices;
using EdgeDcim.Protocols.Snmp.Ber;
using EdgeDcim.Protocols.Snmp.Wire;

namespace EdgeDcim.Protocols.Snmp;

/// <summary>
/// A GET that is asked again and again: its OIDs are encoded once, and its answers are compared and decoded where they lie, so that a poll
/// allocates for strings only. Remembers which objects an SNMPv1 agent does not have, because there each of them costs a request.
/// One read at a time.
/// </summary>
public sealed class PreparedGet
{
    /// <summary>Objects that were not there may appear: a module is plugged in, a firmware is replaced.</summary>
    private static readonly TimeSpan AskAbsentAgainAfter = TimeSpan.FromMinutes(10);

    private readonly SnmpRoundTrip roundTrip;
    private readonly SnmpTarget target;
    private readonly TimeProvider time;
    private readonly VarBindList all;
    private readonly int[] everything;
    private readonly bool[] absent;
    private VarBindList asked;
    private int[] positions;
    private long absentSince;

    internal PreparedGet(SnmpTransport transport, SnmpTarget target, IReadOnlyList<Oid> oids)
    {
        roundTrip = new SnmpRoundTrip(transport, target);
        this.target = target;
        time = transport.Time;
        Oids = [.. oids];
        asked = all = new VarBindList(Oids);
        positions = everything = [.. Enumerable.Range(0, Oids.Count)];
        absent = new bool[Oids.Count];
    }

    public IReadOnlyList<Oid> Oids { get; }

    /// <summary>
    /// Asks for everything, in as many requests as the target's limits demand. <paramref name="values"/> gets one value an OID, in order: what
    /// the agent does not have is NoSuchObject or NoSuchInstance, what it failed to read while others succeeded is Null.
    /// </summary>
    /// <exception cref="SnmpException">A request failed; what had been read before stands in <paramref name="values"/>, the rest is Null.</exception>
    /// <exception cref="ArgumentException">Fewer values than OIDs.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask ReadAsync(Memory<SnmpValue> values, CancellationToken cancel)
    {
        if (values.Length < Oids.Count)
        {
            throw new ArgumentException($"{Oids.Count} OIDs need room for as many values, there is room for {values.Length}", nameof(values));
        }

        Begin(values.Span);
        SnmpException? failure = null;
        var answered = positions.Length < everything.Length;
        var position = 0;
        var limit = int.MaxValue;
        while (position < asked.Count)
        {
            var count = asked.Fit(position, Math.Min(limit, target.VariableLimit));
            var request = asked.Request(BerTag.Get, position, count);
            using var reply = await roundTrip.AskAsync(request, cancel);
            if (reply.ErrorStatus == SnmpErrorStatus.None)
            {
                Decode(request, reply, position, values.Span);
                answered = true;
                position += count;
                limit = int.MaxValue;
                continue;
            }

            if (reply.ErrorStatus == SnmpErrorStatus.TooBig && count > 1)
            {
                target.LearnTooManyVariables(count);
                continue;
            }

            var index = count == 1 ? 1 : reply.ErrorIndex;
            if (index < 1 || index > count)
            {
                // The agent does not say which: halve until it is alone.
                limit = count / 2;
                continue;
            }

            var culprit = position + index - 1;
            if (reply.ErrorStatus == SnmpErrorStatus.NoSuchName)
            {
                values.Span[positions[culprit]] = SnmpValue.Absent(SnmpType.NoSuchInstance);
                absent[positions[culprit]] = true;
                answered = true;
            }
            else
            {
                failure ??= roundTrip.AgentError(asked.Request(BerTag.Get, culprit, 1), reply.ErrorStatus);
            }

            Drop(culprit);
        }

        if (failure is not null && !answered)
        {
            throw failure;
        }
    }

    private void Begin(Span<SnmpValue> values)
    {
        if (positions.Length < everything.Length && time.GetElapsedTime(absentSince) >= AskAbsentAgainAfter)
        {
            Array.Clear(absent);
        }

        if (!absent.AsSpan().Contains(true))
        {
            asked = all;
            positions = everything;
            absentSince = time.GetTimestamp();
        }
        else if (positions.Length != absent.AsSpan().Count(false))
        {
            Keep([.. everything.Where(i => !absent[i])]);
        }

        values = values[..everything.Length];
        values.Clear();
        for (var i = 0; i < absent.Length; i++)
        {
            if (absent[i])
            {
                values[i] = SnmpValue.Absent(SnmpType.NoSuchInstance);
            }
        }
    }

    private void Drop(int index) => Keep([.. positions[..index], .. positions[(index + 1)..]]);

    private void Keep(int[] kept)
    {
        positions = kept;
        asked = new VarBindList([.. kept.Select(i => Oids[i])]);
    }

    private void Decode(in SnmpRequest request, in SnmpReply reply, int first, Span<SnmpValue> values)
    {
        var reader = new VarBindReader(reply.VarBinds);
        var taken = 0;
        while (reader.Next(out var oid, out var tag, out var content))
        {
            var index = first + taken;
            if (taken == request.Count || !oid.SequenceEqual(asked.EncodedOid(index)))
            {
                throw roundTrip.BadReply(request, BerOids.TryRead(oid, out var other) ? $"it holds {other}, which was not asked there" : "it holds an OID that cannot be read");
            }

            if (!SnmpValues.TryRead(tag, content, out values[positions[index]]))
            {
                throw roundTrip.BadReply(request, $"a value of {asked.Oids[index]} that cannot be read (tag 0x{tag:X2}, {content.Length} octets)");
            }

            taken++;
        }

        if (reader.Problem is not null || taken < request.Count)
        {
            throw roundTrip.BadReply(request, reader.Problem ?? $"it holds {taken} variables, asked were {request.Count}");
        }
    }
}
