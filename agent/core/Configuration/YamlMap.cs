using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace EdgeDcim.Core.Configuration;

/// <summary>
/// Strict reading of a YAML mapping. Every accessor marks its key as known; <see cref="RejectUnknownKeys"/> reports the rest.
/// Nothing here throws on bad input: each fault becomes a <see cref="ConfigProblem"/> with line and column and the accessor
/// returns a harmless stand-in, so that one pass over a file finds all its problems.
/// </summary>
public sealed class YamlMap
{
    private readonly string file;
    private readonly YamlMappingNode node;
    private readonly ConfigProblems problems;
    private readonly string place;
    private readonly KeyWatch? watch;
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    private YamlMap(string file, YamlMappingNode node, ConfigProblems problems, string place, KeyWatch? watch)
    {
        this.file = file;
        this.node = node;
        this.problems = problems;
        this.place = place;
        this.watch = watch;
    }

    /// <summary>Parses a whole file. Null (and a problem) when it is not YAML, is empty, or is not a mapping.</summary>
    /// <param name="watch">Learns which keys the reader asks for; null: nobody does.</param>
    public static YamlMap? Parse(string file, string text, ConfigProblems problems, KeyWatch? watch = null)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(DuplicateKeys.Mask(file, text, problems)));
            if (stream.Documents.Count == 0)
            {
                problems.Add(file, 1, 1, "the file is empty; it must hold a mapping of keys to values");
                return null;
            }

            if (stream.Documents[0].RootNode is YamlMappingNode root)
            {
                DuplicateKeys.Remove(root);
                return new YamlMap(file, root, problems, "", watch);
            }

            problems.Add(file, 1, 1, "the file must hold a mapping of keys to values");
            return null;
        }
        catch (YamlException broken)
        {
            problems.Add(file, (int)broken.Start.Line, (int)broken.Start.Column, $"this is not valid YAML: {OneLine(broken.InnerException?.Message ?? broken.Message)}");
            return null;
        }
    }

    /// <summary>Reads and parses a file; a file that cannot be read is a problem like any other.</summary>
    public static YamlMap? Load(string file, ConfigProblems problems)
    {
        try
        {
            return Parse(file, System.IO.File.ReadAllText(file), problems);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problems.Add(file, 1, 1, $"the file cannot be read: {OneLine(unreadable.Message)}");
            return null;
        }
    }

    public string File => file;

    public int Line => (int)node.Start.Line;

    public int Column => (int)node.Start.Column;

    public ConfigProblems Problems => problems;

    /// <summary>All keys in the order of the file.</summary>
    public IEnumerable<string> Keys => node.Children.Keys.OfType<YamlScalarNode>().Select(key => key.Value ?? "");

    public bool Has(string key)
    {
        Ask(key, KeyForm.Any);
        return Find(key) is not null;
    }

    /// <summary>Reports a fault at the value of <paramref name="key"/>, or at this mapping when the key is absent.</summary>
    public void Problem(string key, string message)
    {
        var at = Find(key)?.Start ?? node.Start;
        problems.Add(file, (int)at.Line, (int)at.Column, message);
    }

    public void Problem(string message) => problems.Add(file, Line, Column, message);

    public string? String(string key) => Scalar(key)?.Text;

    public string String(string key, string otherwise) => Scalar(key)?.Text ?? otherwise;

    public string RequiredString(string key) => Required(key)?.Text ?? "";

    /// <summary>The scalar with its place, or null when the key is absent or is no scalar (which is reported).</summary>
    public YamlScalar? Scalar(string key)
    {
        Ask(key, KeyForm.Scalar);
        switch (Find(key))
        {
            case null:
                return null;
            case YamlScalarNode scalar:
                return Wrap(key, scalar);
            case var other:
                problems.Add(file, (int)other.Start.Line, (int)other.Start.Column, $"'{Path(key)}' must be a single value, not {Describe(other)}");
                return null;
        }
    }

    public YamlScalar? Required(string key)
    {
        var scalar = Scalar(key);
        if (scalar is null && Find(key) is null)
        {
            Problem($"'{Path(key)}' is missing");
        }

        return scalar is { Text: "" } empty ? Report(empty, $"'{Path(key)}' must not be empty") : scalar;
    }

    public double Number(string key, double otherwise) => OptionalNumber(key) ?? otherwise;

    public double? OptionalNumber(string key) => ScalarParsing.Number(Ask(key, KeyForm.Number).Scalar(key), Path(key));

    public double RequiredNumber(string key) => ScalarParsing.Number(Ask(key, KeyForm.Number).Required(key), Path(key)) ?? 0;

    /// <summary>A whole number, decimal or <c>0x</c> hexadecimal, within the bounds.</summary>
    public int Integer(string key, int otherwise, int min, int max) => OptionalInteger(key, min, max) ?? otherwise;

    public int? OptionalInteger(string key, int min, int max) =>
        ScalarParsing.Integer(Ask(key, KeyForm.Integer, min: min, max: max).Scalar(key), Path(key), min, max);

    public int RequiredInteger(string key, int min, int max) =>
        ScalarParsing.Integer(Ask(key, KeyForm.Integer, min: min, max: max).Required(key), Path(key), min, max) ?? min;

    public bool Boolean(string key, bool otherwise) => ScalarParsing.Boolean(Ask(key, KeyForm.Boolean).Scalar(key), Path(key)) ?? otherwise;

    /// <summary>An enum member written in snake_case: <c>UnitPrefix</c> is <c>unit_prefix</c>.</summary>
    public T Enum<T>(string key, T otherwise)
        where T : struct, Enum =>
        ScalarParsing.Enum<T>(Ask(key, KeyForm.Scalar, ScalarParsing.Words<T>()).Scalar(key), Path(key)) ?? otherwise;

    public T RequiredEnum<T>(string key)
        where T : struct, Enum =>
        ScalarParsing.Enum<T>(Ask(key, KeyForm.Scalar, ScalarParsing.Words<T>()).Required(key), Path(key)) ?? default;

    /// <summary>A time span written as number and unit: <c>250ms</c>, <c>10s</c>, <c>5m</c>, <c>1h</c>, <c>7d</c>.</summary>
    public TimeSpan Duration(string key, TimeSpan otherwise) =>
        Scalar(key) is { } scalar ? Quantities.ParseDuration(scalar, Path(key)) ?? otherwise : otherwise;

    /// <summary>A size in bytes written as number and unit: <c>512MB</c>, <c>64KB</c>, <c>2GB</c> (powers of 1024).</summary>
    public long Size(string key, long otherwise) =>
        Scalar(key) is { } scalar ? Quantities.ParseSize(scalar, Path(key)) ?? otherwise : otherwise;

    /// <summary>A secret reference; see <see cref="Secret"/>. Null when the key is absent.</summary>
    public Secret? Secret(string key) => Scalar(key) is { } scalar ? Configuration.Secret.Parse(scalar, Path(key)) : null;

    public YamlMap? Map(string key)
    {
        Ask(key, KeyForm.Map);
        return Find(key) is { } child ? AsMap(child, key) : null;
    }

    public YamlMap RequiredMap(string key)
    {
        Ask(key, KeyForm.Map);
        if (Find(key) is not { } child)
        {
            Problem($"'{Path(key)}' is missing");
            return Empty(key);
        }

        return AsMap(child, key) ?? Empty(key);
    }

    /// <summary>The mappings of a list; an absent key is an empty list.</summary>
    public IReadOnlyList<YamlMap> MapList(string key)
    {
        Ask(key, KeyForm.MapList);
        return Items(key).Select((item, index) => AsMap(item, $"{key}[{index}]")).OfType<YamlMap>().ToList();
    }

    /// <summary>The scalars of a list, or the one scalar that stands in its place; an absent key is an empty list.</summary>
    public IReadOnlyList<YamlScalar> Strings(string key)
    {
        Ask(key, KeyForm.ScalarList);
        if (Find(key) is YamlScalarNode single)
        {
            return [Wrap(key, single)];
        }

        var found = new List<YamlScalar>();
        foreach (var item in Items(key))
        {
            if (item is YamlScalarNode scalar)
            {
                found.Add(Wrap(key, scalar));
            }
            else
            {
                problems.Add(file, (int)item.Start.Line, (int)item.Start.Column, $"'{Path(key)}' must list single values, not {Describe(item)}");
            }
        }

        return found;
    }

    /// <summary>Every entry as a mapping, for maps from names to things; all keys count as known.</summary>
    public IReadOnlyList<(string Key, YamlMap Value)> Maps()
    {
        watch?.Note(place, "", new KeyUse(KeyForm.Map));
        var found = new List<(string, YamlMap)>();
        foreach (var (key, value) in Entries())
        {
            if (AsMap(value, key) is { } map)
            {
                found.Add((key, map));
            }
        }

        return found;
    }

    /// <summary>Every entry as a scalar, for maps from names to values; all keys count as known.</summary>
    public IReadOnlyList<YamlScalar> Scalars()
    {
        watch?.Note(place, "", new KeyUse(KeyForm.Scalar));
        var found = new List<YamlScalar>();
        foreach (var (key, value) in Entries())
        {
            if (value is YamlScalarNode scalar)
            {
                found.Add(Wrap(key, scalar));
            }
            else
            {
                problems.Add(file, (int)value.Start.Line, (int)value.Start.Column, $"'{Path(key)}' must be a single value, not {Describe(value)}");
            }
        }

        return found;
    }

    /// <summary>True when the value under <paramref name="key"/> is a mapping (and not a scalar or a list).</summary>
    public bool IsMap(string key) => Find(key) is YamlMappingNode;

    /// <summary>True when the value under <paramref name="key"/> is a list.</summary>
    public bool IsList(string key) => Find(key) is YamlSequenceNode;

    /// <summary>Reports every key that no accessor asked for, with the nearest known key as a hint. Call it last.</summary>
    public void RejectUnknownKeys()
    {
        foreach (var key in node.Children.Keys)
        {
            var name = (key as YamlScalarNode)?.Value ?? key.ToString();
            if (!asked.Contains(name))
            {
                problems.Add(file, (int)key.Start.Line, (int)key.Start.Column,
                    $"the key '{Path(name)}' is not known{Spelling.DidYouMean(name, asked)}; known here: {string.Join(", ", asked.Order(StringComparer.Ordinal))}");
            }
        }
    }

    /// <summary>Tells what words the value of <paramref name="key"/> may be, where they are not an enum but known elsewhere.</summary>
    public void Expect(string key, IEnumerable<string> words) => watch?.Note(place, key, new KeyUse(KeyForm.Scalar) { Words = [.. words] });

    /// <summary>Tells which keys are asked for only when another one is there.</summary>
    public void May(params IReadOnlyList<string> keys)
    {
        foreach (var key in keys)
        {
            watch?.Note(place, key, new KeyUse(KeyForm.ScalarList));
        }
    }

    private YamlMap Ask(string key, KeyForm form, IReadOnlyList<string>? words = null, int? min = null, int? max = null)
    {
        asked.Add(key);
        watch?.Note(place, key, new KeyUse(form) { Words = words, Min = min, Max = max });
        return this;
    }

    private IEnumerable<(string Key, YamlNode Value)> Entries()
    {
        foreach (var (key, value) in node.Children)
        {
            var name = (key as YamlScalarNode)?.Value ?? "";
            asked.Add(name);
            yield return (name, value);
        }
    }

    private IEnumerable<YamlNode> Items(string key)
    {
        switch (Find(key))
        {
            case null:
                return [];
            case YamlSequenceNode list:
                return list.Children;
            case var other:
                problems.Add(file, (int)other.Start.Line, (int)other.Start.Column, $"'{Path(key)}' must be a list, not {Describe(other)}");
                return [];
        }
    }

    private YamlNode? Find(string key)
    {
        var found = node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;
        return found is YamlScalarNode { Value: "" or null or "~" or "null", Style: ScalarStyle.Plain } ? null : found;
    }

    private YamlMap? AsMap(YamlNode child, string key)
    {
        if (child is YamlMappingNode map)
        {
            return new YamlMap(file, map, problems, Path(key), watch);
        }

        problems.Add(file, (int)child.Start.Line, (int)child.Start.Column, $"'{Path(key)}' must be a mapping of keys to values, not {Describe(child)}");
        return null;
    }

    private YamlMap Empty(string key) => new(file, new YamlMappingNode(), problems, Path(key), watch);

    private YamlScalar Wrap(string key, YamlScalarNode scalar) =>
        new(file, (int)scalar.Start.Line, (int)scalar.Start.Column, key, scalar.Value ?? "", problems);

    private string Path(string key) => place.Length == 0 ? key : $"{place}.{key}";

    private static YamlScalar? Report(YamlScalar scalar, string message)
    {
        scalar.Problem(message);
        return null;
    }

    private static string Describe(YamlNode node) => node switch
    {
        YamlMappingNode => "a mapping",
        YamlSequenceNode => "a list",
        _ => "a single value",
    };

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
