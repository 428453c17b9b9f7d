using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Collector.Cli;

/// <summary>All files of a site read and judged together, so that one look finds the faults of all.</summary>
internal sealed record LoadedConfiguration(CollectorConfig Collector, FacilityConfig Facility, AlarmConfig Alarms, IReadOnlyList<ConfigProblem> Warnings)
{
    /// <exception cref="ConfigException">With every problem of all files.</exception>
    public static LoadedConfiguration Load(string file)
    {
        var problems = new ConfigProblems();
        var reader = new CollectorConfigFile(problems);
        var collector = reader.Load(file);
        var facility = collector?.Facility is { } path ? FacilityConfig.Load(path, problems) : null;
        if (collector is not null && facility is not null && facility.Site != collector.Site)
        {
            problems.Add(collector.Facility!, 1, 1, $"'site' is '{facility.Site}' here and '{collector.Site}' in {file}; write the same name in both");
        }

        var site = facility ?? FacilityConfig.None(collector?.Site ?? "");
        var alarms = collector?.Alarms is { } rules ? AlarmFile.Load(rules, site, problems) : AlarmFile.Default(site);
        problems.ThrowIfAny();
        return new LoadedConfiguration(collector!, site, alarms!, reader.Warnings);
    }
}
