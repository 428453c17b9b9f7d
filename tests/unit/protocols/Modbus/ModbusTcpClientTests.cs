using System.Net.Sockets;
using EdgeDcim.Protocols.Modbus;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Protocols.Tests.Modbus;

public sealed class ModbusTcpClientTests : IDisposable
{
    private const int TooLong = 20_000;

    private readonly FakeTimeProvider time = new();
    private readonly ScriptedServer server = new();
    private readonly byte[] data = new byte[250];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => server.Dispose();

    // Examples of MODBUS Application Protocol 1.1b3, sections 6.1 to 6.4.
    [Theory(Timeout = TooLong)]
    [InlineData(ModbusFunction.ReadCoils, 0x0013, 0x13, "01 00 13 00 13", "01 03 CD 6B 05", "CD6B05")]
    [InlineData(ModbusFunction.ReadDiscreteInputs, 0x00C4, 0x16, "02 00 C4 00 16", "02 03 AC DB 35", "ACDB35")]
    [InlineData(ModbusFunction.ReadHoldingRegisters, 0x006B, 3, "03 00 6B 00 03", "03 06 02 2B 00 00 00 64", "022B00000064")]
    [InlineData(ModbusFunction.ReadInputRegisters, 0x0008, 1, "04 00 08 00 01", "04 02 00 0A", "000A")]
    public async Task ReadAsync_examples_of_the_specification_are_asked_and_read(ModbusFunction function, int address, int count, string request, string answer, string expected)
    {
        await using var client = Client();
        var read = client.ReadAsync(0x11, function, (ushort)address, count, data, Cancel).AsTask();
        using var peer = await server.AcceptAsync(Cancel);

        var asked = await peer.ReceiveAsync(Cancel);
        Assert.Equal("0000000611" + request.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(asked[2..]));
        await peer.AnswerAsync(asked, answer);

        Assert.Equal(expected, Convert.ToHexString(data.AsSpan(0, await read)));
    }

    [Theory(Timeout = TooLong)]
    [InlineData(65535, 1, "FFFF0001")]
    [InlineData(65411, 125, "FF83007D")]
    public async Task ReadAsync_block_ending_at_65535_is_read_exactly(int address, int count, string onTheWire)
    {
        await using var client = Client();
        var read = client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, (ushort)address, count, data, Cancel).AsTask();
        using var peer = await server.AcceptAsync(Cancel);
        var asked = await peer.ReceiveAsync(Cancel);
        Assert.Equal(onTheWire, Convert.ToHexString(asked[8..]));

        await peer.AnswerAsync(asked, $"03 {count * 2:X2}" + string.Concat(Enumerable.Range(0, count).Select(i => $"{i:X4}")));

