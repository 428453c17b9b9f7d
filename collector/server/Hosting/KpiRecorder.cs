using EdgeDcim.Collector.Kpi;

namespace EdgeDcim.Collector.Hosting;

/// <summary>Chooses which KPI values are kept and published: of the instant every five seconds, of the windows every minute and whenever a revision changes one.</summary>
internal sealed class KpiRecorder
{
    private const long InstantEveryMs = 5_000;
    private const long WindowEveryMs = 60_000;
    private readonly Dictionary<(string Name, string Scope, string Window), (long Slot, int Revision)> last = [];

    /// <summary>The time under which a value is kept: of the instant the beginning of its five seconds, so that two collectors of one site write one point.</summary>
    public static long SlotMs(KpiValue value) => value.Window == "now" ? value.AtMs / InstantEveryMs * InstantEveryMs : value.AtMs;

    public IReadOnlyList<KpiValue> Choose(IReadOnlyList<KpiValue> values, long nowMs)
    {
        var chosen = new List<KpiValue>();
        foreach (var value in values)
        {
            var key = (value.Name, value.Scope, value.Window);
            var slot = nowMs / (value.Window == "now" ? InstantEveryMs : WindowEveryMs);
            if (!last.TryGetValue(key, out var before) || before.Slot != slot || before.Revision != value.Revision)
            {
                last[key] = (slot, value.Revision);
                chosen.Add(value);
            }
        }

        return chosen;
    }
}
