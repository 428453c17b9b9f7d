using EdgeDcim.Agent.Drivers;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Profiles;

/// <summary>
/// The device models at hand: every YAML file below the library's folders. A file is read when it is first asked for, so a large library costs
/// nothing at start; its faults are then the asker's.
/// </summary>
internal sealed class ProfileLibrary(ProtocolCatalog protocols)
{
    private readonly Dictionary<string, string> files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DeviceProfile?> loaded = new(StringComparer.Ordinal);

    /// <summary>The folder that ships beside the program.</summary>
    public static string DefaultFolder => Path.Combine(AppContext.BaseDirectory, "hardware-profiles");

    public IReadOnlyList<string> Names => [.. files.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The shipped library.</summary>
    public static ProfileLibrary Open(ProtocolCatalog protocols, string? folder = null)
    {
        var library = new ProfileLibrary(protocols);
        library.AddFolder(folder ?? DefaultFolder, message => throw new ConfigException([new ConfigProblem(folder ?? DefaultFolder, 1, 1, message)]));
        return library;
    }

    /// <summary>Adds every profile below a folder; one of the same name takes the place of an earlier one.</summary>
    public void AddFolder(string folder, Action<string> problem)
    {
        if (!Directory.Exists(folder))
        {
            problem($"the folder of profiles {folder} does not exist");
            return;
        }

        foreach (var file in FilesBelow(folder))
        {
            files[Path.GetFileNameWithoutExtension(file)] = file;
            loaded.Remove(file);
        }
    }

    /// <summary>The profiles below a folder; the vocabulary is none.</summary>
    public static IEnumerable<string> FilesBelow(string folder) =>
        Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "metrics.yaml");

    /// <summary>Where the profile of that name stands; null when the library has none.</summary>
    public string? FileOf(string name) => files.GetValueOrDefault(name);

    /// <summary>The profile that a configuration names: a name of the library, or the path of a YAML file.</summary>
    /// <param name="wanted">The name or path, with its place.</param>
    /// <param name="folder">What a relative path is relative to.</param>
    public DeviceProfile? Resolve(YamlScalar wanted, string folder)
    {
        if (wanted.Text.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || wanted.Text.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            // Whoever names a file knows what he does: no proof is demanded.
            return Load(Path.GetFullPath(wanted.Text, folder), wanted.Problem, wanted.Problems);
        }

        if (!files.TryGetValue(wanted.Text, out var file))
        {
            wanted.Problem($"the profile '{wanted.Text}' is not in the library{Spelling.DidYouMean(wanted.Text, files.Keys)}; 'edgedcim-agent profiles list' shows all {files.Count}, and a file of your own is named by its path");
            return null;
        }

        var profile = Load(file, wanted.Problem, wanted.Problems);
        if (profile is { Header.Proof: Proof.None })
        {
            wanted.Problem($"the profile '{wanted.Text}' is unproven: it says no 'proof'. To use it all the same, name its file: {file}");
            return null;
        }

        return profile;
    }

    /// <summary>All profiles that are sound; the faults of the others land in <paramref name="problems"/>.</summary>
    public IReadOnlyList<DeviceProfile> LoadAll(ConfigProblems problems) =>
        [.. Names.Select(name => Load(files[name], _ => { }, problems)).OfType<DeviceProfile>()];

    /// <summary>The sound profiles that may be chosen for a device that nobody named one for: those with a proof. Who left one out is told which.</summary>
    public async Task<IReadOnlyList<DeviceProfile>> LoadProvenAsync(TextWriter error)
    {
        var problems = new ConfigProblems();
        var all = LoadAll(problems);
        foreach (var problem in problems.Sorted)
        {
            await error.WriteLineAsync(problem.ToString());
        }

        foreach (var unproven in all.Where(profile => profile.Header.Proof == Proof.None))
        {
            await error.WriteLineAsync($"the profile {unproven.Name} says no 'proof' and is not tried; name its file to use it: {unproven.Header.File}");
        }

        return [.. all.Where(profile => profile.Header.Proof != Proof.None)];
    }

    /// <summary>Reads a profile of the library again, for the sake of what its reader asks.</summary>
    public DeviceProfile? Watch(string name, KeyWatch watch, ConfigProblems problems) =>
        ProfileReader.Read(files[name], File.ReadAllText(files[name]), protocols, wanted => FindBase(wanted, files[name]), problems, watch);

    private DeviceProfile? Load(string file, Action<string> unreadable, ConfigProblems problems)
    {
        if (loaded.TryGetValue(file, out var known) && known is not null)
        {
            return known;
        }

        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            unreadable($"the profile {file} cannot be read: {missing.Message}");
            return null;
        }

        return loaded[file] = ProfileReader.Read(file, text, protocols, wanted => FindBase(wanted, file), problems);
    }

    private DeviceProfile? FindBase(YamlScalar wanted, string askedBy)
    {
        // Who works on a folder of profiles means the base that stands beside, not the one that was shipped.
        var beside = Path.Combine(Path.GetDirectoryName(askedBy)!, $"{wanted.Text}.yaml");
        var file = File.Exists(beside) ? beside : files.GetValueOrDefault(wanted.Text);
        if (file is null || file == askedBy)
        {
            wanted.Problem($"the base '{wanted.Text}' is not in the library{Spelling.DidYouMean(wanted.Text, files.Keys)}");
            return null;
        }

        var found = Load(file, wanted.Problem, wanted.Problems);
        if (found?.Header.Base is { } further)
        {
            wanted.Problem($"the base '{wanted.Text}' has a base itself ({further.Name}); a profile inherits from one only");
            return null;
        }

        return found;
    }
}
