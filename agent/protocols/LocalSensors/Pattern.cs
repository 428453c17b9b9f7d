namespace EdgeDcim.Protocols.LocalSensors;

/// <summary>A name with one star, as profiles write it: <c>28-*</c>, <c>temp*_input</c>.</summary>
public static class Pattern
{
    /// <summary>What the star stands for; empty for a pattern without one; null when the name does not fit.</summary>
    public static string? Match(string pattern, string name)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        if (star < 0)
        {
            return pattern == name ? "" : null;
        }

        var tail = pattern.Length - star - 1;
        return name.Length >= star + tail && name.StartsWith(pattern[..star], StringComparison.Ordinal) && name.EndsWith(pattern[(star + 1)..], StringComparison.Ordinal)
            ? name[star..^tail]
            : null;
    }
}
