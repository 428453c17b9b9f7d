using System.Globalization;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Agent.Profiles;

/// <summary>Reads one profile strictly: the header here, the rest by its protocol, and every fault with its place.</summary>
internal static class ProfileReader
{
    private static readonly DeviceKind NoKind = new("", "", []);

    /// <summary>Null exactly when the file has problems.</summary>
    /// <param name="file">Its name without folder and ending must be the profile's name.</param>
    /// <param name="text">The YAML.</param>
    /// <param name="protocols">What this build reads.</param>
    /// <param name="findBase">Loads the base that the profile names; reports and returns null when there is none.</param>
    /// <param name="problems">Takes every fault.</param>
    /// <param name="watch">Learns which keys a profile may have; null: nobody does.</param>
    public static DeviceProfile? Read(
        string file, string text, ProtocolCatalog protocols, Func<YamlScalar, DeviceProfile?> findBase, ConfigProblems problems, KeyWatch? watch = null)
    {
        var own = new ConfigProblems();
        var profile = YamlMap.Parse(file, text, own, watch) is { } root ? Parse(root, text, protocols, findBase) : null;
        foreach (var problem in own.Sorted)
        {
            problems.Add(problem);
        }

        return own.Any ? null : profile;
    }

    private static DeviceProfile? Parse(YamlMap root, string text, ProtocolCatalog protocols, Func<YamlScalar, DeviceProfile?> findBase)
    {
        var inherited = root.Scalar("base") is { } wanted ? findBase(wanted) : null;
        var name = root.Required("profile");
        if (name is { } given && given.Text != Path.GetFileNameWithoutExtension(root.File))
        {
            given.Problem($"the profile calls itself '{given.Text}', but its file is {Path.GetFileName(root.File)}; they must agree");
        }

        var protocolName = root.Required("protocol");
        var protocol = protocolName is { } word ? protocols.Find(word.Text) : null;
        if (protocol is null)
        {
            protocolName?.Problem($"the protocol '{protocolName.Value.Text}' is not read by this build{Spelling.DidYouMean(protocolName.Value.Text, protocols.Names)}; it reads {string.Join(", ", protocols.Names)}");
            return null;
        }

        if (inherited is not null && inherited.Header.Protocol != protocol.Name)
        {
            root.Problem("base", $"the base {inherited.Name} reads {inherited.Header.Protocol}, this profile {protocol.Name}");
            inherited = null;
        }

        var header = new ProfileHeader(
            name?.Text ?? "", Kind(root), root.RequiredString("vendor"), Models(root), protocol.Name, root.RequiredString("source"),
            root.Enum("proof", Proof.None), root.File, Hash(text, inherited))
        {
            Base = inherited,
            Timeout = root.Has("timeout") ? root.Duration("timeout", TimeSpan.FromSeconds(1)) : inherited?.Header.Timeout,
        };
        var profile = protocol.ParseProfile(header, root);
        root.RejectUnknownKeys();
        if (profile.Points.Count == 0 && !root.Problems.Any)
        {
            root.Problem("points", "a profile needs at least one point");
        }

        return profile;
    }

    /// <summary>Points of the base come first; an own point replaces those of the base with the same metric and part.</summary>
    public static IReadOnlyList<T> Inherit<T>(ProfileHeader header, List<T> own)
        where T : Point
    {
        if (header.Base is not { } inherited)
        {
            return own;
        }

        var replaced = own.Select(point => (point.Metric.Name, point.Part)).ToHashSet();

        // Choices are numbered per file; those of the base get numbers of their own.
        return
        [
            .. inherited.Points.OfType<T>().Where(point => !replaced.Contains((point.Metric.Name, point.Part)))
                .Select(point => point.Choice is { } choice ? point with { Choice = choice with { Id = -choice.Id } } : point),
            .. own,
        ];
    }

    private static DeviceKind Kind(YamlMap root)
    {
        root.Expect("kind", Vocabulary.Default.Kinds.Keys);
        if (root.Required("kind") is not { } kind)
        {
            return NoKind;
        }

        if (Vocabulary.Default.Kinds.TryGetValue(kind.Text, out var known))
        {
            return known;
        }

        kind.Problem($"the kind '{kind.Text}' is not in the vocabulary{Spelling.DidYouMean(kind.Text, Vocabulary.Default.Kinds.Keys)}; known: {string.Join(", ", Vocabulary.Default.Kinds.Keys.Order(StringComparer.Ordinal))}");
        return NoKind;
    }

    private static List<string> Models(YamlMap root)
    {
        var models = root.Strings("models").Select(model => model.Text).ToList();
        if (models.Count == 0)
        {
            root.Problem("models", "'models' is missing; list the models that the profile is for");
        }

        return models;
    }

    /// <summary>FNV-1a. It only tells versions of one file apart, and SHA-256 loads OpenSSL, which an agent may need for nothing else.</summary>
    private static string Hash(string text, DeviceProfile? inherited)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in text + inherited?.Header.Fingerprint)
        {
            hash = unchecked((hash ^ letter) * 1099511628211UL);
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }
}
