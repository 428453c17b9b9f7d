using EdgeDcim.Collector.Configuration;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Collector.Cli;

/// <summary>Both files of a site read and judged together, so that one look finds the faults of both.</summary>
internal sealed record LoadedConfiguration(CollectorConfig Collector, FacilityConfig Facility, IReadOnlyList<ConfigProblem> Warnings)
{
    /// <exception cref="ConfigException">With every problem of both files.</exception>
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

        problems.ThrowIfAny();
        return new LoadedConfiguration(collector!, facility ?? FacilityConfig.None(collector!.Site), reader.Warnings);
    }
}
