namespace EdgeDcim.Core.Configuration;

/// <summary>One scalar of a YAML file together with its place, so that whoever judges the value can point at it.</summary>
public readonly record struct YamlScalar(string File, int Line, int Column, string Key, string Text, ConfigProblems Problems)
{
    public void Problem(string message) => Problems.Add(File, Line, Column, message);
}
