using EdgeDcim.Collector.Anomalies.Model;
using EdgeDcim.Collector.Facility;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Collector.Configuration;

/// <summary>The site as <c>facility.yaml</c> describes it: what feeds what, what counts as IT, where water is measured.</summary>
/// <param name="Zone">The site's time zone; days and "yesterday" are its days.</param>
/// <param name="Tree">The meters as a checked graph with the sums that KPIs are made of.</param>
/// <param name="Cooling">Loops and cooling machines; null when the file says nothing of them, and they are derived from the devices.</param>
internal sealed record FacilityConfig(
    string Site, TimeZoneInfo Zone, IReadOnlyList<MeterConfig> Meters, IReadOnlyList<WaterConfig> Water, MeterTree Tree, CoolingConfig? Cooling = null)
{
    /// <summary>A site without a facility file: devices are shown, no KPI is known.</summary>
    public static FacilityConfig None(string site) => new(site, TimeZoneInfo.Utc, [], [], MeterTree.Empty);

    /// <exception cref="ConfigException">With every problem of the file.</exception>
    public static FacilityConfig Load(string file)
    {
        var problems = new ConfigProblems();
        var config = Load(file, problems);
        problems.ThrowIfAny();
        return config!;
    }

    /// <summary>Reads a file; every fault lands in <paramref name="problems"/>. Null when the file is rejected.</summary>
    public static FacilityConfig? Load(string file, ConfigProblems problems) =>
        YamlMap.Load(file, problems) is { } root ? new FacilityReader(root).Read() : null;

    /// <summary>As <see cref="Load(string, ConfigProblems)"/> for a text that is already in memory.</summary>
    public static FacilityConfig? Parse(string file, string text, ConfigProblems problems) =>
        YamlMap.Parse(file, text, problems) is { } root ? new FacilityReader(root).Read() : null;
}
