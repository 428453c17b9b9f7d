using System.Globalization;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Collector.Configuration;

/// <summary>Says in a few lines what a facility file comes to, so that a person sees what is counted before anything runs.</summary>
internal static class FacilityReport
{
    public static IReadOnlyList<string> Lines(FacilityConfig config)
    {
        if (config.Meters.Count == 0)
        {
            return ["No meters: devices are shown, PUE and WUE are not known."];
        }

        var tree = config.Tree;
        var lines = new List<string>
        {
            $"Total: {Sum(tree.Total)}",
            $"IT (PUE category {tree.Category?.ToString(CultureInfo.InvariantCulture) ?? "none"}): {Sum(tree.It)}",
            $"Cooling: {Sum(tree.Cooling)}",
            $"Lighting and other: {Sum(tree.LightingOther)}",
            "Power chain: what is left of the total",
            config.Water.Count == 0 ? "Water: no meter, WUE is not known" : $"Water: {string.Join(" + ", config.Water.Select(water => water.Id))}",
        };
        var counted = tree.Total.Concat(tree.It).Concat(tree.Cooling).Concat(tree.LightingOther).Select(term => term.Port).Distinct().ToList();
        Note(lines, "Without power, so PUE of this instant is not known", counted.Where(port => port.Power.Count == 0));
        Note(lines, "Without energy, so PUE of periods is not known", counted.Where(port => port.Energy.Count == 0 && !port.Integrated));
        Note(lines, "Energy is integrated from power, so PUE of periods is estimated", counted.Where(port => port.Integrated));
        Note(lines, "Without accuracy, so the uncertainty of PUE is not known", counted.Where(port => port.Accuracy is null).Where(port => tree.Total.Concat(tree.It).Any(term => term.Port == port)));
        Note(lines, "Without rated power, so the energy counter is bounded by what was seen of it", counted.Where(port => port is { Energy.Count: > 0, Power.Count: 0, RatedW: null }));
        return lines;
    }

    private static string Sum(IReadOnlyList<Term> terms) => terms.Count == 0 ? "no meter" : string.Concat(terms.Select((term, index) =>
    {
        var weight = Math.Abs(term.Factor) == 1 ? "" : $"{Math.Abs(term.Factor).ToString(CultureInfo.InvariantCulture)} · ";
        return $"{(term.Factor < 0 ? " − " : index == 0 ? "" : " + ")}{weight}{term.Port.Name}";
    }));

    private static void Note(List<string> lines, string what, IEnumerable<MeterPort> ports)
    {
        var names = ports.Select(port => port.Name).ToList();
        if (names.Count > 0)
        {
            lines.Add($"{what}: {string.Join(", ", names)}");
        }
    }
}
