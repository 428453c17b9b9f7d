using EdgeDcim.Protocols.Modbus;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Protocols.Tests.Modbus;

public sealed class ModbusTcpPipeliningTests : IDisposable
{
    private const int TooLong = 60_000;

    private readonly FakeTimeProvider time = new();
    private readonly ScriptedServer server = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => server.Dispose();

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_answers_in_any_order_reach_their_requests_and_no_more_than_allowed_are_under_way()
    {
        await using var client = Client(3);
        var reads = Enumerable.Range(1, 4).Select(unit => ReadAsync(client, (byte)unit)).ToArray();
        using var peer = await server.AcceptAsync(Cancel);
        var asked = new List<byte[]>();
        for (var i = 0; i < 3; i++)
        {
            asked.Add(await peer.ReceiveAsync(Cancel));
        }

        Assert.Equal(0, peer.Waiting);
        Assert.Equal(3, asked.Select(request => request[1]).Distinct().Count());
        await peer.SendAsync([.. asked.AsEnumerable().Reverse().SelectMany(request => ScriptedPeer.Frame(request, $"03 02 00 {request[6]:X2}"))]);
        var last = await peer.ReceiveAsync(Cancel);
        await peer.AnswerAsync(last, $"03 02 00 {last[6]:X2}");
        var values = await Task.WhenAll(reads);
        Assert.Equal([1, 2, 3, 4], values);
        Assert.Equal(1, client.Connections);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_one_silent_unit_takes_no_answer_from_the_others_and_renews_the_connection_after_them()
    {
        await using var client = Client(2);
        var silent = ReadAsync(client, 9);
        using var peer = await server.AcceptAsync(Cancel);
        await peer.ReceiveAsync(Cancel);
        time.Advance(TimeSpan.FromMilliseconds(500));
        var alive = ReadAsync(client, 2);
        var asked = await peer.ReceiveAsync(Cancel);
        time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(ModbusFault.Timeout, (await Assert.ThrowsAsync<ModbusException>(() => silent)).Fault);

        // A new request waits for the new connection, so that a device with one slot is never asked for two.
        var next = ReadAsync(client, 3);
        Assert.False(next.IsCompleted);
        Assert.Equal(0, peer.Waiting);
        await peer.AnswerAsync(asked, "03 02 0002");
        Assert.Equal(2, await alive);
        await peer.SeeClosedAsync(Cancel);
        using var renewed = await server.AcceptAsync(Cancel);
        await renewed.AnswerAsync(await renewed.ReceiveAsync(Cancel), "03 02 0003");
        Assert.Equal(3, await next);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_foreign_transaction_fails_everyone_under_way_because_it_may_be_anybodys()
    {
        await using var client = Client(2);
        Task<int>[] reads = [ReadAsync(client, 1), ReadAsync(client, 2)];
        using var peer = await server.AcceptAsync(Cancel);
        await peer.ReceiveAsync(Cancel, 24);
        await peer.SendAsync(0x77, 0x77, 0, 0, 0, 5, 1, 3, 2, 0, 1);
        foreach (var read in reads)
        {
            Assert.Equal(ModbusFault.BadReply, (await Assert.ThrowsAsync<ModbusException>(() => read)).Fault);
        }
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_refused_connection_fails_all_who_waited_for_it_with_one_attempt()
    {
        using var full = new ScriptedServer(backlog: 0);
        using var slot = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        await slot.ConnectAsync("127.0.0.1", full.Port, Cancel);
        await using var client = new ModbusTcpClient(new ModbusTcpOptions { Host = "127.0.0.1", Port = full.Port, MaxInFlight = 8 }, time);
        var reads = Enumerable.Range(0, 8).Select(unit => ReadAsync(client, (byte)unit)).ToArray();
        time.Advance(TimeSpan.FromSeconds(1));
        foreach (var read in reads)
        {
            Assert.Equal(ModbusFault.Unreachable, (await Assert.ThrowsAsync<ModbusException>(() => read)).Fault);
        }
    }

    private ModbusTcpClient Client(int inFlight) => new(new ModbusTcpOptions { Host = "127.0.0.1", Port = server.Port, MaxInFlight = inFlight }, time);

    private static async Task<int> ReadAsync(ModbusTcpClient client, byte unit)
    {
        var register = new byte[2];
        await client.ReadAsync(unit, ModbusFunction.ReadHoldingRegisters, 0, 1, register, Cancel);
        return ModbusDecoder.UInt16(register);
    }
}
