using System.Globalization;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Benchmarks.Modbus;

/// <summary>Our TCP client and a bare socket take turns at the same server; the ratio of each pair cancels what the machine does besides.</summary>
internal static class ModbusBenchmark
{
    private const int Requests = 10_000;
    private const int Rounds = 11;
    private const int Registers = 40;

    public static async Task<int> RunAsync(string[] args)
    {
        var (server, line) = await ChildProcess.StartAsync("modbus-server");
        using var ownServer = server;
        var port = int.Parse(line, CultureInfo.InvariantCulture);
        using var raw = new RawExchange();
        await raw.ConnectAsync(port);
        await using var client = new ModbusTcpClient(new ModbusTcpOptions { Host = "127.0.0.1", Port = port }, TimeProvider.System);
        var data = new byte[250];

        Func<int, Task> bare = requests => raw.RunAsync(requests, Registers);
        Func<int, Task> ours = async requests =>
        {
            for (var i = 0; i < requests; i++)
            {
                await client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 0, Registers, data, CancellationToken.None);
            }
        };

        using var cancellation = new CancellationTokenSource();
        Func<int, Task> cancellable = async requests =>
        {
            for (var i = 0; i < requests; i++)
            {
                await client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 0, Registers, data, cancellation.Token);
            }
        };

        (string Name, Func<int, Task> Work)[] contestants =
        [
            ("bare async socket, no checks", bare),
            ("ModbusTcpClient", ours),
            ("ModbusTcpClient, cancellable", cancellable),
        ];
        foreach (var (_, work) in contestants)
        {
            await Usage.OfAsync(Requests, work);
        }

        var rounds = contestants.Select(_ => new List<Usage>()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < contestants.Length; i++)
            {
                rounds[i].Add(await Usage.OfAsync(Requests, contestants[i].Work));
            }
        }

        Console.WriteLine($"Modbus TCP, {Registers} registers a request, {Rounds} rounds of {Requests} requests each, medians:");
        Console.WriteLine();
        Console.WriteLine("| client | CPU µs a request | against the bare socket | bytes allocated a request | µs from request to answer |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        for (var i = 0; i < contestants.Length; i++)
        {
            var median = Usage.Median(rounds[i]);
            var ratio = rounds[i].Zip(rounds[0], (own, first) => own.CpuMicroseconds / first.CpuMicroseconds).Order().ElementAt(Rounds / 2);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {contestants[i].Name} | {median.CpuMicroseconds:0.0} | {ratio:0.00} × | {median.Bytes:0} | {median.WallMicroseconds:0} |"));
        }

        return 0;
    }
}
