using System.Net.Sockets;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Protocols.Tests.Modbus;

/// <summary>Late, doubled, wrong, cut and dribbling answers, and connections that end at the worst moment.</summary>
public sealed class ModbusTcpHostileTests : ModbusTcpTest
{
    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_answer_later_than_the_deadline_is_never_taken_for_the_next()
    {
        await using var client = Client();
        var first = ReadOneAsync(client);
        using var old = await Server.AcceptAsync(Cancel);
        var late = await old.ReceiveAsync(Cancel);
        Time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(first.IsCompleted);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        var fault = await Assert.ThrowsAsync<ModbusException>(() => first);
        Assert.Equal(ModbusFault.Timeout, fault.Fault);

        var second = ReadOneAsync(client);
        using var renewed = await Server.AcceptAsync(Cancel);
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
            using var peer = await Server.AcceptAsync(Cancel);
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
        using (var peer = await Server.AcceptAsync(Cancel))
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
        using var peer = await Server.AcceptAsync(Cancel);
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
        using var peer = await Server.AcceptAsync(Cancel);
        var answer = ScriptedPeer.Frame(await peer.ReceiveAsync(Cancel), "03 02 1234");
        foreach (var one in answer[..10])
        {
            await peer.SendAsync(one);
            Time.Advance(TimeSpan.FromMilliseconds(100));
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
            using var peer = await Server.AcceptAsync(Cancel);
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

        using var second = await Server.AcceptAsync(Cancel);
        await second.ReceiveAsync(Cancel);
        second.Close();
        Assert.Equal(ModbusFault.Closed, (await Assert.ThrowsAsync<ModbusException>(() => read)).Fault);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_refused_connection_is_unreachable_and_the_next_try_connects()
    {
        var refusing = new ScriptedServer();
        var port = refusing.Port;
        refusing.Dispose();
        await using var client = new ModbusTcpClient(new ModbusTcpOptions { Host = "127.0.0.1", Port = port }, Time);
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
            new ModbusTcpOptions { Host = "127.0.0.1", Port = full.Port, ConnectTimeout = TimeSpan.FromMilliseconds(300), Timeout = TimeSpan.FromSeconds(5) }, Time);

        var read = ReadOneAsync(client);
        Time.Advance(TimeSpan.FromMilliseconds(299));
        Assert.False(read.IsCompleted);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(ModbusFault.Unreachable, (await Assert.ThrowsAsync<ModbusException>(() => read)).Fault);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadAsync_three_dead_of_fifty_targets_hold_up_none_of_the_others()
    {
        var targets = Enumerable.Range(0, 50).Select(i => (Server: new ScriptedServer(), Dead: i % 17 == 3)).ToArray();
        var clients = targets.Select(target => new ModbusTcpClient(new ModbusTcpOptions { Host = "127.0.0.1", Port = target.Server.Port }, Time)).ToArray();
        var answering = targets.Where(target => !target.Dead).Select(target => AnswerForeverAsync(target.Server)).ToArray();
        var peers = new List<ScriptedPeer>();
        try
        {
            for (var cycle = 0; cycle < 5; cycle++)
            {
                var reads = clients.Select(client => ReadOneAsync(client)).ToArray();

                // The clock stands still: who needs it to move would hang here.
                foreach (var alive in reads.Where((_, i) => !targets[i].Dead))
                {
                    Assert.Equal(42, await alive);
                }

                var dead = reads.Where((_, i) => targets[i].Dead).ToArray();
                Assert.Equal(3, dead.Length);
                foreach (var (silent, _) in targets.Where(target => target.Dead))
                {
                    var peer = await silent.AcceptAsync(Cancel);
                    peers.Add(peer);
                    await peer.ReceiveAsync(Cancel);
                }

                Time.Advance(TimeSpan.FromSeconds(1));
                foreach (var silent in dead)
                {
                    Assert.Equal(ModbusFault.Timeout, (await Assert.ThrowsAsync<ModbusException>(() => silent)).Fault);
                }
            }

            Assert.All(clients.Where((_, i) => !targets[i].Dead), client => Assert.Equal(1, client.Connections));
        }
        finally
        {
            peers.ForEach(peer => peer.Dispose());
            foreach (var (client, target) in clients.Zip(targets))
            {
                await client.DisposeAsync();
                target.Server.Dispose();
            }
        }

        await Task.WhenAll(answering);
    }

    [Fact(Timeout = 2 * TooLong)]
    public async Task ReadAsync_device_that_sends_anything_gives_values_or_faults_and_never_two_connections()
    {
        var random = new Random(20260101);
        await using var client = Client();
        for (var i = 0; i < 300; i++)
        {
            var read = ReadOneAsync(client);
            using var peer = await Server.AcceptAsync(Cancel);
            var asked = await peer.ReceiveAsync(Cancel);
            var answer = ScriptedPeer.Frame(asked, "03 02 002A");
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                answer[random.Next(answer.Length)] = (byte)random.Next(256);
            }

            await peer.SendAsync(answer);
            peer.Close();
            try
            {
                // The value itself may be flipped; everything else must be noticed.
                Assert.InRange(await read, 0, 65535);
            }
            catch (ModbusException fault)
            {
                Assert.Contains(fault.Fault, new[] { ModbusFault.BadReply, ModbusFault.Closed, ModbusFault.DeviceException });
            }
        }

        Assert.Equal(300, client.Connections);
    }

    private static async Task AnswerForeverAsync(ScriptedServer server)
    {
        using var peer = await server.AcceptAsync(Cancel);
        try
        {
            while (await peer.TryReceiveAsync(Cancel) is { } asked)
            {
                await peer.AnswerAsync(asked, "03 02 002A");
            }
        }
        catch (SocketException)
        {
            // The client has gone, as it does at the end of the test.
        }
    }
}
