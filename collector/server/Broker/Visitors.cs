using System.Net;

namespace EdgeDcim.Collector.Broker;

/// <summary>
/// Who is at the door and inside. Everybody is bounded by address and in all; among those who have not said who they are the oldest gives way,
/// so that somebody who opens connections and stays silent keeps nobody out.
/// </summary>
internal sealed class Visitors(BrokerLimits limits, OffenceReport report)
{
    private readonly Lock gate = new();
    private readonly HashSet<Visitor> all = [];
    private readonly Dictionary<IPAddress, int> byAddress = [];
    private readonly LinkedList<Visitor> waiting = [];

    public int Count
    {
        get
        {
            lock (gate)
            {
                return all.Count;
            }
        }
    }

    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return waiting.Count;
            }
        }
    }

    /// <summary>False when there is no room; somebody older may have been sent away to make it.</summary>
    public bool Enter(Visitor visitor)
    {
        Visitor? gone;
        lock (gate)
        {
            gone = Oldest(visitor.From.Address);
            if (gone is not null)
            {
                Remove(gone);
            }

            var same = byAddress.GetValueOrDefault(visitor.From.Address);
            if (all.Count >= limits.AllConnections || same >= limits.Connections)
            {
                visitor.Close();
                report.Add(Offence.Connections, visitor.From.Address, $"it has {same} connections, {all.Count} are open in all");
                return false;
            }

            all.Add(visitor);
            byAddress[visitor.From.Address] = same + 1;
            waiting.AddLast(visitor);
        }

        if (gone is not null)
        {
            gone.Close();
            report.Add(Offence.Connections, gone.From.Address, "too many of its connections do not say who they are");
        }

        return true;
    }

    /// <summary>The CONNECT is accepted; false when another agent uses this client id.</summary>
    public bool Admit(Visitor visitor, string clientId, string? agent)
    {
        lock (gate)
        {
            if (all.Any(other => other.ClientId == clientId && other.Agent != agent))
            {
                return false;
            }

            (visitor.IsAdmitted, visitor.ClientId, visitor.Agent) = (true, clientId, agent);
            waiting.Remove(visitor);
            return true;
        }
    }

    public void Leave(Visitor visitor)
    {
        visitor.Close();
        lock (gate)
        {
            Remove(visitor);
        }
    }

    public void Close(Func<Visitor, bool> which)
    {
        Visitor[] chosen;
        lock (gate)
        {
            chosen = [.. all.Where(which)];
        }

        foreach (var visitor in chosen)
        {
            visitor.Close();
        }
    }

    private Visitor? Oldest(IPAddress address)
    {
        if (waiting.Count >= limits.AllHalfOpen)
        {
            return waiting.First!.Value;
        }

        return waiting.Count(one => one.From.Address.Equals(address)) >= limits.HalfOpen
            ? waiting.First(one => one.From.Address.Equals(address))
            : null;
    }

    private void Remove(Visitor visitor)
    {
        if (!all.Remove(visitor))
        {
            return;
        }

        waiting.Remove(visitor);
        var left = byAddress[visitor.From.Address] - 1;
        if (left == 0)
        {
            byAddress.Remove(visitor.From.Address);
        }
        else
        {
            byAddress[visitor.From.Address] = left;
        }
    }
}
