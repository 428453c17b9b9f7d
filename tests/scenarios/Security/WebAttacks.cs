using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Security;

/// <summary>The web server under slow, oversized and malformed requests, and over TLS.</summary>
[Collection(nameof(SecuredCollector))]
public sealed class WebAttacks(SecuredCollector collector)
{
    private const int HalfOpen = 10_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_slow_loris_is_ended_within_the_time_for_headers()
    {
        using var client = await OpenAsync();
        var stream = client.GetStream();
        var ended = RawMqtt.ReadToEndAsync(stream, Cancel);
        await stream.WriteAsync("GET /healthz HTTP/1.1\r\nHost: x\r\n"u8.ToArray(), Cancel);
        try
        {
            while (!ended.IsCompleted)
            {
                await stream.WriteAsync("X: y\r\n"u8.ToArray(), Cancel);
                await Task.WhenAny(ended, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Cancel));
            }
        }
        catch (IOException)
        {
            // Ended while the next header was written.
        }

        Assert.DoesNotContain("200", Encoding.ASCII.GetString(await ended), StringComparison.Ordinal);
        await collector.HarmsNobodyAsync(Cancel);
    }

    [Fact]
    public async Task Thousands_of_silent_connections_are_bounded_and_the_page_answers_others()
    {
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < HalfOpen; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(socket);
                socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.3"), 0));
                try
                {
                    await socket.ConnectAsync(IPAddress.Loopback, collector.WebPort, Cancel);
                }
                catch (SocketException)
                {
                    // Beyond the bound: refused as soon as it is there.
                }
            }

            // From another address the page answers as if nothing were.
            await collector.HarmsNobodyAsync(Cancel);
            await Eventually.TrueAsync(() => Task.FromResult(sockets.Count(IsEnded) >= HalfOpen), "the silent connections end", TimeSpan.FromSeconds(120), Cancel);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }

        await collector.HarmsNobodyAsync(Cancel);
    }

    [Theory]
    [InlineData("GET /%00%ff HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET / HTTP/9.9\r\nHost: x\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("\0\0\0\0\0\0\0\0\r\n\r\n")]
    [InlineData("POST /api/v1/alarms HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")]
    [InlineData("POST /api/v1/alarms HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x")]
    [InlineData("GET /api/v1/readings?device=%2e%2e%2f%2e%2e%2fetc%2fpasswd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /../../../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")]
    public async Task A_malformed_request_is_answered_with_a_refusal_that_tells_nothing(string request)
    {
        var answer = await AskAsync(Encoding.Latin1.GetBytes(request));
        Assert.DoesNotContain("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1 500", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
        await collector.HarmsNobodyAsync(Cancel);
    }

    [Theory]
    [InlineData(20_000, 0, "414")]
    [InlineData(10, 100_000, "431")]
    public async Task An_oversized_request_is_refused(int line, int header, string status)
    {
        var answer = await AskAsync(Encoding.ASCII.GetBytes($"GET /{new string('a', line)} HTTP/1.1\r\nHost: x\r\nX: {new string('b', header)}\r\n\r\n"));

        // The connection may be reset over what the server did not read, and take the answer with it.
        Assert.True(answer.Length == 0 || answer.StartsWith($"HTTP/1.1 {status}", StringComparison.Ordinal), answer);
        await collector.HarmsNobodyAsync(Cancel);
    }

    [Fact]
    public async Task Random_bytes_end_only_their_own_connection()
    {
        var random = new Random(20_26);
        for (var i = 0; i < 200; i++)
        {
            var bytes = new byte[random.Next(1, 2000)];
            random.NextBytes(bytes);
            await AskAsync([.. bytes, .. "\r\n\r\n"u8]);
        }

        await collector.HarmsNobodyAsync(Cancel);
    }

    [Fact]
    public async Task The_page_is_served_over_TLS_with_the_certificate_of_the_site_and_only_over_TLS()
    {
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPemFile(collector.Pki.Authority);
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
            },
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(trusted);
        using var http = new HttpClient(handler);
        using var answer = await http.GetAsync($"https://localhost:{collector.SecureWebPort}/readyz", Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        // Plain HTTP on that port is no way in.
        using var plain = new TcpClient();
        await plain.ConnectAsync(IPAddress.Loopback, collector.SecureWebPort, Cancel);
        await plain.GetStream().WriteAsync("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Cancel);
        Assert.DoesNotContain("200", Encoding.ASCII.GetString(await RawMqtt.ReadToEndAsync(plain.GetStream(), Cancel)), StringComparison.Ordinal);
        await collector.HarmsNobodyAsync(Cancel);
    }

    private static bool IsEnded(Socket socket)
    {
        try
        {
            return socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private async Task<TcpClient> OpenAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, collector.WebPort, Cancel);
        return client;
    }

    private async Task<string> AskAsync(byte[] request)
    {
        using var client = await OpenAsync();
        var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(request, Cancel);
            client.Client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception refused) when (refused is IOException or SocketException)
        {
            // Refused before all of it was written; the answer is there all the same.
        }

        return Encoding.Latin1.GetString(await RawMqtt.ReadToEndAsync(stream, Cancel));
    }
}
