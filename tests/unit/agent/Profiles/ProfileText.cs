using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Tests.Profiles;

/// <summary>Reads profiles out of the tests' own text.</summary>
internal static class ProfileText
{
    public static DeviceProfile Read(string protocol, string body, DeviceProfile? inherited = null)
    {
        var profile = TryRead(protocol, body, out var problems, inherited);
        Assert.Empty(problems);
        return profile!;
    }

    public static DeviceProfile? TryRead(string protocol, string body, out IReadOnlyList<ConfigProblem> problems, DeviceProfile? inherited = null)
    {
        var found = new ConfigProblems();
        var text = $"profile: x\nkind: meter\nvendor: v\nmodels: [m]\nsource: s\nproof: manual\nprotocol: {protocol}\n{body}";
        var profile = ProfileReader.Read("x.yaml", text, ProtocolCatalog.Standard(TimeProvider.System), _ => inherited, found);
        problems = found.Sorted;
        return profile;
    }
}
