using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace EdgeDcim.Protocols.Tests.Redfish;

/// <summary>One request as it came in.</summary>
internal sealed record Asked(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>An HTTP server on bare sockets: a test says what each request gets, down to the octets, one request a connection.</summary>
internal sealed class ScriptedService : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new(); // holds nothing that would need to be disposed of
    private readonly ConcurrentQueue<Asked> asked = new();
    private readonly ConcurrentBag<Task> conversations = [];
    private readonly Func<Asked, Stream, CancellationToken, Task> answer;
    private readonly X509Certificate2? certificate;
    private readonly Task accepting;

    public ScriptedService(Func<Asked, Stream, CancellationToken, Task> answer, X509Certificate2? certificate = null)
    {
        this.answer = answer;
        this.certificate = certificate;
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>A service that answers each request with a text, as <see cref="Reply"/> makes it.</summary>
    public static ScriptedService Of(Func<Asked, string> answer) => new(async (request, stream, cancel) => await stream.WriteAsync(Encoding.UTF8.GetBytes(answer(request)), cancel));

    /// <summary>A service with a root and resources by path; others are 404.</summary>
    public static ScriptedService Holding(Dictionary<string, string> resources) =>
        Of(request => resources.TryGetValue(request.Path, out var json) ? Reply(200, json) : Reply(404, "{}"));

    public Uri Address => new($"{(certificate is null ? "http" : "https")}://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

    public IReadOnlyList<Asked> Requests => [.. asked];

    public IReadOnlyList<string> Lines => [.. asked.Select(request => $"{request.Method} {request.Path}")];

    public static string Reply(int status, string body, params string[] headers) =>
        $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nConnection: close\r\n{string.Concat(headers.Select(header => header + "\r\n"))}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested)
        {
            return;
        }

        await stop.CancelAsync();
        await accepting;
        listener.Stop();
        await Task.WhenAll(conversations);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                conversations.Add(TalkAsync(await listener.AcceptTcpClientAsync(stop.Token)));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The way it ends.
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var owned = client;
        try
        {
            await using Stream stream = certificate is null ? client.GetStream() : new SslStream(client.GetStream());
            if (stream is SslStream secure)
            {
                await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop.Token);
            }

            if (await ReadAsync(stream) is { } request)
            {
                asked.Enqueue(request);
                await answer(request, stream, stop.Token);
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException or SocketException or ObjectDisposedException)
        {
            // The client went away, as it may.
        }
    }

    private async Task<Asked?> ReadAsync(Stream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        int end;
        while ((end = text.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
        {
            var read = await stream.ReadAsync(buffer, stop.Token);
            if (read == 0)
            {
                return null;
            }

            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        var lines = text.ToString()[..end].Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var length = headers.TryGetValue("Content-Length", out var given) ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture) : 0;
        var body = text.ToString()[(end + 4)..];
        while (body.Length < length)
        {
            body += Encoding.Latin1.GetString(buffer, 0, await stream.ReadAsync(buffer, stop.Token));
        }

        var words = lines[0].Split(' ');
        return new Asked(words[0], words[1], headers, body);
    }
}
