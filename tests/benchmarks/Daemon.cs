using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EdgeDcim.Benchmarks;

/// <summary>A program of others that serves until it is ended, and what it costs.</summary>
internal sealed class Daemon : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process process;

    private Daemon(Process process) => this.process = process;

    public ProcessCost Cost => ProcessCost.Of(process.Id);

    /// <summary>Null where the program is not installed.</summary>
    public static Daemon? Start(string program, params string[] arguments)
    {
        if (!File.Exists(program))
        {
            return null;
        }

        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new Daemon(process);
    }

    /// <summary>The body of an answer; waits until there is one at all.</summary>
    public static async Task<string> GetAsync(HttpClient http, Uri address)
    {
        for (var begun = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                return await http.GetStringAsync(address);
            }
            catch (HttpRequestException refused) when (refused.StatusCode is null && Stopwatch.GetElapsedTime(begun) < Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.Dispose();
    }
}
