using System.Net;
using System.Net.Sockets;

namespace EdgeDcim.Agent.Tests.Publishing;

/// <summary>Stands between a client and its broker, and can stop to take anything from the client, so that its sends get stuck half way.</summary>
internal sealed class PausablePipe : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly int brokerPort;
    private readonly Task serving;
    private TaskCompletionSource open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Socket? near;

    public PausablePipe(int brokerPort)
    {
        this.brokerPort = brokerPort;
        open.SetResult();
        listener.Server.ReceiveBufferSize = 8192;
        listener.Start();
        serving = ServeAsync();
    }

    public Uri Url => new($"mqtt://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    /// <summary>While paused: bytes of the client wait here, as many as the socket takes.</summary>
    public bool IsFull => near is { Available: > 4000 };

    public void Pause() => open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume() => open.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await serving;
        stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            near = await listener.AcceptSocketAsync(stopping.Token);
            using var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
            using (near)
            {
                await far.ConnectAsync(IPAddress.Loopback, brokerPort, stopping.Token);
                await Task.WhenAll(PumpAsync(near, far, pausable: true), PumpAsync(far, near, pausable: false));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool pausable)
    {
        var buffer = new byte[4096];
        while (true)
        {
            if (pausable)
            {
                await open.Task.WaitAsync(stopping.Token);
            }

            var read = await from.ReceiveAsync(buffer, SocketFlags.None, stopping.Token);
            if (read == 0)
            {
                to.Shutdown(SocketShutdown.Send);
                return;
            }

            await to.SendAsync(buffer.AsMemory(0, read), SocketFlags.None, stopping.Token);
        }
    }
}
