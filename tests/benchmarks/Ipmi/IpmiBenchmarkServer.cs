using System.Globalization;
using EdgeDcim.Simulator.Ipmi;

namespace EdgeDcim.Benchmarks.Ipmi;

/// <summary>A controller with many sensors, in a process of its own so that its CPU is not counted. Prints its port and serves until its input ends.</summary>
internal static class IpmiBenchmarkServer
{
    public const int Sensors = 60;
    public const string User = "edge";
    public const string Password = "s3cret-word";

    public static async Task<int> RunAsync(string[] args)
    {
        var suite = args is [var given, ..] ? byte.Parse(given, CultureInfo.InvariantCulture) : (byte)3;
        var model = new BmcModel { Power = (1215, 900, 1267, 1222) };
        for (byte number = 1; number <= Sensors; number++)
        {
            model.Add(SdrBytes.Full(number, $"Temp {number}", 1, 7, number, 1), number, 0xC0, 0xC0);
        }

        await using var controller = new BmcServer(model, new BmcOptions { User = User, Password = Password, Suites = [suite], HasVersion2 = suite != 0, MaxSessions = 400 });
        Console.WriteLine(controller.EndPoint.Port);
        while (await Console.In.ReadLineAsync() is not null)
        {
            // Until the other side goes.
        }

        return 0;
    }
}
