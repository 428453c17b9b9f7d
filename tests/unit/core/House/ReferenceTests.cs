using System.Xml.Linq;
using Xunit;

namespace EdgeDcim.Core.Tests.House;

/// <summary>Holds the project files against the one-way street of the design: protocols and core know nobody, agent and collector never see each other.</summary>
public sealed class ReferenceTests
{
    private static readonly string Root = FindRoot();

    [Theory]
    [InlineData("agent/core/EdgeDcim.Core.csproj", "")]
    [InlineData("agent/protocols/EdgeDcim.Protocols.csproj", "")]
    [InlineData("agent/worker/EdgeDcim.Agent.csproj", "EdgeDcim.Core EdgeDcim.Protocols")]
    [InlineData("collector/server/EdgeDcim.Collector.csproj", "EdgeDcim.Core EdgeDcim.Protocols")] // it tells of alarms by SNMP; it polls nothing
    public void A_project_references_only_what_its_place_allows(string project, string allowed) =>
        Assert.Equal(
            allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Items(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("agent/core/EdgeDcim.Core.csproj")]
    [InlineData("agent/protocols/EdgeDcim.Protocols.csproj")]
    public void Core_and_protocols_see_no_hosting_no_logging_and_no_injection(string project) =>
        Assert.DoesNotContain(Items(project, "PackageReference"), package => package.StartsWith("Microsoft.Extensions", StringComparison.Ordinal));

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Root, "EdgeDcim.sln")).Replace('\\', '/');

        Assert.All(Projects(), project => Assert.Contains(project, solution, StringComparison.Ordinal));
    }

    [Fact]
    public void Package_versions_are_central() =>
        Assert.All(Projects(), project => Assert.All(
            XDocument.Load(Path.Combine(Root, project)).Descendants("PackageReference"),
            reference => Assert.Null(reference.Attribute("Version"))));

    private static IEnumerable<string> Items(string project, string kind) =>
        XDocument.Load(Path.Combine(Root, project)).Descendants(kind).Select(item => item.Attribute("Include")?.Value ?? "");

    private static IEnumerable<string> Projects() =>
        new[] { "agent", "collector", "tests" }
            .SelectMany(top => Directory.EnumerateFiles(Path.Combine(Root, top), "*.csproj", SearchOption.AllDirectories))
            .Where(path => !path.Contains("node_modules", StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "EdgeDcim.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("the tests must run inside the repository");
    }
}
