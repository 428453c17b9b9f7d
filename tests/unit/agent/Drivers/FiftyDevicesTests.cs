using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Profiles;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Agent.Tests.Drivers;

/// <summary>Links and drivers of the agent over real sockets: fifty devices, three of which listen and never answer. Lanes have a test of their own for it.</summary>
public sealed class FiftyDevicesTests
{
    private const int Devices = 50;
    private const int Cycles = 5;

    private static readonly int[] Dead = [7, 23, 41];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("modbus")]
    [InlineData("snmp")]
    [InlineData("ipmi")]
    public async Task Forty_seven_are_read_again_and_again_while_three_are_waited_for(string protocol)
    {
        var time = new FakeTimeProvider();
        await using var protocols = ProtocolCatalog.Standard(time);
        var profile = PowerDevices.Profile(protocol);
        var servers = Enumerable.Range(0, Devices).Select(i => PowerDevices.Start(protocol, !Dead.Contains(i))).ToList();
        var configs = servers.Select((server, i) => PowerDevices.Config(protocol, profile, $"pdu-{i}", server.Port)).ToList();
        var links = configs.Select(config => protocols.Get(protocol).OpenLink(config.Endpoint)).ToList();
        var drivers = links.Zip(configs, (link, config) => link.CreateDriver(config)).ToList();

        var waiting = Dead.Select(i => drivers[i].ReadAsync(PollGroup.Fast, Cancel).AsTask()).ToList();
        for (var cycle = 0; cycle < Cycles; cycle++)
        {
            // The clock stands still: nobody alive waits for the deadline of the dead.
            var read = await Task.WhenAll(drivers.Where((_, i) => !Dead.Contains(i)).Select(driver => driver.ReadAsync(PollGroup.Fast, Cancel).AsTask()));
            Assert.All(read, samples => Assert.Equal(PowerDevices.Watts, Assert.Single(samples).Value));
            Assert.All(waiting, silent => Assert.False(silent.IsCompleted));
        }

        while (!waiting.TrueForAll(silent => silent.IsCompleted))
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        foreach (var silent in waiting)
        {
            Assert.Equal(FaultKind.Timeout, (await Assert.ThrowsAsync<DeviceFault>(() => silent)).Kind);
        }

        foreach (var link in links)
        {
            await link.DisposeAsync();
        }

        foreach (var (server, _) in servers)
        {
            await server.DisposeAsync();
        }
    }
}
