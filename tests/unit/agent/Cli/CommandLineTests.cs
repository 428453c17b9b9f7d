using EdgeDcim.Agent.Cli;

namespace EdgeDcim.Agent.Tests.Cli;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData(2, "Unrecognized command", "chek")]
    [InlineData(2, "'--profile' is required", "read", "--at", "snmp://127.0.0.1")]
    [InlineData(2, "did you mean 'rfc1628'?", "read", "--profile", "rfc162", "--at", "snmp://127.0.0.1")]
    [InlineData(2, "a file of your own is named by its path", "profiles", "show", "rfc162")]
    [InlineData(2, "is no address", "read", "--profile", "rfc1628", "--at", "127.0.0.1")]
    [InlineData(2, "reads snmp, but the address is modbus", "read", "--profile", "rfc1628", "--at", "modbus://127.0.0.1")]
    [InlineData(2, "write a duration", "read", "--profile", "rfc1628", "--at", "snmp://127.0.0.1", "--timeout", "5")]
    [InlineData(2, "there is no nowhere.yaml", "check", "-c", "nowhere.yaml")]
    public async Task RunAsync_wrongArguments_areExplainedOnStderr(int code, string expected, params string[] arguments)
    {
        var (exit, output, error) = await RunAsync(arguments);

        Assert.Equal((code, ""), (exit, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_unreachableDevice_failsWithOneSentence()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();

        var (exit, output, error) = await RunAsync("read", "--profile", "eastron-sdm630", "--at", $"modbus://127.0.0.1:{port}");

        Assert.Equal((1, ""), (exit, output));
        Assert.StartsWith($"127.0.0.1:{port}, unit 1, input registers", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_rejectedConfiguration_givesCode3()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "sit: x\n", TestContext.Current.CancellationToken);

        var (exit, _, error) = await RunAsync("check", "-c", file);

        File.Delete(file);
        Assert.Equal(3, exit);
        Assert.Contains($"{file}:1:1: the key 'sit' is not known (did you mean 'site'?)", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_profilesLint_acceptsTheLibrary() => Assert.Equal((0, ""), await RunAsync("profiles", "lint") is var (exit, _, error) ? (exit, error) : default);

    [Fact]
    public async Task RunAsync_profilesLint_takesAFolderAndCountsOneAsOne()
    {
        var folder = Directory.CreateTempSubdirectory("edgedcim-").FullName;
        File.Copy(Path.Combine(AppContext.BaseDirectory, "hardware-profiles", "ups", "rfc1628.yaml"), Path.Combine(folder, "rfc1628.yaml"));

        var result = await RunAsync("profiles", "lint", folder);

        Directory.Delete(folder, recursive: true);
        Assert.Equal((0, $"1 profile is sound{Environment.NewLine}", ""), result);
    }

    [Fact]
    public async Task RunAsync_profilesShow_printsWhatIsDoneToARawValueAndWhereAnInheritedPointStands()
    {
        var (exit, output, _) = await RunAsync("profiles", "show", "carlo-gavazzi-em540");

        Assert.Equal(0, exit);
        Assert.Matches("power.active +- +W +fast +carlo-gavazzi-em340:[0-9]+ +input/40 +raw × 0.1; missing: 2147483647", output);
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var exit = await CommandLine.RunAsync(
            arguments,
            [ReadCommand.Create(TimeProvider.System), CheckCommand.Create(TimeProvider.System), ProfilesCommand.Create(TimeProvider.System)],
            output, error, TestContext.Current.CancellationToken);
        return (exit, output.ToString(), error.ToString());
    }
}
