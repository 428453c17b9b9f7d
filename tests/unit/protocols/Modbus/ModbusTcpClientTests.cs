using EdgeDcim.Protocols.Modbus;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Protocols.Tests.Modbus;

public sealed class ModbusTcpClientTests : ModbusTcpTest
{
    // Examples of MODBUS Application Protocol 1.1b3, sections 6.1 to 6.4.
    [Theory(Timeout = TooLong)]
    [InlineData(ModbusFunction.ReadCoils, 0x0013, 0x13, "01 00 13 00 13", "01 03 CD 6B 05", "CD6B05")]
    [InlineData(ModbusFunction.ReadDiscreteInputs, 0x00C4, 0x16, "02 00 C4 00 16", "02 03 AC DB 35", "ACDB35")]
    [InlineData(ModbusFunction.ReadHoldingRegisters, 0x006B, 3, "03 00 6B 00 03", "03 06 02 2B 00 00 00 64", "022B00000064")]
    [InlineData(ModbusFunction.ReadInputRegisters, 0x0008, 1, "04 00 08 00 01", "04 02 00 0A", "000A")]
    public async Task ReadAsync_examples_of_the_specification_are_asked_and_read(ModbusFunction function, int address, int count, string request, string answer, string expected)
    {
        await using var client = Client();
        var read = client.ReadAsync(0x11, function, (ushort)address, count, Data, Cancel).AsTask();
        using var peer = await Server.AcceptAsync(Cancel);

        var asked = await peer.ReceiveAsync(Cancel);
        Assert.Equal("0000000611" + request.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(asked[2..]));
        await peer.AnswerAsync(asked, answer);

        Assert.Equal(expected, Convert.ToHexString(Data.AsSpan(0, await read)));
    }

    [Theory(Timeout = TooLong)]
    [InlineData(65535, 1, "FFFF0001")]
    [InlineData(65411, 125, "FF83007D")]
    public async Task ReadAsync_block_ending_at_65535_is_read_exactly(int address, int count, string onTheWire)
    {
        await using var client = Client();
        var read = client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, (ushort)address, count, Data, Cancel).AsTask();
        using var peer = await Server.AcceptAsync(Cancel);
        var asked = await peer.ReceiveAsync(Cancel);
        Assert.Equal(onTheWire, Convert.ToHexString(asked[8..]));

        await peer.AnswerAsync(asked, $"03 {count * 2:X2}" + string.Concat(Enumerable.Range(0, count).Select(i => $"{i:X4}")));

