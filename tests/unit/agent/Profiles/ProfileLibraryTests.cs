using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Tests.Profiles;

public sealed class ProfileLibraryTests
{
    [Fact]
    public void LoadAll_shippedLibrary_isSoundAndProven()
    {
        var problems = new ConfigProblems();
        var library = ProfileLibrary.Open(ProtocolCatalog.Standard(TimeProvider.System));

        var profiles = library.LoadAll(problems);

        Assert.Empty(problems.Sorted);
        Assert.Equal(library.Names.Count, profiles.Count);
        Assert.DoesNotContain(profiles, profile => profile.Header.Proof == Proof.None);
    }

    [Fact]
    public void Resolve_unprovenProfile_isRefusedByNameAndTakenByPath()
    {
        var folder = Directory.CreateTempSubdirectory("edgedcim-").FullName;
        try
        {
            var file = Path.Combine(folder, "mine.yaml");
            File.WriteAllText(file, "profile: mine\nkind: meter\nvendor: v\nmodels: [m]\nsource: s\nprotocol: snmp\npoints:\n  - { metric: load, oid: 1.3.6.1.1.0 }\n");
            var library = new ProfileLibrary(ProtocolCatalog.Standard(TimeProvider.System));
            library.AddFolder(folder, message => Assert.Fail(message));
            var problems = new ConfigProblems();

            Assert.Null(library.Resolve(new YamlScalar("a", 1, 1, "profile", "mine", problems), folder));
            Assert.Contains("is unproven", Assert.Single(problems.Sorted).Message, StringComparison.Ordinal);
            Assert.NotNull(library.Resolve(new YamlScalar("a", 1, 1, "profile", "mine.yaml", problems), folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Resolve_fileWithABase_takesTheOneThatStandsBesideIt()
    {
        var folder = Directory.CreateTempSubdirectory("edgedcim-").FullName;
        try
        {
            const string Header = "kind: ups\nvendor: v\nmodels: [m]\nsource: s\nprotocol: snmp\n";
            File.WriteAllText(Path.Combine(folder, "rfc1628.yaml"), $"profile: rfc1628\n{Header}points:\n  - {{ metric: load, oid: 1.3.6.1.1.0 }}\n");
            File.WriteAllText(Path.Combine(folder, "mine.yaml"), $"profile: mine\n{Header}base: rfc1628\n");
            var library = ProfileLibrary.Open(ProtocolCatalog.Standard(TimeProvider.System));
            var problems = new ConfigProblems();

            var profile = library.Resolve(new YamlScalar("a", 1, 1, "profile", "mine.yaml", problems), folder);

            Assert.Empty(problems.Sorted);
            Assert.Equal("1.3.6.1.1.0", Assert.Single(profile!.Points).Place);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
