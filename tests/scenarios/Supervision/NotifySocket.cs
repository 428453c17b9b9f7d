using System.Net.Sockets;
using System.Text;

namespace EdgeDcim.Scenarios.Supervision;

/// <summary>Listens where a service manager would: everything that a process says by sd_notify.</summary>
internal sealed class NotifySocket : IAsyncDisposable
{
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly List<string> heard = [];
    private readonly Task listening;

    public NotifySocket(string path)
    {
        socket.Bind(new UnixDomainSocketEndPoint(path));
        Environment = new Dictionary<string, string> { ["NOTIFY_SOCKET"] = path, ["WATCHDOG_USEC"] = "3000000" };
        listening = ListenAsync();
    }

    /// <summary>What a unit with WatchdogSec=3 gives its process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>The datagrams so far.</summary>
    public IReadOnlyList<string> Heard
    {
        get
        {
            lock (heard)
            {
                return [.. heard];
            }
        }
    }

    public int Beats => Heard.Count(word => word.StartsWith("WATCHDOG=1", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await listening;
    }

    private async Task ListenAsync()
    {
        var buffer = new byte[4096];
        while (true)
        {
            try
            {
                var length = await socket.ReceiveAsync(buffer);
                lock (heard)
                {
                    heard.Add(Encoding.UTF8.GetString(buffer, 0, length));
                }
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
