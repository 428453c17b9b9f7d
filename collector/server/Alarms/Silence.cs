using EdgeDcim.Collector.Facility;

namespace EdgeDcim.Collector.Alarms;

/// <summary>Watches whether devices, agents and gateways speak: absent data is one alarm of communication and nothing else.</summary>
internal sealed class Silence(AlarmPlan plan, Func<AlarmRule, string, SeriesSlot?, Watch> bind)
{
    /// <summary>What <c>kind</c> of a rule calls an agent, and a gateway or bus of the topology.</summary>
    public const string AgentKind = "agent";
    public const string GatewayKind = "gateway";

    private readonly Dictionary<string, (string? Kind, Watch? Watch)> bound = new(StringComparer.Ordinal);
    private readonly string[] gateways = [.. plan.Topology.Gateways];
    private readonly HashSet<string> silent = new(StringComparer.Ordinal);

    public void Observe(FacilitySnapshot snapshot, Suppression suppression, Action<Watch> sort)
    {
        silent.Clear();
        foreach (var agent in snapshot.Agents)
        {
            Tell(AgentKind, agent.Id, !agent.Online, snapshot.NowMs, sort);
        }

        foreach (var device in snapshot.Devices)
        {
            if (device.Kind == AgentKind)
            {
                continue;
            }

            if (device.Agent is { } agent)
            {
                suppression.Knows(device.Id, agent);
            }

            if (device.State is DeviceState.Offline or DeviceState.Stale)
            {
                silent.Add(device.Id);
            }
        }

        foreach (var gateway in gateways)
        {
            if (plan.Topology.Children(AlarmClass.Communication, gateway) is { Count: > 1 })
            {
                Tell(GatewayKind, gateway, IsSilent(gateway, 0), snapshot.NowMs, sort);
            }
        }

        foreach (var device in snapshot.Devices)
        {
            if (device.Kind != AgentKind && device.State != DeviceState.Unknown)
            {
                Tell(device.Info?.Kind, device.Id, silent.Contains(device.Id), snapshot.NowMs, sort);
            }
        }
    }

    /// <summary>A device that is silent itself, or a gateway behind which everything is.</summary>
    private bool IsSilent(string name, int depth) =>
        silent.Contains(name)
        || (plan.Topology.Children(AlarmClass.Communication, name) is { Count: > 0 } below && depth < 8 && below.All(one => IsSilent(one, depth + 1)));

    private void Tell(string? kind, string name, bool isSilent, long nowMs, Action<Watch> sort)
    {
        if (!bound.TryGetValue(name, out var known) || known.Kind != kind)
        {
            var rule = plan.SilentRule(kind, name);
            bound[name] = known = (kind, rule is null ? null : bind(rule, name, null));
        }

        if (known.Watch is { } watch && (watch.Holds != isSilent || watch.IsBlind))
        {
            watch.Tell(isSilent, nowMs);
            sort(watch);
        }
    }
}
