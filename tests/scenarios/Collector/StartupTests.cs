using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Collector;

/// <summary>What a person reads and a service manager sees when the collector cannot run: a sentence and an exit code, never a trace.</summary>
public sealed class StartupTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Run_with_a_wrong_configuration_prints_every_problem_and_ends_with_3()
    {
        var (code, output) = await RunAsync("site: demo\nlisten: here\njournal: { max: 1 }\nbrokr: x\n");
        Assert.Equal(3, code);
        Assert.Equal(
            [":2:9:", ":3:17:", ":4:1:"],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[line.IndexOf(".yaml:", StringComparison.Ordinal)..].Split(' ')[0][5..]));
    }

    [Fact]
    public async Task Run_with_a_file_that_does_not_exist_ends_with_3()
    {
        var (code, output) = await OtherProcess.RunAsync(Repository.Collector, ["run", "-c", folder.File("no.yaml")], Cancel, folder);
        Assert.Equal(3, code);
        Assert.Contains("cannot be read", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_on_a_web_port_in_use_says_so_and_ends_with_1()
    {
        using var taken = Take(out var port);
        await SentenceAsync($"site: demo\nlisten: http://127.0.0.1:{port}\nbroker: {{ embedded: {{ listen: \"127.0.0.1:{Ports.FreeTcp()}\" }} }}\n", "the port is already in use");
    }

    [Fact]
    public async Task Run_on_an_mqtt_port_in_use_says_so_and_ends_with_1()
    {
        using var taken = Take(out var port);
        await SentenceAsync($"site: demo\nlisten: http://127.0.0.1:{Ports.FreeTcp()}\nbroker: {{ embedded: {{ listen: \"127.0.0.1:{port}\" }} }}\n", "the port is already in use");
    }

    [Fact]
    public async Task Run_without_a_broker_says_so_and_ends_with_1() =>
        await SentenceAsync($"site: demo\nlisten: http://127.0.0.1:{Ports.FreeTcp()}\nbroker: {{ url: \"mqtt://127.0.0.1:{Ports.FreeTcp()}\" }}\n", "connection refused; start the broker");

    [Fact]
    public async Task Run_with_a_broker_that_refuses_the_password_says_so_and_ends_with_1()
    {
        Peers.Require("mosquitto");
        var port = Ports.FreeTcp();
        await File.WriteAllTextAsync(folder.File("users"), "", Cancel);
        await File.WriteAllTextAsync(folder.File("mosquitto.conf"), $"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {folder.File("users")}\nuser root\n", Cancel);
        await using var mosquitto = OtherProcess.Start("mosquitto", ["-c", folder.File("mosquitto.conf")], folder);
        await Eventually.ListensAsync(port, "mosquitto", Cancel);
        await SentenceAsync(
            $"site: demo\nlisten: http://127.0.0.1:{Ports.FreeTcp()}\nbroker: {{ url: \"mqtt://127.0.0.1:{port}\", user: noc, password: \"${{env:EDGEDCIM_TEST_PASSWORD}}\" }}\n",
            "refused the collector", ("EDGEDCIM_TEST_PASSWORD", "hunter2"));
    }

    [Fact]
    public async Task Run_with_a_data_folder_that_cannot_be_written_says_so_and_ends_with_1()
    {
        await File.WriteAllTextAsync(folder.File("file"), "", Cancel);
        await SentenceAsync($"site: demo\nlisten: http://127.0.0.1:{Ports.FreeTcp()}\ndata: file/below\n", "cannot be written");
    }

    [Fact]
    public async Task A_second_collector_on_the_same_data_is_turned_away()
    {
        var configuration = $"site: demo\nlisten: http://127.0.0.1:{Ports.FreeTcp()}\nbroker: {{ embedded: {{ listen: \"127.0.0.1:{Ports.FreeTcp()}\" }} }}\n";
        await File.WriteAllTextAsync(folder.File("first.yaml"), configuration, Cancel);
        await using var first = OtherProcess.Start(Repository.Collector, ["run", "-c", folder.File("first.yaml")], folder);
        await Eventually.TrueAsync(() => Task.FromResult(first.Output.Contains("its page is at", StringComparison.Ordinal)), "the first one runs", TimeSpan.FromSeconds(60), Cancel);
        await SentenceAsync(configuration, "open in another process");
    }

    [Fact]
    public async Task Check_accepts_what_run_accepts_and_a_wrong_verb_ends_with_2()
    {
        await File.WriteAllTextAsync(folder.File("good.yaml"), "site: demo\n", Cancel);
        Assert.Equal(0, (await OtherProcess.RunAsync(Repository.Collector, ["check", "-c", folder.File("good.yaml")], Cancel, folder)).ExitCode);
        Assert.Equal(2, (await OtherProcess.RunAsync(Repository.Collector, ["chek"], Cancel, folder)).ExitCode);
        Assert.False(Directory.Exists(folder.File("data")));
    }

    [Fact]
    public async Task A_collector_that_is_told_to_stop_ends_with_0()
    {
        await File.WriteAllTextAsync(
            folder.File("stop.yaml"), $"site: demo\nlisten: http://127.0.0.1:{Ports.FreeTcp()}\nbroker: {{ embedded: {{ listen: \"127.0.0.1:{Ports.FreeTcp()}\" }} }}\n", Cancel);
        await using var collector = OtherProcess.Start(Repository.Collector, ["run", "-c", folder.File("stop.yaml")], folder);
        await Eventually.TrueAsync(() => Task.FromResult(collector.Output.Contains("its page is at", StringComparison.Ordinal)), "it runs", TimeSpan.FromSeconds(60), Cancel);
        await collector.SignalAsync("TERM", Cancel);
        await collector.WaitForExitAsync(Cancel);
        Assert.Equal(0, collector.ExitCode);
    }

    private async Task SentenceAsync(string configuration, string expected, params (string Name, string Value)[] environment)
    {
        var (code, output) = await RunAsync(configuration, environment);
        Assert.Equal(1, code);
        var said = output.Split('\n').Where(line => line.StartsWith("edgedcim-collector: ", StringComparison.Ordinal)).ToList();
        Assert.Contains(expected, Assert.Single(said), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", output, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string configuration, params (string Name, string Value)[] environment)
    {
        var file = folder.File("collector.yaml");
        await File.WriteAllTextAsync(file, configuration, Cancel);
        return await OtherProcess.RunAsync(Repository.Collector, ["run", "-c", file], Cancel, folder, environment.ToDictionary(pair => pair.Name, pair => pair.Value));
    }

    private static TcpListener Take(out string port)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        return listener;
    }
}
