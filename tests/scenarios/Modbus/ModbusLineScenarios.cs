using System.IO.Ports;
using EdgeDcim.Protocols.Modbus;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Modbus;

/// <summary>RTU and ASCII, on a serial line and over TCP, against libmodbus and pymodbus.</summary>
public sealed class ModbusLineScenarios : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly byte[] data = new byte[250];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("rtu")]
    [InlineData("ascii")]
    public async Task Pymodbus_over_tcp_in_line_framing_gives_its_values(string framing)
    {
        var (server, port) = await ModbusPeers.PymodbusTcpAsync(folder, framing, Cancel);
        await using var ownServer = server;
        var options = new ModbusTcpOptions { Host = "127.0.0.1", Port = port, Timeout = TimeSpan.FromSeconds(5) };
        await using ModbusLineClient client = framing == "rtu"
            ? new ModbusRtuOverTcpClient(options, TimeProvider.System)
            : new ModbusAsciiOverTcpClient(options, TimeProvider.System);
        await SeePymodbusValuesAsync(client);
        Assert.Equal(1, client.Connections);
    }

    [Theory]
    [InlineData("rtu")]
    [InlineData("ascii")]
    public async Task Pymodbus_on_a_serial_line_gives_its_values(string framing)
    {
        await using var cable = await SerialCable.PlugInAsync(folder, Cancel);
        await using var server = await ModbusPeers.PymodbusSerialAsync(folder, cable.Theirs, framing, Cancel);
        await using ModbusLineClient client = framing == "rtu"
            ? new ModbusRtuClient(Options(cable.Ours), TimeProvider.System)
            : new ModbusAsciiClient(Options(cable.Ours), TimeProvider.System);
        await AnswersAsync(client, 1);
        await SeePymodbusValuesAsync(client);
    }

    [Fact]
    public async Task Libmodbus_on_a_serial_line_reads_what_mbpoll_prints_over_it()
    {
        await using var cable = await SerialCable.PlugInAsync(folder, Cancel);
        await using var server = await ModbusPeers.LibmodbusRtuAsync(folder, cable.Theirs, 17, Cancel);
        var before = await MbpollEveryTableAsync(cable.Ours);
        await using var client = new ModbusRtuClient(Options(cable.Ours), TimeProvider.System);
        Assert.Equal(before, await EveryTableAsync(client));

        Assert.Equal(250, await client.ReadAsync(17, ModbusFunction.ReadHoldingRegisters, 65411, 125, data, Cancel));
        var refused = await Assert.ThrowsAsync<ModbusException>(() => client.ReadAsync(17, ModbusFunction.ReadInputRegisters, 1020, 10, data, Cancel).AsTask());
        Assert.True(refused.IsIllegalBlock, refused.Message);
    }

    [Fact]
    public async Task Libmodbus_through_the_portable_serial_port_reads_the_same()
    {
        await using var cable = await SerialCable.PlugInAsync(folder, Cancel);
        await using var server = await ModbusPeers.LibmodbusRtuAsync(folder, cable.Theirs, 17, Cancel);
        var options = Options(cable.Ours);
        await using var client = new ModbusRtuClient(new SerialPortTransport(options), options, TimeProvider.System);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(4, await client.ReadAsync(17, ModbusFunction.ReadHoldingRegisters, (ushort)i, 2, data, Cancel));
            Assert.Equal(i * 7 + 3, ModbusDecoder.UInt16(data));
        }
    }

    // pymodbus only: a libmodbus slave takes the request after one for a silent neighbour for that neighbour's answer.
    [Fact]
    public async Task Silent_unit_on_the_line_leaves_the_other_alone()
    {
        await using var cable = await SerialCable.PlugInAsync(folder, Cancel);
        await using var server = await ModbusPeers.PymodbusSerialAsync(folder, cable.Theirs, "rtu", Cancel);
        await using var client = new ModbusRtuClient(Options(cable.Ours) with { Timeout = TimeSpan.FromMilliseconds(500) }, TimeProvider.System);
        await AnswersAsync(client, 2);
        var connections = client.Connections;
        for (var i = 0; i < 5; i++)
        {
            var silent = await Assert.ThrowsAsync<ModbusException>(() => client.ReadAsync(99, ModbusFunction.ReadHoldingRegisters, 0, 1, data, Cancel).AsTask());
            Assert.Equal(ModbusFault.Timeout, silent.Fault);
            await client.ReadAsync(2, ModbusFunction.ReadHoldingRegisters, 5, 1, data, Cancel);
            Assert.Equal(17, ModbusDecoder.UInt16(data));
        }

        Assert.Equal(connections, client.Connections);
    }

    [Fact]
    public async Task Unplugged_line_is_unreachable_and_read_again_after_it_is_back()
    {
        await using var cable = await SerialCable.PlugInAsync(folder, Cancel);
        await using (await ModbusPeers.LibmodbusRtuAsync(folder, cable.Theirs, 17, Cancel))
        {
            await using var client = new ModbusRtuClient(Options(cable.Ours), TimeProvider.System);
            await client.ReadAsync(17, ModbusFunction.ReadHoldingRegisters, 0, 1, data, Cancel);

            await cable.PullOutAsync();
            var gone = await Assert.ThrowsAsync<ModbusException>(() => client.ReadAsync(17, ModbusFunction.ReadHoldingRegisters, 0, 1, data, Cancel).AsTask());
            Assert.Equal(ModbusFault.Unreachable, gone.Fault);

            await cable.PlugInAgainAsync(Cancel);
            await using var again = await ModbusPeers.LibmodbusRtuAsync(folder, cable.Theirs, 17, Cancel);
            await client.ReadAsync(17, ModbusFunction.ReadHoldingRegisters, 1, 1, data, Cancel);
            Assert.Equal(10, ModbusDecoder.UInt16(data));
            Assert.Equal(2, client.Connections);
        }
    }

    [Fact]
    public async Task Port_has_one_owner_and_is_free_after_it()
    {
        await using var cable = await SerialCable.PlugInAsync(folder, Cancel);
        await using var server = await ModbusPeers.LibmodbusRtuAsync(folder, cable.Theirs, 17, Cancel);
        var first = new ModbusRtuClient(Options(cable.Ours), TimeProvider.System);
        await first.ReadAsync(17, ModbusFunction.ReadHoldingRegisters, 0, 1, data, Cancel);
        await using var second = new ModbusRtuClient(Options(File.ResolveLinkTarget(cable.Ours, true)!.FullName), TimeProvider.System);
        var refused = await Assert.ThrowsAsync<ModbusException>(() => second.ReadAsync(17, ModbusFunction.ReadHoldingRegisters, 0, 1, data, Cancel).AsTask());
        Assert.Contains("used by another client", refused.Message, StringComparison.Ordinal);
        await first.DisposeAsync();
        Assert.Equal(2, await second.ReadAsync(17, ModbusFunction.ReadHoldingRegisters, 0, 1, data, Cancel));
    }

    private static async Task SeePymodbusValuesAsync(ModbusLineClient client)
    {
        var data = new byte[250];
        foreach (var unit in new byte[] { 1, 2, 200 })
        {
            await client.ReadAsync(unit, ModbusFunction.ReadHoldingRegisters, 1000, 125, data, Cancel);
            Assert.All(Enumerable.Range(0, 125), i => Assert.Equal((1000 + i) * 3 + unit, ModbusDecoder.UInt16(data.AsSpan(i * 2))));
            await client.ReadAsync(unit, ModbusFunction.ReadInputRegisters, 0, 10, data, Cancel);
            Assert.All(Enumerable.Range(0, 10), i => Assert.Equal(i ^ unit, ModbusDecoder.UInt16(data.AsSpan(i * 2))));
            await client.ReadAsync(unit, ModbusFunction.ReadCoils, 7, 300, data, Cancel);
            Assert.All(Enumerable.Range(0, 300), i => Assert.Equal((7 + i + unit) % 3 == 0, ModbusDecoder.Bit(data, i)));
            await client.ReadAsync(unit, ModbusFunction.ReadDiscreteInputs, 65535, 1, data, Cancel);
            Assert.Equal((65535 + unit) % 5 == 0, ModbusDecoder.Bit(data, 0));
        }

        Assert.Equal("Pymodbus", (await client.ReadIdentityAsync(1, Cancel))?.Vendor);
    }

    private static async Task<string[]> EveryTableAsync(ModbusClient client)
    {
        var data = new byte[250];
        await client.ReadAsync(17, ModbusFunction.ReadHoldingRegisters, 101, 60, data, Cancel);
        var holding = Enumerable.Range(0, 60).Select(i => $"0x{ModbusDecoder.UInt16(data.AsSpan(i * 2)):X4}").ToArray();
        await client.ReadAsync(17, ModbusFunction.ReadInputRegisters, 5, 60, data, Cancel);
        var input = Enumerable.Range(0, 60).Select(i => $"0x{ModbusDecoder.UInt16(data.AsSpan(i * 2)):X4}").ToArray();
        await client.ReadAsync(17, ModbusFunction.ReadCoils, 3, 99, data, Cancel);
        var coils = Enumerable.Range(0, 99).Select(i => ModbusDecoder.Bit(data, i) ? "1" : "0").ToArray();
        await client.ReadAsync(17, ModbusFunction.ReadDiscreteInputs, 3, 99, data, Cancel);
        return [.. holding, .. input, .. coils, .. Enumerable.Range(0, 99).Select(i => ModbusDecoder.Bit(data, i) ? "1" : "0")];
    }

    private static async Task<string[]> MbpollEveryTableAsync(string device)
    {
        var connection = ModbusPeers.MbpollRtu(device);
        return
        [
            .. await ModbusPeers.MbpollAsync(connection, "4:hex", 17, 101, 60, Cancel),
            .. await ModbusPeers.MbpollAsync(connection, "3:hex", 17, 5, 60, Cancel),
            .. await ModbusPeers.MbpollAsync(connection, "0", 17, 3, 99, Cancel),
            .. await ModbusPeers.MbpollAsync(connection, "1", 17, 3, 99, Cancel),
        ];
    }

    /// <summary>pymodbus does not say when it has opened the line.</summary>
    private static Task AnswersAsync(ModbusClient client, byte unit) => Eventually.TrueAsync(
        async () =>
        {
            try
            {
                await client.ReadAsync(unit, ModbusFunction.ReadHoldingRegisters, 0, 1, new byte[2], Cancel);
                return true;
            }
            catch (ModbusException e) when (e.Fault is ModbusFault.Timeout or ModbusFault.BadReply)
            {
                return false;
            }
        },
        "pymodbus answers on the line",
        TimeSpan.FromSeconds(30),
        Cancel);

    private static ModbusSerialOptions Options(string port) =>
        new() { Port = port, BaudRate = 115_200, Parity = Parity.None, Timeout = TimeSpan.FromSeconds(3), Turnaround = TimeSpan.FromMilliseconds(100) };
}
