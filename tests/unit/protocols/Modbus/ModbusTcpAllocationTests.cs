using System.Diagnostics;
using System.Reflection;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Protocols.Tests.Modbus;

/// <summary>Counts what the whole process allocates, so nothing else may run beside it.</summary>
[Collection(Alone)]
public sealed class ModbusTcpAllocationTests
{
    private const string Alone = "allocation";
    private const int Requests = 2_000;

    // A debug build makes an object of each of the three state machines of a request.
    private static readonly long Budget = typeof(ModbusTcpClient).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true } ? 500 : 200;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadAsync_hot_path_allocates_less_than_200_bytes_a_request_in_a_release_build()
    {
        using var server = new ScriptedServer();
        await using var client = new ModbusTcpClient(new ModbusTcpOptions { Host = "127.0.0.1", Port = server.Port, Timeout = TimeSpan.FromMinutes(1) }, TimeProvider.System);
        var first = ReadAsync(client, 1);
        using var peer = await server.AcceptAsync(Cancel);
        var answering = Task.Run(() => peer.EchoRegisterAsync(Cancel), Cancel);
        await first;
        await Task.Run(() => ReadAsync(client, Requests), Cancel);

        // Away from the test framework's synchronisation context, which allocates for every await.
        var before = GC.GetTotalAllocatedBytes(true);
        await Task.Run(() => ReadAsync(client, Requests), Cancel);
        Assert.InRange((GC.GetTotalAllocatedBytes(true) - before) / Requests, 0, Budget - 1);
        await client.DisposeAsync();
        await answering;
    }

    private static async Task ReadAsync(ModbusTcpClient client, int requests)
    {
        using var cancellation = new CancellationTokenSource();
        var data = new byte[2];
        for (var i = 0; i < requests; i++)
        {
            await client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 0, 1, data, cancellation.Token);
        }
    }

    [CollectionDefinition(Alone, DisableParallelization = true)]
    public sealed class AloneCollection;
}
