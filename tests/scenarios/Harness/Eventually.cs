namespace EdgeDcim.Scenarios.Harness;

/// <summary>Waits for what another process does. Looks often, gives up after a deadline and says what it last saw.</summary>
public static class Eventually
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    public static async Task<T> GetAsync<T>(Func<Task<T?>> look, string what, TimeSpan within, CancellationToken cancel)
        where T : class
    {
        var started = TimeProvider.System.GetTimestamp();
        Exception? last = null;
        while (true)
        {
            try
            {
                if (await look() is { } found)
                {
                    return found;
                }
            }
            catch (Exception notYet) when (notYet is IOException or HttpRequestException or InvalidOperationException or System.Text.Json.JsonException
                || (notYet is TaskCanceledException && !cancel.IsCancellationRequested))
            {
                last = notYet;
            }

            if (TimeProvider.System.GetElapsedTime(started) > within)
            {
                throw new TimeoutException($"{what}: not within {within.TotalSeconds:0} s{(last is null ? "" : $" (last: {last.Message})")}");
            }

            await Task.Delay(LookEvery, TimeProvider.System, cancel);
        }
    }

    public static Task TrueAsync(Func<Task<bool>> look, string what, TimeSpan within, CancellationToken cancel) =>
        GetAsync(async () => await look() ? "yes" : null, what, within, cancel);

    /// <summary>Waits until a TCP server accepts on loopback.</summary>
    public static Task ListensAsync(int port, string what, CancellationToken cancel) => ListensAsync(port, what, TimeSpan.FromSeconds(90), cancel);

    public static Task ListensAsync(int port, string what, TimeSpan within, CancellationToken cancel) =>
        TrueAsync(
            async () =>
            {
                using var client = new System.Net.Sockets.TcpClient();
                try
                {
                    await client.ConnectAsync(System.Net.IPAddress.Loopback, port, cancel);
                    return true;
                }
                catch (System.Net.Sockets.SocketException)
                {
                    return false;
                }
            },
            $"{what} listens on port {port}",
            within,
            cancel);
}
