using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace EdgeDcim.Core.Configuration;

/// <summary>
/// A key that stands twice would end the parsing of the whole file and hide its other faults. So later ones are found first, reported, and
/// masked letter for letter (no place in the file moves), parsed as keys of their own, and taken out again.
/// </summary>
internal static class DuplicateKeys
{
    /// <summary>Private-use letters stand in no sensible key.</summary>
    private const char FirstMask = '\uE000';

    private const int MaxMasks = 6000;

    /// <summary>The text without its duplicates; the same text when there are none.</summary>
    /// <exception cref="YamlException">The text is no YAML.</exception>
    public static string Mask(string file, string text, ConfigProblems problems)
    {
        var found = Find(text);
        if (found.Count == 0)
        {
            return text;
        }

        var letters = text.ToCharArray();
        for (var i = 0; i < found.Count; i++)
        {
            var (key, firstLine) = found[i];
            problems.Add(file, (int)key.Start.Line, (int)key.Start.Column, $"'{key.Value}' stands twice, first in line {firstLine}; remove one or rename it");
            letters.AsSpan((int)key.Start.Index, (int)(key.End.Index - key.Start.Index)).Fill((char)(FirstMask + i));
        }

        return new string(letters);
    }

    /// <summary>Takes the masked entries out of a parsed document.</summary>
    public static void Remove(YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode map:
                foreach (var key in map.Children.Keys.Where(IsMasked).ToList())
                {
                    map.Children.Remove(key);
                }

                foreach (var value in map.Children.Values)
                {
                    Remove(value);
                }

                break;
            case YamlSequenceNode list:
                foreach (var item in list.Children)
                {
                    Remove(item);
                }

                break;
        }
    }

    private static bool IsMasked(YamlNode key) => key is YamlScalarNode { Value: [>= FirstMask and < (char)(FirstMask + MaxMasks), ..] };

    private static List<(Scalar Key, long FirstLine)> Find(string text)
    {
        var found = new List<(Scalar, long)>();
        var open = new Stack<Frame>();
        var parser = new Parser(new StringReader(text));
        while (parser.MoveNext() && found.Count < MaxMasks)
        {
            switch (parser.Current)
            {
                case Scalar scalar:
                    if (open.TryPeek(out var frame) && frame.TakesKey() && !frame.Keys!.TryAdd(scalar.Value, scalar.Start.Line))
                    {
                        found.Add((scalar, frame.Keys[scalar.Value]));
                    }

                    break;
                case AnchorAlias:
                    Enter(open);
                    break;
                case MappingStart:
                    Enter(open);
                    open.Push(new Frame { Keys = new Dictionary<string, long>(StringComparer.Ordinal) });
                    break;
                case SequenceStart:
                    Enter(open);
                    open.Push(new Frame());
                    break;
                case MappingEnd or SequenceEnd:
                    open.Pop();
                    break;
            }
        }

        return found;
    }

    private static void Enter(Stack<Frame> open)
    {
        if (open.TryPeek(out var frame))
        {
            frame.TakesKey();
        }
    }

    private sealed class Frame
    {
        private bool isValue;

        /// <summary>Null for a list.</summary>
        public Dictionary<string, long>? Keys { get; init; }

        /// <summary>True when the node that comes now is a key.</summary>
        public bool TakesKey()
        {
            var isKey = Keys is not null && !isValue;
            isValue = isKey;
            return isKey;
        }
    }
}
