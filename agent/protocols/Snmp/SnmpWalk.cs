using EdgeDcim.Protocols.Snmp.Ber;
using EdgeDcim.Protocols.Snmp.Wire;

namespace EdgeDcim.Protocols.Snmp;

/// <summary>One walk through a subtree, on guard against agents that go in circles, stop half way or choke on large answers.</summary>
internal sealed class SnmpWalk(SnmpRoundTrip roundTrip, SnmpTarget target, Oid root, int maxRows)
{
    private readonly List<SnmpVariable> rows = [];
    private Oid last;

    /// <summary>Repetitions of this walk alone: a row that the agent cannot read must not slow down later walks. 0 means GETNEXT.</summary>
    private int cautious = int.MaxValue;

    public async ValueTask<IReadOnlyList<SnmpVariable>> RunAsync(CancellationToken cancel)
    {
        last = root;
        try
        {
            while (await StepAsync(cancel))
            {
            }

            return rows;
        }
        catch (SnmpException fault)
        {
            throw new SnmpException(fault.Fault, fault.Message, fault.InnerException) { ErrorStatus = fault.ErrorStatus, Partial = rows };
        }
    }

    /// <summary>One request; false at the end of the subtree.</summary>
    private async ValueTask<bool> StepAsync(CancellationToken cancel)
    {
        var request = NextRequest();
        using var reply = await roundTrip.AskAsync(request, cancel);
        if (reply.ErrorStatus == SnmpErrorStatus.None)
        {
            return Take(request, reply);
        }

        if (reply.ErrorStatus == SnmpErrorStatus.NoSuchName)
        {
            // How SNMPv1 says that nothing is behind; some agents say it in v2c too.
            return false;
        }

        BeCautious(request, roundTrip.AgentError(request, reply.ErrorStatus));
        return true;
    }

    private SnmpRequest NextRequest()
    {
        var list = new VarBindList([last]);
        var repetitions = Math.Min(cautious, target.Repetitions);
        return target.Version == SnmpVersion.V1 || repetitions == 0
            ? list.Request(BerTag.GetNext, 0, 1)
            : list.Request(BerTag.GetBulk, 0, 1) with { Repetitions = repetitions };
    }

    private bool Take(in SnmpRequest request, in SnmpReply reply)
    {
        var reader = new VarBindReader(reply.VarBinds);
        var taken = 0;
        while (reader.Next(out var variable))
        {
            if (variable.Value.Type == SnmpType.EndOfMibView)
            {
                return false;
            }

            if (variable.Oid <= last)
            {
                throw new SnmpException(SnmpFault.LoopingAgent, $"SNMP {target}: {request}: the agent answered {variable.Oid}, which is not behind {last}: walking on would never end");
            }

            if (!variable.Oid.StartsWith(root))
            {
                return false;
            }

            if (rows.Count == maxRows)
            {
                throw new SnmpException(SnmpFault.TooManyRows, $"SNMP {target}: {request}: more than {maxRows} rows under {root}");
            }

            rows.Add(variable);
            last = variable.Oid;
            taken++;
        }

        if (reader.Problem is not null)
        {
            throw roundTrip.BadReply(request, reader.Problem);
        }

        if (taken == 0)
        {
            BeCautious(request, roundTrip.BadReply(request, "it holds no variable"));
        }

        return true;
    }

    /// <summary>Asks for less: half as many rows, in the end one by GETNEXT. Only when that fails too, the walk ends.</summary>
    private void BeCautious(in SnmpRequest request, SnmpException fault)
    {
        if (request.Kind == BerTag.GetNext)
        {
            throw fault;
        }

        cautious = request.Repetitions / 2;
    }
}
