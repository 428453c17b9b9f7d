using System.Text.RegularExpressions;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Sparkplug.Conformance;

/// <summary>Agent and collector against the statements of Sparkplug 3.0, over a whole life and on a broker that is not ours.</summary>
public sealed partial class ConformanceTests
{
    [Fact]
    public async Task A_whole_life_keeps_every_statement_that_binds_an_edge_node_or_a_host()
    {
        var traffic = await LiveAsync(onlyOldVersion: false, TestContext.Current.CancellationToken);
        Keeps(Statement.All, traffic);
        TestContext.Current.SendDiagnosticMessage("{0} packets in {1} sessions", traffic.Wires.Count, traffic.Sessions.Count);
    }

    [Fact]
    public async Task Brokers_that_know_no_newer_version_than_3_1_1_are_served_by_its_rules() =>
        Keeps(Statement.OldVersion, await LiveAsync(onlyOldVersion: true, TestContext.Current.CancellationToken));

    [Fact]
    public void The_table_says_that_a_statement_holds_exactly_where_it_is_checked()
    {
        var table = File.ReadAllLines(Path.Combine(Repository.Root, "tests", "scenarios", "Sparkplug", "Conformance", "README.md"))
            .Select(line => Row().Match(line)).Where(row => row.Success)
            .ToDictionary(row => row.Groups["id"].Value, row => row.Groups["verdict"].Value.Trim());
        var held = table.Where(row => row.Value == "holds").Select(row => row.Key).ToHashSet();
        var asked = Statement.All.Concat(Statement.OldVersion).SelectMany(statement => statement.Names).ToHashSet();
        Assert.Equal([], held.Except(asked));
        Assert.Equal([], asked.Except(held));
        Assert.All(table.Where(row => row.Value != "holds"), row => Assert.StartsWith("does not apply: ", row.Value, StringComparison.Ordinal));
        Assert.Equal(303, table.Count);
    }

    private static async Task<Traffic> LiveAsync(bool onlyOldVersion, CancellationToken cancel)
    {
        Peers.Require("mosquitto");
        await using var life = new Life(onlyOldVersion);
        try
        {
            return await life.LiveAsync(cancel);
        }
        catch (Exception failure) when (failure is TimeoutException or HttpRequestException)
        {
            throw new InvalidOperationException($"{failure.Message}\n{life.Tails()}", failure);
        }
    }

    private static void Keeps(IReadOnlyList<Statement> statements, Traffic traffic)
    {
        var failures = new List<string>();
        foreach (var statement in statements)
        {
            var examined = statement.Examine(traffic).ToList();
            var wrong = examined.OfType<string>().ToList();
            if (examined.Count == 0 || wrong.Count > 0)
            {
                failures.Add($"{statement.Ids}: {(examined.Count == 0 ? "nothing to look at" : $"{wrong.Count} of {examined.Count} wrong, first: {wrong[0]}")}");
            }
        }

        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    [GeneratedRegex(@"^\| `(?<id>[a-z0-9-]+)` \| (?<verdict>.+) \|$")]
    private static partial Regex Row();
}
