namespace EdgeDcim.Core.Configuration;

/// <summary>One fault of a configuration file: where it stands, and a sentence that says what to write instead.</summary>
public sealed record ConfigProblem(string File, int Line, int Column, string Message) : IComparable<ConfigProblem>
{
    public int CompareTo(ConfigProblem? other) => other is null
        ? 1
        : (string.CompareOrdinal(File, other.File), Line.CompareTo(other.Line), Column.CompareTo(other.Column)) switch
        {
            (not 0 and var file, _, _) => file,
            (_, not 0 and var line, _) => line,
            var (_, _, column) => column,
        };

    /// <summary>The form editors understand: <c>file:line:column: sentence</c>.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}";
}
