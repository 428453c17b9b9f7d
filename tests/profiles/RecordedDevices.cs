using System.Net;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Profiles.Tests;
using EdgeDcim.Scenarios.Harness;
using EdgeDcim.Scenarios.Snmp;

[assembly: AssemblyFixture(typeof(RecordedDevices))]

namespace EdgeDcim.Profiles.Tests;

/// <summary>Real devices, as snmpsim replays them, read by the agent's own drivers with the profile that identification chooses.</summary>
public sealed class RecordedDevices : IAsyncLifetime
{
    private readonly ScratchFolder folder = new();
    private readonly SemaphoreSlim starting = new(1);
    private OtherProcess? simulator;
    private IPEndPoint? endPoint;
    private ProtocolCatalog? protocols;
    private IReadOnlyList<DeviceProfile> library = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (protocols is not null)
        {
            await protocols.DisposeAsync();
        }

        if (simulator is not null)
        {
            await simulator.DisposeAsync();
        }

        folder.Dispose();
        starting.Dispose();
    }

    /// <summary>Identifies and reads one recording.</summary>
    internal async Task<(DeviceProfile Profile, IReadOnlyList<Sample> Samples)> ReadAsync(string recording, CancellationToken cancel)
    {
        await StartAsync(cancel);
        var endpoint = new EndpointConfig("recording", "snmp", new HostAddress("snmp", "127.0.0.1", endPoint!.Port), TimeSpan.FromSeconds(10), TimeSpan.Zero);
        var access = new SnmpCommunityAccess(SnmpDialect.V2c, Secret.Literal(recording));
        await using var link = protocols!.Get("snmp").OpenLink(endpoint);
        var matches = await link.IdentifyAsync(access, library, cancel);
        Assert.NotEmpty(matches);
        var driver = link.CreateDriver(new DeviceConfig(recording, matches[0].Profile, "any", endpoint, access));
        var samples = new List<Sample>();
        foreach (var group in Enum.GetValues<PollGroup>())
        {
            samples.AddRange(await driver.ReadAsync(group, cancel));
        }

        return (matches[0].Profile, samples);
    }

    private async Task StartAsync(CancellationToken cancel)
    {
        await starting.WaitAsync(cancel);
        try
        {
            if (simulator is not null)
            {
                return;
            }

            var names = Expectation.Recordings;
            Assert.SkipWhen(names.Count == 0, "the recordings of real devices are not beside the repository");
            (simulator, endPoint) = await SnmpPeers.SnmpSimAsync(folder, names, cancel);
            protocols = ProtocolCatalog.Standard(TimeProvider.System);
            var problems = new ConfigProblems();
            library = ProfileLibrary.Open(protocols).LoadAll(problems);
            problems.ThrowIfAny();
        }
        finally
        {
            starting.Release();
        }
    }
}
