using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Local;

/// <summary>The agent as a program on a machine whose /sys is laid out by the test, in a mount namespace of its own.</summary>
public sealed class LocalSensorScenarios : IDisposable
{
    private const string LayOut = """
        mount -t tmpfs none /sys/class && mount -t tmpfs none /sys/bus || exit 77
        mkdir -p /sys/class/hwmon/hwmon5 /sys/bus/w1/devices/28-0316a2795b01 /sys/bus/w1/devices/28-0316a2795b02
        echo coretemp > /sys/class/hwmon/hwmon5/name; echo 41000 > /sys/class/hwmon/hwmon5/temp1_input; echo "Package id 0" > /sys/class/hwmon/hwmon5/temp1_label
        echo 'a3 01 4b 46 7f ff 0d 10 ce : crc=ce YES' > /sys/bus/w1/devices/28-0316a2795b01/w1_slave
        echo '50 05 4b 46 7f ff 0c 10 1c : crc=1c YES' > /sys/bus/w1/devices/28-0316a2795b02/w1_slave
        exec "$@"
        """;

    private readonly ScratchFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Read_auto_lists_what_the_kernel_shows_and_reads_it_by_name()
    {
        var (exit, output) = await AgentAsync("read", "--profile", "auto", "--at", "local://");

        Assert.True(exit == 0, output);
        Assert.Contains("found here: hwmon coretemp; 1-wire 28-0316a2795b01, 28-0316a2795b02", output, StringComparison.Ordinal);
        Assert.Contains("coretemp/Package id 0", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_gives_the_sound_probe_and_misses_the_one_that_holds_its_power_on_value()
    {
        var (exit, output) = await AgentAsync("read", "--profile", "maxim-ds18b20", "--at", "local://", "--json");

        Assert.True(exit == 0, output);
        Assert.Contains("\"value\": 26.1875", output, StringComparison.Ordinal);
        Assert.Contains("\"value\": null", output, StringComparison.Ordinal);
        Assert.Contains("85 °C is the power-on value", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_connects_to_what_is_here_and_names_the_bus_that_is_not()
    {
        var file = folder.File("agent.yaml");
        await File.WriteAllTextAsync(
            file,
            """
            site: edge
            agent: gateway
            broker: { url: "mqtt://127.0.0.1:1" }
            devices:
              host: { profile: linux-hwmon, at: "local://" }
              probes: { profile: maxim-ds18b20, at: "local://" }
              rack: { profile: sensirion-sht4x, at: "local://?bus=250&address=0x45" }
            """,
            Cancel);

        var (exit, output) = await AgentAsync("check", "-c", file, "--connect");

        Assert.True(exit == 1, output);
        Assert.Contains("3 devices of 3 profiles on 1 lanes", output, StringComparison.Ordinal);
        Assert.Contains("/dev/i2c-250", output, StringComparison.Ordinal);
        Assert.Equal(2, output.Split('\n').Count(line => line.Contains(" ok ", StringComparison.Ordinal)));
    }

    private async Task<(int Exit, string Output)> AgentAsync(params string[] arguments)
    {
        Peers.Require("unshare");
        var script = folder.File("machine.sh");
        await File.WriteAllTextAsync(script, LayOut, Cancel);
        var result = await OtherProcess.RunAsync("/usr/bin/unshare", ["--mount", "/bin/sh", script, Repository.Agent, .. arguments], Cancel, folder);
        Assert.SkipWhen(result.ExitCode == 77 || result.Output.Contains("unshare failed", StringComparison.Ordinal), "this user may not make a mount namespace");
        return result;
    }
}
