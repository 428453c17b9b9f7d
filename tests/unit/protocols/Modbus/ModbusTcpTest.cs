using System.Net.Sockets;
using EdgeDcim.Protocols.Modbus;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Protocols.Tests.Modbus;

/// <summary>A TCP client, a server whose every byte the test places, and a clock that the test moves.</summary>
public abstract class ModbusTcpTest : IDisposable
{
    protected const int TooLong = 60_000;

    private protected FakeTimeProvider Time { get; } = new();

    private protected ScriptedServer Server { get; } = new();

    protected byte[] Data { get; } = new byte[250];

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Server.Dispose();
        GC.SuppressFinalize(this);
    }

    protected ModbusTcpClient Client(Func<ModbusTcpOptions, ModbusTcpOptions>? change = null)
    {
        var options = new ModbusTcpOptions { Host = "127.0.0.1", Port = Server.Port };
        return new ModbusTcpClient(change?.Invoke(options) ?? options, Time);
    }

    protected static async Task<int> ReadOneAsync(ModbusTcpClient client, byte unit = 1)
    {
        var register = new byte[2];
        Assert.Equal(2, await client.ReadAsync(unit, ModbusFunction.ReadHoldingRegisters, 0x6B, 1, register, Cancel));
        return ModbusDecoder.UInt16(register);
    }

    private protected async Task<ScriptedPeer> AnswerNextOnNewConnectionAsync(ModbusTcpClient client)
    {
        var read = ReadOneAsync(client);
        var peer = await Server.AcceptAsync(Cancel);
        await peer.AnswerAsync(await peer.ReceiveAsync(Cancel), "03 02 002A");
        Assert.Equal(42, await read);
        return peer;
    }

    private protected static async Task<ScriptedPeer> AnswerNextAsync(ModbusTcpClient client, ScriptedPeer peer)
    {
        var read = ReadOneAsync(client);
        await peer.AnswerAsync(await peer.ReceiveAsync(Cancel), "03 02 002B");
        Assert.Equal(43, await read);
        return peer;
    }

    private protected static async Task SendIgnoringResetAsync(ScriptedPeer peer, byte[] bytes)
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
