using System.Globalization;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Benchmarks.Modbus;

/// <summary>Our TCP client, a bare socket and libmodbus take turns at the same server; the ratio within a round cancels what the machine does besides.</summary>
internal static class ModbusBenchmark
{
    private const int Requests = 10_000;
    private const int Rounds = 11;
    private const int Registers = 40;
    private const int SideBySide = 50;

    public static async Task<int> RunAsync(string[] args)
    {
        var (server, line) = await ChildProcess.StartAsync("modbus-server");
        using var ownServer = server;
        var port = int.Parse(line, CultureInfo.InvariantCulture);
        using var raw = new RawExchange();
        await raw.ConnectAsync(port);
        await using var client = new ModbusTcpClient(new ModbusTcpOptions { Host = "127.0.0.1", Port = port }, TimeProvider.System);
        var many = Enumerable.Range(0, SideBySide).Select(_ => new ModbusTcpClient(new ModbusTcpOptions { Host = "127.0.0.1", Port = port }, TimeProvider.System)).ToArray();
        await using var pipelining = new ModbusTcpClient(new ModbusTcpOptions { Host = "127.0.0.1", Port = port, MaxInFlight = 8 }, TimeProvider.System);
        using var cancellation = new CancellationTokenSource();
        using var libmodbus = new LibmodbusClient();

        var contestants = new List<(string Name, Func<Task<Usage>> Round)>
        {
            ("bare async socket, no checks", () => Usage.OfAsync(Requests, requests => raw.RunAsync(requests, Registers))),
            ("ModbusTcpClient", () => Usage.OfAsync(Requests, requests => ReadAsync(client, requests, CancellationToken.None))),
            ("ModbusTcpClient, cancellable", () => Usage.OfAsync(Requests, requests => ReadAsync(client, requests, cancellation.Token))),
            ($"{SideBySide} ModbusTcpClients side by side", () => Usage.OfAsync(
                Requests, requests => Task.WhenAll(many.Select(one => ReadAsync(one, requests / SideBySide, CancellationToken.None))))),
            ("ModbusTcpClient, 8 requests under way", () => Usage.OfAsync(
                Requests, requests => Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ReadAsync(pipelining, requests / 8, CancellationToken.None))))),
        };
        if (await libmodbus.TryBuildAsync())
        {
            contestants.Add(("libmodbus' client (C, blocking)", () => libmodbus.MeasureAsync(line, Requests, Registers)));
        }

        foreach (var (_, warmUp) in contestants)
        {
            await warmUp();
        }

        var rounds = contestants.Select(_ => new List<Usage>()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < contestants.Count; i++)
            {
                rounds[i].Add(await contestants[i].Round());
            }
        }

        Console.WriteLine($"Modbus TCP, {Registers} registers a request, {Rounds} rounds of {Requests} requests each, medians:");
        Console.WriteLine();
        Console.WriteLine("| client | CPU µs a request | against the bare socket | bytes allocated a request | µs from request to answer |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        for (var i = 0; i < contestants.Count; i++)
        {
            var median = Usage.Median(rounds[i]);
            var ratio = rounds[i].Zip(rounds[0], (own, first) => own.CpuMicroseconds / first.CpuMicroseconds).Order().ElementAt(Rounds / 2);
            var bytes = double.IsNaN(median.Bytes) ? "" : median.Bytes.ToString("0", CultureInfo.InvariantCulture);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {contestants[i].Name} | {median.CpuMicroseconds:0.0} | {ratio:0.00} × | {bytes} | {median.WallMicroseconds:0} |"));
        }

        foreach (var one in many)
        {
            await one.DisposeAsync();
        }

        return 0;
    }

    private static async Task ReadAsync(ModbusTcpClient client, int requests, CancellationToken cancel)
    {
        var data = new byte[250];
        for (var i = 0; i < requests; i++)
        {
            await client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 0, Registers, data, cancel);
        }
    }
}
