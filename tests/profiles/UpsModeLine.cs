using EdgeDcim.Scenarios.Harness;

namespace EdgeDcim.Profiles.Tests;

/// <summary>One line of <c>ups-modes.txt</c>: profiles | object | raw value, the maker's name for it, our mode.</summary>
internal sealed record UpsModeLine(IReadOnlyList<string> Profiles, string Object, string Raw, string Name, string Mode)
{
    public static IReadOnlyList<UpsModeLine> All { get; } =
        [.. File.ReadLines(Path.Combine(Repository.Root, "tests", "profiles", "ups-modes.txt")).Where(line => line.Length > 0 && line[0] != '#').SelectMany(Read)];

    public override string ToString() => $"{Object} = {Raw} {Name}: {Mode}";

    private static IEnumerable<UpsModeLine> Read(string line)
    {
        var fields = line.Split('|', StringSplitOptions.TrimEntries);
        var profiles = fields[0].Split(", ");
        foreach (var entry in fields[2].Split(", "))
        {
            var words = entry.Split(' ');
            yield return new UpsModeLine(profiles, fields[1], words[0].Replace('_', ' '), words[1], words[2]);
        }
    }
}
