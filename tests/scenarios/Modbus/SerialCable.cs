using EdgeDcim.Scenarios.Harness;

namespace EdgeDcim.Scenarios.Modbus;

/// <summary>A serial line of two pseudo terminals; pulling it out takes both ends away, as an unplugged adapter does.</summary>
internal sealed class SerialCable : IAsyncDisposable
{
    private readonly OtherProcess socat;

    private SerialCable(OtherProcess socat, string ours, string theirs)
    {
        this.socat = socat;
        Ours = ours;
        Theirs = theirs;
    }

    public string Ours { get; }

    public string Theirs { get; }

    public static async Task<SerialCable> PlugInAsync(string folder, CancellationToken cancel)
    {
        Peers.Require("socat");
        var ours = Path.Combine(folder, "ttyOurs");
        var theirs = Path.Combine(folder, "ttyTheirs");
        var socat = OtherProcess.Start("socat", [$"PTY,link={ours},raw,echo=0", $"PTY,link={theirs},raw,echo=0"], folder);
        var cable = new SerialCable(socat, ours, theirs);
        await cable.IsThereAsync(cancel);
        return cable;
    }

    public async Task PullOutAsync()
    {
        await socat.KillAsync();
        File.Delete(Ours);
        File.Delete(Theirs);
    }

    public async Task PlugInAgainAsync(CancellationToken cancel)
    {
        socat.StartAgain();
        await IsThereAsync(cancel);
    }

    public ValueTask DisposeAsync() => socat.DisposeAsync();

    private Task IsThereAsync(CancellationToken cancel) => Eventually.TrueAsync(
        () => Task.FromResult(File.Exists(Ours) && File.Exists(Theirs)), "socat makes the line", TimeSpan.FromSeconds(10), cancel);
}