        Assert.Equal(count * 2, await read);
        Assert.Equal(count - 1, ModbusDecoder.UInt16(Data.AsSpan(count * 2 - 2)));
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
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.ReadAsync(1, function, (ushort)address, count, Data, Cancel).AsTask());
    }

    [Fact]
    public async Task ReadAsync_destination_too_small_is_refused()
    {
        await using var client = Client();
        await Assert.ThrowsAsync<ArgumentException>(() => client.ReadAsync(1, ModbusFunction.ReadCoils, 0, 17, Data.AsMemory(0, 2), Cancel).AsTask());
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_2000_coils_come_in_one_answer()
    {
        await using var client = Client();
        var read = client.ReadAsync(1, ModbusFunction.ReadCoils, 63536, 2000, Data, Cancel).AsTask();
        using var peer = await Server.AcceptAsync(Cancel);
        await peer.AnswerAsync(await peer.ReceiveAsync(Cancel), "01 FA" + new string('5', 500));
        Assert.Equal(250, await read);
        Assert.Equal(0x55, Data[249]);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_exception_of_one_unit_leaves_the_others_and_the_connection_alone()
    {
        await using var client = Client();
        var dead = ReadOneAsync(client, unit: 5);
        using var peer = await Server.AcceptAsync(Cancel);
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
        var read = client.ReadAsync(3, ModbusFunction.ReadInputRegisters, 52, 2, Data, Cancel).AsTask();
        using var peer = await Server.AcceptAsync(Cancel);
        await peer.AnswerAsync(await peer.ReceiveAsync(Cancel), "84 02");
        var fault = await Assert.ThrowsAsync<ModbusException>(() => read);
        Assert.Equal(
            $"127.0.0.1:{Server.Port}, unit 3, input registers 52-53 (function 4, address 52, count 2): the device answers exception 02 (illegal data address)",
            fault.Message);
        Assert.True(fault.IsIllegalBlock);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_cancelled_while_waiting_ends_at_once_and_renews_the_connection()
    {
        await using var client = Client();
        using var wish = new CancellationTokenSource();
        var read = client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 0, 1, Data, wish.Token).AsTask();
        using var peer = await Server.AcceptAsync(Cancel);
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
        using var peer = await Server.AcceptAsync(Cancel);
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
        using var peer = await Server.AcceptAsync(Cancel);
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
        Time.Advance(TimeSpan.FromMilliseconds(39));
        Assert.Equal(0, peer.Waiting);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        await peer.AnswerAsync(await peer.ReceiveAsync(Cancel), "03 02 0003");
        Assert.Equal(3, await read);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_connect_delay_is_rest_before_the_first_request_and_outside_its_deadline()
    {
        var delay = TimeSpan.FromSeconds(2);
        var clock = new TimerWatch(delay);
        await using var client = new ModbusTcpClient(new ModbusTcpOptions { Host = "127.0.0.1", Port = Server.Port, ConnectDelay = delay }, clock);
        var read = ReadOneAsync(client);
        using var peer = await Server.AcceptAsync(Cancel);
        await clock.Started;
        clock.Advance(delay - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, peer.Waiting);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        var asked = await peer.ReceiveAsync(Cancel);
        clock.Advance(TimeSpan.FromMilliseconds(900));
        await peer.AnswerAsync(asked, "03 02 0003");
        Assert.Equal(3, await read);
    }

    [Theory(Timeout = TooLong)]
    [InlineData("83 06")]
    [InlineData("83 0B")]
    public async Task ReadAsync_first_request_of_a_connection_answered_busy_teaches_a_longer_connect_delay(string busy)
    {
        await using var client = Client();
        var first = ReadOneAsync(client);
        using var peer = await Server.AcceptAsync(Cancel);
        await peer.AnswerAsync(await peer.ReceiveAsync(Cancel), busy);
        await Assert.ThrowsAsync<ModbusException>(() => first);
        Assert.Equal(TimeSpan.FromMilliseconds(20), client.ConnectDelay);

        // Later requests say nothing about connecting.
        var second = ReadOneAsync(client, 2);
        await peer.AnswerAsync(await peer.ReceiveAsync(Cancel), busy);
        await Assert.ThrowsAsync<ModbusException>(() => second);
        Assert.Equal(TimeSpan.FromMilliseconds(20), client.ConnectDelay);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_device_with_one_slot_serves_the_next_client_once_the_first_is_gone()
    {
        // A backlog of one connection at a time: the second is accepted only after the first has ended.
        var before = Client();
        using (var peer = await AnswerNextOnNewConnectionAsync(before))
        {
            await before.DisposeAsync();
            await peer.SeeClosedAsync(Cancel);
        }

        await using var after = Client();
        using var next = await AnswerNextOnNewConnectionAsync(after);
        Assert.Equal(1, after.Connections);
        Assert.False(Server.HasWaiting);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_close_after_idle_frees_the_slot_of_the_device()
    {
        await using var client = Client(options => options with { CloseAfterIdle = TimeSpan.FromSeconds(3) });
        using var peer = await AnswerNextOnNewConnectionAsync(client);
        Time.Advance(TimeSpan.FromSeconds(1));
        Time.Advance(TimeSpan.FromSeconds(1.9));
        using var again = await AnswerNextAsync(client, peer);
        Time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.Equal(1, client.Connections);
        Time.Advance(TimeSpan.FromSeconds(1.1));
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

    /// <summary>Tells when a timer of one length begins to run.</summary>
    private sealed class TimerWatch(TimeSpan length) : FakeTimeProvider
    {
        private readonly TaskCompletionSource started = new();

        public Task Started => started.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime == length)
            {
                started.TrySetResult();
            }

            return timer;
        }
    }
}
