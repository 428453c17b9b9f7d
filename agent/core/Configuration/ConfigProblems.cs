namespace EdgeDcim.Core.Configuration;

/// <summary>Collects every fault of a load, so that a person mends a file once and not once a fault. Not thread-safe.</summary>
public sealed class ConfigProblems
{
    private readonly List<ConfigProblem> found = [];

    public bool Any => found.Count > 0;

    /// <summary>In the order of file, line and column.</summary>
    public IReadOnlyList<ConfigProblem> Sorted => [.. found.Distinct().Order()];

    public void Add(ConfigProblem problem) => found.Add(problem);

    public void Add(string file, int line, int column, string message) => Add(new ConfigProblem(file, line, column, message));

    /// <exception cref="ConfigException">With all problems, when there are any.</exception>
    public void ThrowIfAny()
    {
        if (Any)
        {
            throw new ConfigException(Sorted);
        }
    }
}
