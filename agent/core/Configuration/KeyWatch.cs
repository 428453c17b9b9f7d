using System.Text.RegularExpressions;

namespace EdgeDcim.Core.Configuration;

public enum KeyForm
{
    /// <summary>Only asked whether it is there.</summary>
    Any,

    Scalar,
    Number,
    Integer,
    Boolean,

    /// <summary>One scalar or a list of them.</summary>
    ScalarList,
    Map,
    MapList,
}

/// <summary>How a reader asked for a key.</summary>
/// <param name="Form">What its value must be.</param>
public sealed record KeyUse(KeyForm Form)
{
    /// <summary>The words that the value may be; null: any.</summary>
    public IReadOnlyList<string>? Words { get; init; }

    public int? Min { get; init; }

    public int? Max { get; init; }
}

/// <summary>
/// Learns from a reader at work which keys it asks for and in which form, by place of the mapping ("" for the root, <c>points.where</c>).
/// What is made of it, a schema for editors, cannot drift from the reader. A key "" says that the mapping takes any key.
/// </summary>
public sealed partial class KeyWatch
{
    private readonly SortedDictionary<string, SortedDictionary<string, List<KeyUse>>> places = new(StringComparer.Ordinal);

    /// <summary>Place to key to the ways in which it was asked for.</summary>
    public IReadOnlyDictionary<string, SortedDictionary<string, List<KeyUse>>> Places => places;

    public void Note(string place, string key, KeyUse use)
    {
        var general = Index().Replace(place, "");
        if (!places.TryGetValue(general, out var keys))
        {
            places[general] = keys = new SortedDictionary<string, List<KeyUse>>(StringComparer.Ordinal);
        }

        if (!keys.TryGetValue(key, out var uses))
        {
            keys[key] = uses = [];
        }

        if (!uses.Exists(known => known.Form == use.Form && (known.Words is null) == (use.Words is null) && (known.Min, known.Max) == (use.Min, use.Max)))
        {
            uses.Add(use);
        }
    }

    /// <summary>Adds what another watch has learned, under another name of its places.</summary>
    public void Add(KeyWatch other, Func<string, string> rename)
    {
        foreach (var (place, keys) in other.places)
        {
            foreach (var (key, uses) in keys)
            {
                uses.ForEach(use => Note(rename(place), key, use));
            }
        }
    }

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Index();
}
