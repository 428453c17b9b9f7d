namespace EdgeDcim.Scenarios.Harness;

/// <summary>Where the repository, its built programs and the optional recordings beside it are.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Recordings of real devices in <c>shared/recordings</c> beside the repository or beside a folder above it; null on a machine that does not have them.</summary>
    public static string? Recordings
    {
        get
        {
            for (var folder = Directory.GetParent(Root); folder is not null; folder = folder.Parent)
            {
                var recordings = Path.Combine(folder.FullName, "shared", "recordings");
                if (Directory.Exists(recordings))
                {
                    return recordings;
                }
            }

            return null;
        }
    }

    /// <summary>A program of this repository, built in the same configuration as these tests.</summary>
    public static string Program(string project, string name)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var file = Path.Combine(Root, "artifacts", "bin", project, configuration, OperatingSystem.IsWindows() ? name + ".exe" : name);
        return File.Exists(file) ? file : throw new FileNotFoundException($"{name} is not built: run dotnet build EdgeDcim.sln", file);
    }

    public static string Agent => Program("EdgeDcim.Agent", "edgedcim-agent");

    public static string Collector => Program("EdgeDcim.Collector", "edgedcim-collector");

    public static string Simulator => Program("EdgeDcim.Simulator", "edgedcim-simulator");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "EdgeDcim.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("the tests must run inside the repository");
    }
}
