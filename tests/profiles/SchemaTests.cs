using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Scenarios.Harness;
using Json.Schema;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace EdgeDcim.Profiles.Tests;

/// <summary>The schema that editors get says the same as the reader: what loads is valid, what it complains about is not.</summary>
public sealed class SchemaTests
{
    private static readonly JsonSchema Schema = Create();

    public static TheoryData<string> Models { get; } = [.. ModelTests.Library.Select(profile => profile.Name)];

    [Theory]
    [MemberData(nameof(Models))]
    public void Schema_everyShippedProfile_isValid(string name)
    {
        var file = ModelTests.Library.Single(profile => profile.Name == name).Header.File;

        Assert.Empty(Faults(File.ReadAllText(file)));
    }

    [Theory]
    [InlineData("vendor: Acme", "vender: Acme")]
    [InlineData("kind: pdu", "kind: pud")]
    [InlineData("protocol: snmp", "protocol: smtp")]
    [InlineData("oid: 1.3.6.1.4.1.1.1.0", "oid: 1.3.6.1.4.1.1.1.0, scael: 10")]
    [InlineData("oid: 1.3.6.1.4.1.1.1.0", "oid: 1.3.6.1.4.1.1.1.0, address: 4")]
    [InlineData("metric: power.active", "metric: power.activ")]
    [InlineData("every: fast", "every: often")]
    [InlineData("every: fast", "bit: 99")]
    [InlineData("as: digits", "az: digits")]
    public void Schema_whatTheReaderRejects_isInvalidToo(string right, string wrong)
    {
        const string Sound = """
            profile: x
            kind: pdu
            vendor: Acme
            models: [P1]
            protocol: snmp
            proof: manual
            source: a manual
            identify: { sys_object_id: 1.3.6.1.4.1.1 }
            points:
              - { metric: power.active, oid: 1.3.6.1.4.1.1.1.0, every: fast }
              - metric: load
                first_of:
                  - { oid: 1.3.6.1.4.1.1.2.0, scale_from: { oid: 1.3.6.1.4.1.1.3.0, as: digits } }
                  - { oid: 1.3.6.1.4.1.1.4.0 }
            """;
        Assert.Empty(Faults(Sound));
        Assert.Empty(Problems(Sound));
        var spoiled = Sound.Replace(right, wrong, StringComparison.Ordinal);

        Assert.NotEmpty(Faults(spoiled));
        Assert.All(Assert.IsAssignableFrom<IReadOnlyList<ConfigProblem>>(Problems(spoiled)), problem => Assert.True(problem is { Line: > 0, Column: > 0 }));
        Assert.NotEmpty(Problems(spoiled));
    }

    [Fact]
    public void Readme_everyExampleOfAProfile_loadsAndIsValid()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "hardware-profiles", "README.md"));
        var examples = text.Split("```yaml").Skip(1).Select(part => part.Split("```")[0]).Where(part => part.TrimStart().StartsWith("profile:", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.Empty(Faults(example)));
        Assert.All(examples, example => Assert.Empty(Problems(example)));
    }

    private static JsonSchema Create()
    {
        var protocols = ProtocolCatalog.Standard(TimeProvider.System);
        return JsonSchema.FromText(ProfileSchema.Create(protocols, ProfileLibrary.Open(protocols)).ToJsonString());
    }

    private static IReadOnlyList<ConfigProblem> Problems(string text)
    {
        var problems = new ConfigProblems();
        var protocols = ProtocolCatalog.Standard(TimeProvider.System);
        var name = text.Split('\n').Select(line => line.Trim()).First(line => line.StartsWith("profile:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        var library = ProfileLibrary.Open(protocols);
        ProfileReader.Read($"{name}.yaml", text, protocols, wanted => library.Resolve(wanted, "."), problems);
        return problems.Sorted;
    }

    private static List<string> Faults(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var result = Schema.Evaluate(JsonSerializer.SerializeToElement(Convert(stream.Documents[0].RootNode)), new EvaluationOptions { OutputFormat = OutputFormat.List });
        return result.IsValid ? [] : [.. result.Details!.Where(detail => detail.Errors is not null).SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}"))];
    }

    /// <summary>As editors see YAML: plain scalars are numbers and truths where they look like it.</summary>
    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(entry => KeyValuePair.Create(((YamlScalarNode)entry.Key).Value!, Convert(entry.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
        YamlScalarNode { Style: ScalarStyle.Plain } plain when bool.TryParse(plain.Value, out var truth) => truth,
        YamlScalarNode { Style: ScalarStyle.Plain } plain when Quantities.TryInteger(plain.Value!, out var whole) => whole,
        YamlScalarNode { Style: ScalarStyle.Plain } plain when double.TryParse(plain.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => ((YamlScalarNode)node).Value,
    };
}
