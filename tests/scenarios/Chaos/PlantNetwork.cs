using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Chaos;

/// <summary>A network of its own for gateway and devices, joined to the rest by one cable that can be pulled.</summary>
internal sealed class PlantNetwork : IAsyncDisposable
{
    private const string Near = "10.231.7.1";
    private const string Far = "10.231.7.2";
    private readonly string name = $"edc{Environment.ProcessId}";

    private PlantNetwork()
    {
    }

    /// <summary>The address on which the plant sees this side.</summary>
    public static string HostAddress => Near;

    private string NearEnd => $"{name}h";

    private string FarEnd => $"{name}p";

    public static async Task<PlantNetwork> CreateAsync(CancellationToken cancel)
    {
        Assert.SkipUnless(Environment.UserName == "root" && OtherProcess.IsInstalled("ip"), "network namespaces need root and iproute2");
        var network = new PlantNetwork();
        await network.IpAsync(cancel, "netns", "add", network.name);
        await network.IpAsync(cancel, "link", "add", network.NearEnd, "type", "veth", "peer", "name", network.FarEnd);
        await network.IpAsync(cancel, "link", "set", network.FarEnd, "netns", network.name);
        await network.IpAsync(cancel, "addr", "add", $"{Near}/30", "dev", network.NearEnd);
        await network.IpAsync(cancel, "link", "set", network.NearEnd, "up");
        await network.IpAsync(cancel, "-n", network.name, "addr", "add", $"{Far}/30", "dev", network.FarEnd);
        await network.IpAsync(cancel, "-n", network.name, "link", "set", network.FarEnd, "up");
        await network.IpAsync(cancel, "-n", network.name, "link", "set", "lo", "up");
        return network;
    }

    /// <summary>Starts a program inside. <c>ip</c> becomes that program, so a signal reaches it.</summary>
    public OtherProcess Start(string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string>? environment = null) =>
        OtherProcess.Start(
            "ip", ["netns", "exec", name, "env", .. (environment ?? new Dictionary<string, string>()).Select(pair => $"{pair.Key}={pair.Value}"), program, .. arguments], folder);

    public Task PullAsync(CancellationToken cancel) => IpAsync(cancel, "link", "set", NearEnd, "down");

    public Task PlugAsync(CancellationToken cancel) => IpAsync(cancel, "link", "set", NearEnd, "up");

    public async ValueTask DisposeAsync() => await OtherProcess.RunAsync("ip", ["netns", "del", name], CancellationToken.None);

    private async Task IpAsync(CancellationToken cancel, params string[] arguments)
    {
        var (code, output) = await OtherProcess.RunAsync("ip", arguments, cancel);
        if (code != 0)
        {
            await DisposeAsync();
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {output}");
        }
    }
}
