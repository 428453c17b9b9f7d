using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace EdgeDcim.Core.Supervision;

// sd_notify(3): one datagram of NAME=VALUE lines to the Unix socket that NOTIFY_SOCKET names; a name that begins with @ is in the abstract
// name space. WATCHDOG_USEC is set when the unit has WatchdogSec; WATCHDOG_PID says for which process, absent for any (sd_watchdog_enabled(3)).

/// <summary>Speaks to the service manager that started this process, systemd or one like it. Without one every call does nothing.</summary>
public sealed class ServiceManager : IDisposable
{
    private readonly Socket? socket;
    private readonly UnixDomainSocketEndPoint? at;

    private ServiceManager(string? path, TimeSpan? watchdog)
    {
        Watchdog = watchdog;
        at = path is null ? null : new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path);
        socket = at is null ? null : new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    }

    /// <summary>A process that is silent for longer than this is killed and started again; null when nobody watches.</summary>
    public TimeSpan? Watchdog { get; }

    /// <param name="variable">Gives an environment variable, or null.</param>
    public static ServiceManager Of(Func<string, string?> variable, int processId)
    {
        var path = OperatingSystem.IsWindows() ? null : variable("NOTIFY_SOCKET");
        var isForUs = variable("WATCHDOG_PID") is not { Length: > 0 } pid || pid == processId.ToString(CultureInfo.InvariantCulture);
        TimeSpan? watchdog = isForUs && long.TryParse(variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;
        return path is ['/' or '@', _, ..] ? new ServiceManager(path, watchdog) : new ServiceManager(null, null);
    }

    /// <summary>The process does its work.</summary>
    public void Ready(string status) => Say($"READY=1\nSTATUS={OneLine(status)}");

    /// <summary>It is still well; <paramref name="status"/> is what `systemctl status` shows.</summary>
    public void Beat(string status) => Say($"WATCHDOG=1\nSTATUS={OneLine(status)}");

    /// <summary>Why it will not be for long.</summary>
    public void Status(string status) => Say($"STATUS={OneLine(status)}");

    public void Stopping() => Say("STOPPING=1");

    public void Dispose() => socket?.Dispose();

    private void Say(string text)
    {
        try
        {
            socket?.SendTo(Encoding.UTF8.GetBytes(text), at!);
        }
        catch (SocketException)
        {
            // The manager is away; when it is back it looks at the process by itself.
        }
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
