using System.Diagnostics;
using System.Globalization;
using System.IO.Ports;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Benchmarks.Modbus;

/// <summary>Our RTU client and libmodbus' take turns on one pseudo serial line with a libmodbus server at its other end.</summary>
internal static class ModbusSerialBenchmark
{
    private const int Requests = 300;
    private const int Rounds = 7;
    private const int Registers = 40;

    public static async Task<int> RunAsync(string[] args)
    {
        using var libmodbus = new LibmodbusClient();
        if (!await libmodbus.TryBuildAsync())
        {
            await Console.Error.WriteLineAsync("gcc and libmodbus-dev are needed.");
            return 1;
        }

        var folder = Directory.CreateTempSubdirectory("edgedcim-line-");
        var ours = Path.Combine(folder.FullName, "ours");
        var theirs = Path.Combine(folder.FullName, "theirs");
        using var socat = Process.Start("socat", [$"PTY,link={ours},raw,echo=0", $"PTY,link={theirs},raw,echo=0"]);
        while (!File.Exists(theirs))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
        }

        using var server = Process.Start(new ProcessStartInfo(libmodbus.Server, ["rtu", theirs, "1"]) { RedirectStandardOutput = true })!;
        await server.StandardOutput.ReadLineAsync();
        try
        {
            var options = new ModbusSerialOptions { Port = ours, BaudRate = 115_200, Parity = Parity.None, Timeout = TimeSpan.FromSeconds(5) };
            var own = new List<Usage>();
            var other = new List<Usage>();
            for (var round = -1; round < Rounds; round++)
            {
                // The first is the compiler's.
                if (round == 0)
                {
                    own.Clear();
                }

                await using (var client = new ModbusRtuClient(options, TimeProvider.System))
                {
                    own.Add(await Usage.OfAsync(Requests, requests => ReadAsync(client, requests)));
                }

                other.Add(await libmodbus.MeasureAsync(ours, Requests, Registers));
            }

            Console.WriteLine("| client | CPU µs a request | bytes allocated a request | ms from request to answer |");
            Console.WriteLine("| --- | ---: | ---: | ---: |");
            Print("ModbusRtuClient, 1.75 ms gap", Usage.Median(own));
            Print("libmodbus' client (C, blocking, no gap)", Usage.Median(other));
            return 0;
        }
        finally
        {
            server.Kill();
            socat.Kill();
        }
    }

    private static void Print(string name, Usage usage) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {usage.CpuMicroseconds:0} | {(double.IsNaN(usage.Bytes) ? "" : usage.Bytes.ToString("0", CultureInfo.InvariantCulture))} | {usage.WallMicroseconds / 1000:0.0} |"));

    private static async Task ReadAsync(ModbusRtuClient client, int requests)
    {
        var data = new byte[250];
        for (var i = 0; i < requests; i++)
        {
            await client.ReadAsync(1, ModbusFunction.ReadHoldingRegisters, 0, Registers, data, CancellationToken.None);
        }
    }
}
