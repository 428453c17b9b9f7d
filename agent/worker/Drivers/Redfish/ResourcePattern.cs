namespace EdgeDcim.Agent.Drivers.Redfish;

/// <summary>
/// Names resources by the links that lead to them from the service root: <c>/Chassis/*/Sensors/*</c>. A name is a navigation property, <c>*</c>
/// every member of a collection, <c>A|B</c> either. Two are equal when they name the same.
/// </summary>
internal sealed record ResourcePattern(string Text)
{
    private readonly string[][] steps = [.. Text.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(step => step.Split('|'))];

    public int Length => steps.Length;

    public bool IsMembers(int step) => steps[step] is ["*"];

    public IReadOnlyList<string> NamesAt(int step) => steps[step];

    /// <summary>How many collections the first steps go through.</summary>
    public int MembersBefore(int step) => Enumerable.Range(0, step).Count(IsMembers);

    /// <summary>Null when the text is no pattern.</summary>
    public static ResourcePattern? Parse(string text) =>
        text.StartsWith('/') && text.Length > 1 && !text.EndsWith('/') && !text.Contains("//", StringComparison.Ordinal)
        && text.Split('/').Skip(1).All(step => step == "*" || !step.Contains('*', StringComparison.Ordinal))
            ? new ResourcePattern(text)
            : null;

    /// <summary>True when every resource of this pattern has one of the other above it, or is it.</summary>
    public bool StartsWith(ResourcePattern other) =>
        other.Length <= Length && Enumerable.Range(0, other.Length).All(step => steps[step].SequenceEqual(other.steps[step]));

    public bool Equals(ResourcePattern? other) => other is not null && other.Text == Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;
}
