using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Profiles;

namespace EdgeDcim.Agent.Tests.Drivers;

/// <summary>Drivers over a path that is against them: the right value or a fault of the device, never a wrong value, and the right one again when the path is sound.</summary>
public sealed class HostileDatagramTests
{
    private static readonly TimeSpan Impatience = TimeSpan.FromMilliseconds(150);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>
    /// What becomes of an answer, by name; the right one is among what is sent where the value must come. An answer that is late by one is that
    /// to the attempt before, which asked the same.
    /// </summary>
    private static readonly Dictionary<string, (bool IsReadable, Func<byte[], byte[], IEnumerable<byte[]>> Mangle)> Malice = new()
    {
        ["doubled"] = (true, (answer, _) => [answer, answer, answer]),
        ["behind a late one"] = (true, (answer, before) => [before, answer]),
        ["behind noise"] = (true, (answer, _) => [[], [0x30], [.. Enumerable.Repeat((byte)0xFF, 300)], answer]),
        ["behind one with another id"] = (true, (answer, _) => [WithOtherId(answer), answer]),
        ["late by one"] = (true, (_, before) => [before]),
        ["lost"] = (false, (_, _) => []),
        ["cut in the middle"] = (false, (answer, _) => [answer[..(answer.Length / 2)]]),
        ["cut at the end"] = (false, (answer, _) => [answer[..^1]]),
        ["with another id"] = (false, (answer, _) => [WithOtherId(answer)]),
        ["empty"] = (false, (_, _) => [[]]),
        ["large"] = (false, (_, _) => [[.. Enumerable.Repeat((byte)0x30, 60_000)]]),
    };

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var malice in Malice.Keys)
            {
                cases.Add("snmp", malice);
                cases.Add("ipmi", malice);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_driver_gives_the_right_value_or_a_fault(string protocol, string malice)
    {
        var (server, port) = PowerDevices.Start(protocol, isAlive: true);
        await using var running = server;
        await using var relay = new HostileRelay(port);
        await using var protocols = ProtocolCatalog.Standard(TimeProvider.System);
        var config = PowerDevices.Config(protocol, PowerDevices.Profile(protocol), "pdu", relay.Port, Impatience);
        await using var link = protocols.Get(protocol).OpenLink(config.Endpoint);
        var driver = link.CreateDriver(config);
        Assert.Equal(PowerDevices.Watts, await ReadAsync(driver));

        var (isReadable, mangle) = Malice[malice];
        relay.Mangle = mangle;
        for (var poll = 0; poll < 2; poll++)
        {
            Assert.Equal(isReadable ? PowerDevices.Watts : null, await ReadAsync(driver));
        }

        relay.Mangle = null;
        Assert.Equal(PowerDevices.Watts, await ReadAsync(driver));
    }

    [Theory]
    [InlineData("snmp")]
    [InlineData("ipmi")]
    public async Task A_driver_whose_device_closes_its_port_gives_a_fault(string protocol)
    {
        var (server, port) = PowerDevices.Start(protocol, isAlive: true);
        await using var running = server;
        var relay = new HostileRelay(port);
        await using var protocols = ProtocolCatalog.Standard(TimeProvider.System);
        var config = PowerDevices.Config(protocol, PowerDevices.Profile(protocol), "pdu", relay.Port, Impatience);
        await using var link = protocols.Get(protocol).OpenLink(config.Endpoint);
        var driver = link.CreateDriver(config);
        Assert.Equal(PowerDevices.Watts, await ReadAsync(driver));

        await relay.DisposeAsync();
        Assert.Null(await ReadAsync(driver));
    }

    /// <summary>Null: a fault of the device, which is the only exception that a driver may have.</summary>
    private static async Task<double?> ReadAsync(IDeviceDriver driver)
    {
        try
        {
            return Assert.Single(await driver.ReadAsync(PollGroup.Fast, Cancel)).Value;
        }
        catch (DeviceFault fault)
        {
            Assert.Contains(fault.Kind, new[] { FaultKind.Timeout, FaultKind.BadReply, FaultKind.Unreachable });
            return null;
        }
    }

    /// <summary>SNMP: the first octet of the request id, behind version, community and the tag of a response. IPMI: the session's id.</summary>
    private static byte[] WithOtherId(byte[] answer)
    {
        var at = answer[0] == 0x30 ? Array.IndexOf(answer, (byte)0xA2) + 4 : 6;
        byte[] other = [.. answer];
        other[at] ^= 0x15;
        return other;
    }
}
