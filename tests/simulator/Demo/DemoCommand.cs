using System.CommandLine;
using System.Net;
using System.Net.Sockets;

namespace EdgeDcim.Simulator.Demo;

/// <summary>What a demo run is asked for.</summary>
internal sealed record DemoSettings(string Collector, string Agent, bool Once, int PagePort, TimeSpan Timeout, int Seed, double StartHour, int Speed)
{
    /// <summary>The page port, or the next one that is free.</summary>
    public int FreePagePort()
    {
        for (var port = PagePort; port < PagePort + 50; port++)
        {
            if (TryBind(port) is not null)
            {
                return port;
            }
        }

        throw new IOException($"No free port for the page from {PagePort} to {PagePort + 49}.");
    }

    public static int AnyFreePort() => TryBind(0)!.Value;

    private static int? TryBind(int port)
    {
        var probe = new TcpListener(IPAddress.Loopback, port);
        try
        {
            probe.Start();
            return ((IPEndPoint)probe.LocalEndpoint).Port;
        }
        catch (SocketException)
        {
            return null;
        }
        finally
        {
            probe.Stop();
        }
    }
}

/// <summary>The <c>demo</c> verb: what install/demo.sh and demo.ps1 call once everything is built.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var collector = new Option<string>("--collector") { Description = "Path of the built edgedcim-collector.", Required = true };
        var agent = new Option<string>("--agent") { Description = "Path of the built edgedcim-agent.", Required = true };
        var once = new Option<bool>("--once") { Description = "Ends after the first complete PUE and WUE with all devices online, and prints one line of JSON." };
        var page = new Option<int>("--page-port") { Description = "Port of the page; the next free one when it is taken.", DefaultValueFactory = _ => 8080 };
        var timeout = new Option<int>("--timeout") { Description = "Seconds that --once waits at most.", DefaultValueFactory = _ => 120 };
        var seed = new Option<int>("--seed") { Description = "The same seed gives the same hall.", DefaultValueFactory = _ => 1 };
        var hour = new Option<double>("--start-hour") { Description = "Hour of the hall's day at the start.", DefaultValueFactory = _ => 10 };
        var speed = new Option<int>("--speed") { Description = "How many times as fast as the clock the hall lives.", DefaultValueFactory = _ => 1 };
        var command = new Command("demo", "Starts the hall, a collector and an agent as three processes on loopback, and stops them together.") { collector, agent, once, page, timeout, seed, hour, speed };
        command.SetAction((parsed, cancel) =>
        {
            var settings = new DemoSettings(
                parsed.GetRequiredValue(collector), parsed.GetRequiredValue(agent), parsed.GetValue(once), parsed.GetValue(page),
                TimeSpan.FromSeconds(parsed.GetValue(timeout)), parsed.GetValue(seed), parsed.GetValue(hour), parsed.GetValue(speed));
            return new DemoRun(settings, TimeProvider.System, Console.Out, Console.Error).RunAsync(cancel);
        });
        return command;
    }
}
