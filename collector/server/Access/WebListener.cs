using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using EdgeDcim.Collector.Certificates;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace EdgeDcim.Collector.Access;

/// <summary>Where the page is heard, in plain text and with TLS, and how much of the web server one address may hold.</summary>
internal sealed class WebListener(CollectorConfig config)
{
    private const int AllConnections = 1000;

    /// <summary>A reverse proxy is one address, so this leaves it enough and the rest of the world the same again.</summary>
    private const int ConnectionsOfAnAddress = 500;

    private static readonly TimeSpan ShakeHandsWithin = TimeSpan.FromSeconds(5);
    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, int> open = [];
    private TlsWatch? watch;

    /// <summary>Reads the certificate; before the server starts.</summary>
    /// <exception cref="StartupException">It cannot be used.</exception>
    public void Load(TimeProvider time, ILogger log)
    {
        try
        {
            watch = config.Tls is { } tls && config.ListenSecure.Count > 0 ? new TlsWatch(tls, time, log) : null;
        }
        catch (CertificateException unusable)
        {
            throw new StartupException($"the web server cannot speak TLS: {unusable.Message}", unusable);
        }
    }

    /// <summary>Takes changed certificates over until it is told to stop.</summary>
    public Task WatchAsync(CancellationToken cancel) => watch?.RunAsync(cancel) ?? Task.CompletedTask;

    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = AllConnections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = AllConnections;
        kestrel.Limits.MaxRequestBodySize = 64 * 1024;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxRequestLineSize = 8 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);

        // Also how long somebody may stay silent before the first request.
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(20);
        foreach (var endpoint in config.Listen)
        {
            kestrel.Listen(endpoint, Bound);
        }

        foreach (var endpoint in config.ListenSecure)
        {
            kestrel.Listen(endpoint, listen =>
            {
                Bound(listen);
                listen.UseHttps(new TlsHandshakeCallbackOptions { HandshakeTimeout = ShakeHandsWithin, OnConnection = _ => ValueTask.FromResult(Tls()) });
            });
        }
    }

    private SslServerAuthenticationOptions Tls() => new()
    {
        ServerCertificateContext = watch!.Current.Shown,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
    };

    private void Bound(ListenOptions listen) => listen.Use(next => connection => ServeAsync(connection, next));

    private async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        if (!Enter(address))
        {
            connection.Abort(new ConnectionAbortedException("too many connections of this address"));
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Leave(address);
        }
    }

    private bool Enter(IPAddress address)
    {
        lock (gate)
        {
            var count = open.GetValueOrDefault(address);
            open[address] = Math.Min(count + 1, ConnectionsOfAnAddress);
            return count < ConnectionsOfAnAddress;
        }
    }

    private void Leave(IPAddress address)
    {
        lock (gate)
        {
            if (--open[address] == 0)
            {
                open.Remove(address);
            }
        }
    }
}
