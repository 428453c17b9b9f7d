using System.Diagnostics;
using System.Globalization;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Benchmarks.Modbus;

/// <summary>A thousand devices that take 200 ms to answer, each asked once a second: waiting must cost neither threads nor time.</summary>
internal static class ModbusManyBenchmark
{
    private const int Devices = 1000;
    private const int Cycles = 20;
    private const int Registers = 40;

    public static async Task<int> RunAsync(string[] args)
    {
        var (server, line) = await ChildProcess.StartAsync("modbus-server", "200");
        using var ownServer = server;
        var port = int.Parse(line, CultureInfo.InvariantCulture);
        var clients = Enumerable.Range(0, Devices)
            .Select(_ => new ModbusTcpClient(new ModbusTcpOptions { Host = "127.0.0.1", Port = port }, TimeProvider.System)).ToArray();
        await CycleAsync(clients);

        var times = new List<double>();
        var late = 0;
        var threads = 0;
        using var process = Process.GetCurrentProcess();
        var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
        var usage = await Usage.OfAsync(
            Devices * Cycles,
            async _ =>
            {
                for (var cycle = 0; cycle < Cycles; cycle++)
                {
                    await second.WaitForNextTickAsync();
                    var start = Stopwatch.GetTimestamp();
                    late += await CycleAsync(clients);
                    times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                    process.Refresh();
                    threads = Math.Max(threads, process.Threads.Count);
                }
            });

        Console.WriteLine("| devices | answer after | CPU µs a request | bytes allocated a request | a whole cycle, median | faults | most threads in the process |");
        Console.WriteLine("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {Devices} | 200 ms | {usage.CpuMicroseconds:0.0} | {usage.Bytes:0} | {times.Order().ElementAt(Cycles / 2):0} ms | {late} | {threads} |"));
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }

        return 0;
    }

    /// <summary>Asks all side by side; returns how many did not answer.</summary>
    private static async Task<int> CycleAsync(ModbusTcpClient[] clients) => (await Task.WhenAll(clients.Select(ReadAsync))).Sum();

    private static async Task<int> ReadAsync(ModbusTcpClient client)
    {
        var data = new byte[Registers * 2];
        try
        {
            await client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 0, Registers, data, CancellationToken.None);
            return 0;
        }
        catch (ModbusException)
        {
            return 1;
        }
    }
}
