using EdgeDcim.Protocols.Modbus;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Protocols.Tests.Modbus;

/// <summary>The logic of lines, held over TCP where every byte can be placed.</summary>
public sealed class ModbusLineClientTests : IDisposable
{
    private const int TooLong = 60_000;
    private const int RequestLength = 8;

    private readonly FakeTimeProvider time = new();
    private readonly ScriptedServer server = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => server.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Pace_turnaround_of_one_unit_is_its_own_rest_after_a_silence()
    {
        await using var client = Client();
        client.Pace(9, TimeSpan.Zero, TimeSpan.FromMilliseconds(50));
        var silent = ReadAsync(client, 9);
        using var peer = await server.AcceptAsync(Cancel);
        await peer.ReceiveAsync(Cancel, 8);
        time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<ModbusException>(() => silent);

        var again = ReadAsync(client, 9);
        time.Advance(TimeSpan.FromMilliseconds(49));
        Assert.False(server.HasWaiting);
        time.Advance(TimeSpan.FromMilliseconds(1));
        using var renewed = await server.AcceptAsync(Cancel);
        Assert.Equal(9, (await renewed.ReceiveAsync(Cancel, 8))[0]);
        time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<ModbusException>(() => again);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_answer_dribbling_after_noise_is_read()
    {
        await using var client = Client();
        var read = ReadAsync(client, 1);
        using var peer = await server.AcceptAsync(Cancel);
        Assert.Equal("01030005000194 0B".Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(await peer.ReceiveAsync(Cancel, RequestLength)));
        foreach (var one in Convert.FromHexString("FF0100" + "0103021234B533"))
        {
            await peer.SendAsync(one);
        }

        Assert.Equal(0x1234, await read);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_bytes_that_came_before_the_request_are_drained()
    {
        await using var client = Client();
        var first = ReadAsync(client, 1);
        using var peer = await server.AcceptAsync(Cancel);
        await peer.ReceiveAsync(Cancel, RequestLength);
        await peer.SendAsync(Answer(1, 1));
        Assert.Equal(1, await first);

        await peer.SendAsync(Answer(1, 0xDEAD));
        var second = ReadAsync(client, 1);
        await peer.ReceiveAsync(Cancel, RequestLength);
        await peer.SendAsync(Answer(1, 2));
        Assert.Equal(2, await second);
        Assert.Equal(7, client.DrainedBytes);
        Assert.Equal(1, client.Connections);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_silent_unit_rests_while_its_neighbours_are_asked()
    {
        await using var client = Client();
        var silent = ReadAsync(client, 5);
        using var peer = await server.AcceptAsync(Cancel);
        await peer.ReceiveAsync(Cancel, RequestLength);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ModbusFault.Timeout, (await Assert.ThrowsAsync<ModbusException>(() => silent)).Fault);
        await peer.SeeClosedAsync(Cancel);

        var neighbour = ReadAsync(client, 6);
        using var renewed = await server.AcceptAsync(Cancel);
        await renewed.ReceiveAsync(Cancel, RequestLength);

        // The device server passes the late answer of unit 5 on to the new connection.
        await renewed.SendAsync([.. Answer(5, 0xDEAD), .. Answer(6, 6)]);
        Assert.Equal(6, await neighbour);

        var again = ReadAsync(client, 5);
        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(0, renewed.Waiting);
        await renewed.SendAsync(Answer(5, 0xBEEF));
        time.Advance(TimeSpan.FromMilliseconds(1));
        await renewed.ReceiveAsync(Cancel, RequestLength);
        await renewed.SendAsync(Answer(5, 5));
        Assert.Equal(5, await again);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_exception_of_a_unit_is_told_and_busy_raises_its_gap()
    {
        await using var client = Client();
        var read = ReadAsync(client, 0x0A);
        using var peer = await server.AcceptAsync(Cancel);
        await peer.ReceiveAsync(Cancel, RequestLength);
        await peer.SendAsync(WithCrc(0x0A, 0x83, 0x06));
        Assert.Equal((byte)6, (await Assert.ThrowsAsync<ModbusException>(() => read)).ExceptionCode);
        Assert.Equal(TimeSpan.FromMilliseconds(20), client.LearnedGap(0x0A));
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_device_server_that_closed_while_idle_is_connected_again()
    {
        await using var client = Client();
        for (var i = 1; i <= 3; i++)
        {
            var read = ReadAsync(client, 1);
            using var peer = await server.AcceptAsync(Cancel);
            await peer.ReceiveAsync(Cancel, RequestLength);
            await peer.SendAsync(Answer(1, (ushort)i));
            Assert.Equal(i, await read);
            peer.Close();
        }
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_cancelled_ends_at_once_with_the_token_of_the_caller()
    {
        await using var client = Client();
        using var wish = new CancellationTokenSource();
        var read = client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 5, 1, new byte[2], wish.Token).AsTask();
        using var peer = await server.AcceptAsync(Cancel);
        await peer.ReceiveAsync(Cancel, RequestLength);
        await wish.CancelAsync();
        Assert.Equal(wish.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read)).CancellationToken);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_flood_of_noise_ends_at_the_deadline_in_bounded_memory()
    {
        await using var client = Client();
        var read = ReadAsync(client, 1);
        using var peer = await server.AcceptAsync(Cancel);
        await peer.ReceiveAsync(Cancel, RequestLength);
        for (var i = 0; i < 200; i++)
        {
            await peer.SendAsync(new byte[1000]);
        }

        await peer.SendAsync(Answer(1, 77));
        Assert.Equal(77, await read);
    }

    [Fact]
    public async Task ReadAsync_broadcast_unit_is_refused()
    {
        await using var client = Client();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ReadAsync(client, 0));
    }

    [Fact(Timeout = TooLong)]
    public async Task DisposeAsync_ends_who_waits()
    {
        var client = Client();
        var read = ReadAsync(client, 1);
        using var peer = await server.AcceptAsync(Cancel);
        await peer.ReceiveAsync(Cancel, RequestLength);
        await client.DisposeAsync();
        Assert.Equal(ModbusFault.Closed, (await Assert.ThrowsAsync<ModbusException>(() => read)).Fault);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ReadAsync(client, 1));
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_serial_port_that_is_not_there_is_unreachable()
    {
        await using var client = new ModbusRtuClient(new ModbusSerialOptions { Port = "/dev/there-is-no-such-port" }, time);
        var fault = await Assert.ThrowsAsync<ModbusException>(() => ReadAsync(client, 1));
        Assert.Equal(ModbusFault.Unreachable, fault.Fault);
        Assert.Contains("/dev/there-is-no-such-port", fault.Message, StringComparison.Ordinal);
    }

    // MODBUS over Serial Line 1.02, section 2.5.1.1: 11 bits a character; from 19 200 baud up fixed.
    [Theory]
    [InlineData(9600, 4.0104)]
    [InlineData(19200, 2.0052)]
    [InlineData(115200, 1.75)]
    public void LeastGap_is_three_and_a_half_characters(int baud, double milliseconds) =>
        Assert.Equal(milliseconds, new ModbusSerialOptions { Port = "x", BaudRate = baud }.LeastGap.TotalMilliseconds, 0.001);

    private static byte[] Answer(byte unit, ushort value) => WithCrc(unit, 3, 2, (byte)(value >> 8), (byte)value);

    /// <summary>Bit by bit as the specification describes it, apart from the table of the client.</summary>
    private static byte[] WithCrc(params byte[] body)
    {
        var crc = 0xFFFF;
        foreach (var one in body)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                var carry = crc & 1;
                crc >>= 1;
                crc ^= carry * 0xA001;
            }
        }

        return [.. body, (byte)crc, (byte)(crc >> 8)];
    }

    private static async Task<int> ReadAsync(ModbusClient client, byte unit)
    {
        var register = new byte[2];
        Assert.Equal(2, await client.ReadAsync(unit, ModbusFunction.ReadHoldingRegisters, 5, 1, register, Cancel));
        return ModbusDecoder.UInt16(register);
    }

    private ModbusRtuOverTcpClient Client() => new(new ModbusTcpOptions { Host = "127.0.0.1", Port = server.Port }, time);
}
