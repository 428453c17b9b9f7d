using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Xunit;

namespace EdgeDcim.Collector.Tests.Notification;

/// <summary>A process that receives notifications and says on its output what it got. It never outlives its test.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly List<string> lines = [];
    private readonly Process process;

    private Receiver(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (lines)
            {
                return [.. lines];
            }
        }
    }

    /// <summary>The JSON lines that have a property.</summary>
    public IReadOnlyList<JsonElement> Received(string property) =>
        [.. Lines.Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement).Where(json => json.TryGetProperty(property, out _))];

    /// <summary>Skips the running test, with the reason, on a machine where the program is not installed.</summary>
    public static void Require(string program) =>
        Assert.SkipUnless(new[] { "/usr/bin", "/usr/sbin" }.Any(folder => File.Exists(Path.Combine(folder, program))), $"{program} is not installed");

    public static async Task<Receiver> PythonAsync(CancellationToken cancel, params string[] arguments)
    {
        Require("python3");
        Assert.SkipUnless(arguments[0] != "smtp" || Directory.Exists("/usr/lib/python3/dist-packages/aiosmtpd"), "python3-aiosmtpd is not installed");
        return await StartAsync("/usr/bin/python3", [Path.Combine(Folder(), "receivers.py"), .. arguments], receiver => receiver.Received("ready").Count > 0, cancel);
    }

    public static async Task<Receiver> StartAsync(string program, IEnumerable<string> arguments, Func<Receiver, bool> isReady, CancellationToken cancel)
    {
        var receiver = new Receiver(program, arguments);
        while (!isReady(receiver))
        {
            Assert.False(receiver.process.HasExited, string.Join('\n', receiver.Lines));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancel);
        }

        return receiver;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "EdgeDcim.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, "tests", "unit", "collector", "Notification");
    }

    private void Keep(string? line)
    {
        lock (lines)
        {
            if (line is not null)
            {
                lines.Add(line);
            }
        }
    }
}