        Assert.Equal(count * 2, await read);
        Assert.Equal(count - 1, ModbusDecoder.UInt16(data.AsSpan(count * 2 - 2)));
    }

    [Theory]
    [InlineData(ModbusFunction.ReadHoldingRegisters, 65535, 2)]
    [InlineData(ModbusFunction.ReadHoldingRegisters, 0, 0)]
    [InlineData(ModbusFunction.ReadHoldingRegisters, 0, 126)]
    [InlineData(ModbusFunction.ReadInputRegisters, 0, -1)]
    [InlineData(ModbusFunction.ReadCoils, 0, 2001)]
    [InlineData((ModbusFunction)5, 0, 1)]
    [InlineData((ModbusFunction)16, 0, 1)]
    public async Task ReadAsync_block_that_no_request_can_carry_is_refused(ModbusFunction function, int address, int count)
    {
        await using var client = Client();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.ReadAsync(1, function, (ushort)address, count, data, Cancel).AsTask());
    }

    [Fact]
    public async Task ReadAsync_destination_too_small_is_refused()
    {
        await using var client = Client();
        await Assert.ThrowsAsync<ArgumentException>(() => client.ReadAsync(1, ModbusFunction.ReadCoils, 0, 17, data.AsMemory(0, 2), Cancel).AsTask());
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_2000_coils_come_in_one_answer()
    {
        await using var client = Client();
        var read = client.ReadAsync(1, ModbusFunction.ReadCoils, 63536, 2000, data, Cancel).AsTask();
        using var peer = await server.AcceptAsync(Cancel);
        await peer.AnswerAsync(await peer.ReceiveAsync(Cancel), "01 FA" + new string('5', 500));
        Assert.Equal(250, await read);
        Assert.Equal(0x55, data[249]);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_answer_later_than_the_deadline_is_never_taken_for_the_next()
    {
        await using var client = Client();
        var first = ReadOneAsync(client);
        using var old = await server.AcceptAsync(Cancel);
        var late = await old.ReceiveAsync(Cancel);
        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(first.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        var fault = await Assert.ThrowsAsync<ModbusException>(() => first);
        Assert.Equal(ModbusFault.Timeout, fault.Fault);

        var second = ReadOneAsync(client);
        using var renewed = await server.AcceptAsync(Cancel);
        await SendIgnoringResetAsync(old, ScriptedPeer.Frame(late, "03 02 DEAD"));
        var asked = await renewed.ReceiveAsync(Cancel);
        Assert.NotEqual(late[..2], asked[..2]);

        // Even on the new connection the old transaction is nobody's.
        await renewed.SendAsync(ScriptedPeer.Frame(late, "03 02 BEEF"));
        await renewed.AnswerAsync(asked, "03 02 0007");
        Assert.Equal(7, await second);
        await renewed.SeeClosedAsync(Cancel);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_every_answer_sent_twice_gives_right_values()
    {
        await using var client = Client();
        for (var i = 1; i <= 5; i++)
        {
            var read = ReadOneAsync(client);
            using var peer = await server.AcceptAsync(Cancel);
            var asked = await peer.ReceiveAsync(Cancel);
            var answer = ScriptedPeer.Frame(asked, $"03 02 {i:X4}");
            await peer.SendAsync([.. answer, .. answer]);
            Assert.Equal(i, await read);
            await peer.SeeClosedAsync(Cancel);
        }
    }

    [Theory(Timeout = TooLong)]
    [InlineData("1234 0000 0005 01 03 02 0001", "transaction 4660")]
    [InlineData("TTTT 0000 0005 02 03 02 0001", "unit 2")]
    [InlineData("TTTT 0000 0005 01 04 02 0001", "function 4")]
    [InlineData("TTTT 0000 0003 01 84 02", "function 132")]
    [InlineData("TTTT 0001 0005 01 03 02 0001", "no Modbus TCP frame")]
    [InlineData("TTTT 0000 0002 01 03", "no Modbus TCP frame")]
    [InlineData("TTTT 0000 00FF 01 03", "no Modbus TCP frame")]
    [InlineData("TTTT 0000 FFFF 01 03", "no Modbus TCP frame")]
    [InlineData("TTTT 0000 0003 01 03 02", "carries 0 data bytes")]
    [InlineData("TTTT 0000 0005 01 03 04 0001", "announces 4")]
    [InlineData("TTTT 0000 0006 01 03 02 0001 FF", "carries 3 data bytes")]
    [InlineData("TTTT 0000 0007 01 03 04 0001 0002", "announces 4")]
    [InlineData("TTTT 0000 0004 01 83 02 00", "instead of 2")]
    public async Task ReadAsync_wrong_answer_is_a_bad_reply_and_renews_the_connection(string answer, string cause)
    {
        await using var client = Client();
        var read = ReadOneAsync(client);
        using (var peer = await server.AcceptAsync(Cancel))
        {
            var asked = await peer.ReceiveAsync(Cancel);
            await peer.SendAsync(Convert.FromHexString(answer.Replace("TTTT", $"{asked[0]:X2}{asked[1]:X2}", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal)));
            var fault = await Assert.ThrowsAsync<ModbusException>(() => read);
            Assert.Equal(ModbusFault.BadReply, fault.Fault);
            Assert.Contains(cause, fault.Message, StringComparison.Ordinal);
            await peer.SeeClosedAsync(Cancel);
        }

        await AnswerNextOnNewConnectionAsync(client);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_answer_dribbling_byte_by_byte_is_read()
    {
        await using var client = Client();
        var read = ReadOneAsync(client);
        using var peer = await server.AcceptAsync(Cancel);
        foreach (var one in ScriptedPeer.Frame(await peer.ReceiveAsync(Cancel), "03 02 1234"))
        {
            Assert.False(read.IsCompleted);
            await peer.SendAsync(one);
        }

        Assert.Equal(0x1234, await read);
        Assert.Equal(1, client.Connections);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_dribbling_does_not_move_the_deadline()
    {
        await using var client = Client();
        var read = ReadOneAsync(client);
        using var peer = await server.AcceptAsync(Cancel);
        var answer = ScriptedPeer.Frame(await peer.ReceiveAsync(Cancel), "03 02 1234");
        foreach (var one in answer[..10])
        {
            await peer.SendAsync(one);
            time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(ModbusFault.Timeout, (await Assert.ThrowsAsync<ModbusException>(() => read)).Fault);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_connection_closed_at_any_byte_of_the_answer_is_closed()
    {
        await using var client = Client();
        for (var sent = 0; sent < 11; sent++)
        {
            var read = ReadOneAsync(client);
            using var peer = await server.AcceptAsync(Cancel);
            await peer.SendAsync(ScriptedPeer.Frame(await peer.ReceiveAsync(Cancel), "03 02 1234")[..sent]);
            peer.Close();
            Assert.Equal(ModbusFault.Closed, (await Assert.ThrowsAsync<ModbusException>(() => read)).Fault);
        }

        await AnswerNextOnNewConnectionAsync(client);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_connection_closed_while_idle_is_renewed_unnoticed()
    {
        await using var client = Client();
        for (var i = 0; i < 3; i++)
        {
            using var peer = await AnswerNextOnNewConnectionAsync(client);
            peer.Close();
        }
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_reused_connection_closed_under_the_request_is_asked_once_more()
    {
        await using var client = Client();
        using var first = await AnswerNextOnNewConnectionAsync(client);
        var read = ReadOneAsync(client);
        await first.ReceiveAsync(Cancel);
        first.Close();

        using var second = await server.AcceptAsync(Cancel);
        await second.ReceiveAsync(Cancel);
        second.Close();
        Assert.Equal(ModbusFault.Closed, (await Assert.ThrowsAsync<ModbusException>(() => read)).Fault);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_exception_of_one_unit_leaves_the_others_and_the_connection_alone()
    {
        await using var client = Client();
        var dead = ReadOneAsync(client, unit: 5);
        using var peer = await server.AcceptAsync(Cancel);
        await peer.AnswerAsync(await peer.ReceiveAsync(Cancel), "83 0B");
        var fault = await Assert.ThrowsAsync<ModbusException>(() => dead);
        Assert.Equal(ModbusFault.DeviceException, fault.Fault);
        Assert.Equal((byte)0x0B, fault.ExceptionCode);
        Assert.True(fault.IsLater);
        Assert.Equal(5, fault.Unit);

        foreach (var unit in new byte[] { 0, 1, 255 })
        {
            var alive = ReadOneAsync(client, unit);
            var asked = await peer.ReceiveAsync(Cancel);
            Assert.Equal(unit, asked[6]);
            await peer.AnswerAsync(asked, "03 02 0009");
            Assert.Equal(9, await alive);
        }

        Assert.Equal(1, client.Connections);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_fault_names_peer_unit_function_address_count_and_cause()
    {
        await using var client = Client();
        var read = client.ReadAsync(3, ModbusFunction.ReadInputRegisters, 52, 2, data, Cancel).AsTask();
        using var peer = await server.AcceptAsync(Cancel);
        await peer.AnswerAsync(await peer.ReceiveAsync(Cancel), "84 02");
        var fault = await Assert.ThrowsAsync<ModbusException>(() => read);
        Assert.Equal(
            $"127.0.0.1:{server.Port}, unit 3, input registers 52-53 (function 4, address 52, count 2): the device answers exception 02 (illegal data address)",
            fault.Message);
        Assert.True(fault.IsIllegalBlock);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_refused_connection_is_unreachable_and_the_next_try_connects()
    {
        var refusing = new ScriptedServer();
        var port = refusing.Port;
        refusing.Dispose();
        await using var client = new ModbusTcpClient(new ModbusTcpOptions { Host = "127.0.0.1", Port = port }, time);
        for (var i = 0; i < 2; i++)
        {
            var fault = await Assert.ThrowsAsync<ModbusException>(() => ReadOneAsync(client));
            Assert.Equal(ModbusFault.Unreachable, fault.Fault);
            Assert.IsType<SocketException>(fault.InnerException);
        }
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_connection_that_is_never_accepted_is_unreachable_at_the_connect_timeout()
    {
        // A full backlog drops the handshake, as a device without a free slot does.
        using var full = new ScriptedServer(backlog: 0);
        using var first = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await first.ConnectAsync("127.0.0.1", full.Port, Cancel);
        await using var client = new ModbusTcpClient(
            new ModbusTcpOptions { Host = "127.0.0.1", Port = full.Port, ConnectTimeout = TimeSpan.FromMilliseconds(300), Timeout = TimeSpan.FromSeconds(5) }, time);

        var read = ReadOneAsync(client);
        time.Advance(TimeSpan.FromMilliseconds(299));
        Assert.False(read.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(ModbusFault.Unreachable, (await Assert.ThrowsAsync<ModbusException>(() => read)).Fault);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_cancelled_while_waiting_ends_at_once_and_renews_the_connection()
    {
        await using var client = Client();
        using var wish = new CancellationTokenSource();
        var read = client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 0, 1, data, wish.Token).AsTask();
        using var peer = await server.AcceptAsync(Cancel);
        await peer.ReceiveAsync(Cancel);
        await wish.CancelAsync();
        var end = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.Equal(wish.Token, end.CancellationToken);
        await peer.SeeClosedAsync(Cancel);
        await AnswerNextOnNewConnectionAsync(client);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_cancelled_before_its_turn_does_not_disturb_the_one_under_way()
    {
        await using var client = Client();
        using var wish = new CancellationTokenSource();
        var first = ReadOneAsync(client);
        using var peer = await server.AcceptAsync(Cancel);
        var asked = await peer.ReceiveAsync(Cancel);
        var second = client.ReadAsync(2, ModbusFunction.ReadHoldingRegisters, 0, 1, new byte[2], wish.Token).AsTask();
        await wish.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await peer.AnswerAsync(asked, "03 02 0005");
        Assert.Equal(5, await first);
        Assert.Equal(0, peer.Waiting);
    }

    [Fact(Timeout = TooLong)]
    public async Task DisposeAsync_ends_who_waits_and_refuses_who_comes()
    {
        var client = Client();
        var read = ReadOneAsync(client);
        using var peer = await server.AcceptAsync(Cancel);
        await peer.ReceiveAsync(Cancel);
        await client.DisposeAsync();
        Assert.Equal(ModbusFault.Closed, (await Assert.ThrowsAsync<ModbusException>(() => read)).Fault);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ReadOneAsync(client));
        await peer.SeeClosedAsync(Cancel);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_gap_is_quiet_time_after_the_last_answer()
    {
        await using var client = Client(options => options with { Gap = TimeSpan.FromMilliseconds(40) });
        using var peer = await AnswerNextOnNewConnectionAsync(client);
        var read = ReadOneAsync(client);
        time.Advance(TimeSpan.FromMilliseconds(39));
        Assert.Equal(0, peer.Waiting);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await peer.AnswerAsync(await peer.ReceiveAsync(Cancel), "03 02 0003");
        Assert.Equal(3, await read);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_connect_delay_is_rest_before_the_first_request_and_outside_its_deadline()
    {
        await using var client = Client(options => options with { ConnectDelay = TimeSpan.FromSeconds(2) });
        var read = ReadOneAsync(client);
        using var peer = await server.AcceptAsync(Cancel);
        while (peer.Waiting == 0)
        {
            time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        await peer.AnswerAsync(await peer.ReceiveAsync(Cancel), "03 02 0003");
        Assert.Equal(3, await read);
        Assert.True(time.GetUtcNow() - time.Start >= TimeSpan.FromSeconds(2));
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_close_after_idle_frees_the_slot_of_the_device()
    {
        await using var client = Client(options => options with { CloseAfterIdle = TimeSpan.FromSeconds(3) });
        using var peer = await AnswerNextOnNewConnectionAsync(client);
        time.Advance(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(1.9));
        using var again = await AnswerNextAsync(client, peer);
        time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.Equal(1, client.Connections);
        time.Advance(TimeSpan.FromSeconds(1.1));
        await peer.SeeClosedAsync(Cancel);
        await AnswerNextOnNewConnectionAsync(client);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_close_after_idle_of_zero_closes_after_each_answer()
    {
        await using var client = Client(options => options with { CloseAfterIdle = TimeSpan.Zero });
        for (var i = 0; i < 3; i++)
        {
            using var peer = await AnswerNextOnNewConnectionAsync(client);
            await peer.SeeClosedAsync(Cancel);
        }
    }

    private ModbusTcpClient Client(Func<ModbusTcpOptions, ModbusTcpOptions>? change = null)
    {
        var options = new ModbusTcpOptions { Host = "127.0.0.1", Port = server.Port };
        return new ModbusTcpClient(change?.Invoke(options) ?? options, time);
    }

    private static async Task<int> ReadOneAsync(ModbusTcpClient client, byte unit = 1)
    {
        var register = new byte[2];
        Assert.Equal(2, await client.ReadAsync(unit, ModbusFunction.ReadHoldingRegisters, 0x6B, 1, register, Cancel));
        return ModbusDecoder.UInt16(register);
    }

    private async Task<ScriptedPeer> AnswerNextOnNewConnectionAsync(ModbusTcpClient client)
    {
        var read = ReadOneAsync(client);
        var peer = await server.AcceptAsync(Cancel);
        await peer.AnswerAsync(await peer.ReceiveAsync(Cancel), "03 02 002A");
        Assert.Equal(42, await read);
        return peer;
    }

    private static async Task<ScriptedPeer> AnswerNextAsync(ModbusTcpClient client, ScriptedPeer peer)
    {
        var read = ReadOneAsync(client);
        await peer.AnswerAsync(await peer.ReceiveAsync(Cancel), "03 02 002B");
        Assert.Equal(43, await read);
        return peer;
    }

    private static async Task SendIgnoringResetAsync(ScriptedPeer peer, byte[] bytes)
    {
        try
        {
            await peer.SendAsync(bytes);
        }
        catch (SocketException)
        {
            // The client has closed this connection already, which is as good.
        }
    }
}
