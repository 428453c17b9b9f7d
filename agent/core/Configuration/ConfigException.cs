namespace EdgeDcim.Core.Configuration;

/// <summary>A configuration was rejected. Carries all its problems; the message is one line each.</summary>
public sealed class ConfigException(IReadOnlyList<ConfigProblem> problems)
    : Exception(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<ConfigProblem> Problems => problems;
}
