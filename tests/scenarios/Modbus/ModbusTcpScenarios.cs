using System.Globalization;
using EdgeDcim.Protocols.Modbus;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Modbus;

/// <summary>Our TCP client against libmodbus and pymodbus, value by value what mbpoll prints.</summary>
public sealed class ModbusTcpScenarios : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly byte[] data = new byte[250];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Libmodbus_every_table_reads_what_mbpoll_prints()
    {
        var (server, port) = await ModbusPeers.LibmodbusTcpAsync(folder, Cancel);
        await using var ownServer = server;
        await using var client = Client(port);
        await SameAsMbpollAsync(client, ModbusPeers.MbpollTcp(port), 1);

        await client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 1000, 4, data, Cancel);
        Assert.Equal(230.25f, ModbusDecoder.Float32(data));
        Assert.Equal(-17.5f, ModbusDecoder.Float32(data.AsSpan(4), WordOrder.Little));
        Assert.Equal(["230.25"], await ModbusPeers.MbpollAsync(["-B", .. ModbusPeers.MbpollTcp(port)], "4:float", 1, 1000, 1, Cancel));
        Assert.Equal(["-17.5"], await ModbusPeers.MbpollAsync(ModbusPeers.MbpollTcp(port), "4:float", 1, 1002, 1, Cancel));
    }

    [Fact]
    public async Task Libmodbus_limits_of_the_protocol_are_read_to_the_last_register()
    {
        var (server, port) = await ModbusPeers.LibmodbusTcpAsync(folder, Cancel);
        await using var ownServer = server;
        await using var client = Client(port);

        Assert.Equal(250, await client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 65411, 125, data, Cancel));
        Assert.Equal((65535 * 7 + 3) & 0xFFFF, ModbusDecoder.UInt16(data.AsSpan(248)));
        Assert.Equal(250, await client.ReadAsync(1, ModbusFunction.ReadCoils, 63536, 2000, data, Cancel));
        Assert.Equal(65535 % 3 == 0, ModbusDecoder.Bit(data, 1999));

        var beyond = await Assert.ThrowsAsync<ModbusException>(() => client.ReadAsync(1, ModbusFunction.ReadInputRegisters, 1000, 25, data, Cancel).AsTask());
        Assert.True(beyond.IsIllegalBlock, beyond.Message);
        Assert.Null(await client.ReadIdentityAsync(1, Cancel));
        Assert.Equal(1, client.Connections);
    }

    [Fact]
    public async Task Libmodbus_killed_and_started_again_is_read_again()
    {
        var (server, port) = await ModbusPeers.LibmodbusTcpAsync(folder, Cancel);
        await using var ownServer = server;
        await using var client = Client(port);
        Assert.Equal(2, await client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 0, 1, data, Cancel));

        await server.KillAsync();
        var gone = await Assert.ThrowsAsync<ModbusException>(() => client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 0, 1, data, Cancel).AsTask());
        Assert.Equal(ModbusFault.Unreachable, gone.Fault);
        server.StartAgain();
        await Eventually.ListensAsync(port, "libmodbus", Cancel);
        Assert.Equal(2, await client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 0, 1, data, Cancel));
    }

    [Fact]
    public async Task Pymodbus_every_table_of_several_units_reads_what_mbpoll_prints()
    {
        var (server, port) = await ModbusPeers.PymodbusTcpAsync(folder, "socket", Cancel);
        await using var ownServer = server;
        await using var client = Client(port);
        foreach (var unit in new byte[] { 1, 2, 200 })
        {
            await SameAsMbpollAsync(client, ModbusPeers.MbpollTcp(port), unit);
        }

        Assert.Equal(1, client.Connections);
    }

    [Fact]
    public async Task Pymodbus_identity_is_read()
    {
        var (server, port) = await ModbusPeers.PymodbusTcpAsync(folder, "socket", Cancel);
        await using var ownServer = server;
        await using var client = Client(port);
        Assert.Equal(
            new ModbusDeviceIdentity("Pymodbus", "PM", "3.0", "http://example.invalid/", "Peer", "Model 7", null),
            await client.ReadIdentityAsync(1, Cancel));
    }

    [Fact]
    public async Task Pymodbus_with_eight_requests_under_way_every_value_is_its_own()
    {
        var (server, port) = await ModbusPeers.PymodbusTcpAsync(folder, "socket", Cancel);
        await using var ownServer = server;
        await using var client = Client(port, inFlight: 8);
        var reads = Enumerable.Range(0, 400).Select(async i =>
        {
            var register = new byte[2];
            var unit = (byte)(i % 2 + 1);
            await client.ReadAsync(unit, ModbusFunction.ReadHoldingRegisters, (ushort)i, 1, register, Cancel);
            return ModbusDecoder.UInt16(register) == i * 3 + unit;
        });
        Assert.All(await Task.WhenAll(reads), Assert.True);
        Assert.Equal(1, client.Connections);
    }

    /// <summary>Reads part of each of the four tables and holds every value against mbpoll's.</summary>
    internal static async Task SameAsMbpollAsync(ModbusClient client, string[] mbpoll, byte unit)
    {
        var data = new byte[250];
        foreach (var (function, type) in new[] { (ModbusFunction.ReadCoils, "0"), (ModbusFunction.ReadDiscreteInputs, "1") })
        {
            await client.ReadAsync(unit, function, 11, 100, data, Cancel);
            var ours = Enumerable.Range(0, 100).Select(i => ModbusDecoder.Bit(data, i) ? "1" : "0");
            Assert.Equal(await ModbusPeers.MbpollAsync(mbpoll, type, unit, 11, 100, Cancel), ours);
        }

        foreach (var (function, type) in new[] { (ModbusFunction.ReadInputRegisters, "3:hex"), (ModbusFunction.ReadHoldingRegisters, "4:hex") })
        {
            await client.ReadAsync(unit, function, 101, 120, data, Cancel);
            var ours = Enumerable.Range(0, 120).Select(i => "0x" + ModbusDecoder.UInt16(data.AsSpan(i * 2)).ToString("X4", CultureInfo.InvariantCulture));
            Assert.Equal(await ModbusPeers.MbpollAsync(mbpoll, type, unit, 101, 120, Cancel), ours);
        }
    }

    private static ModbusTcpClient Client(int port, int inFlight = 1) =>
        new(new ModbusTcpOptions { Host = "127.0.0.1", Port = port, MaxInFlight = inFlight, Timeout = TimeSpan.FromSeconds(5) }, TimeProvider.System);
}
