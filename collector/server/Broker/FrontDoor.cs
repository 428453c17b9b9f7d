using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using EdgeDcim.Collector.Certificates;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Server;

namespace EdgeDcim.Collector.Broker;

/// <summary>
/// The listener of the embedded broker: bounds who may wait, does the TLS handshake and checks the client's certificate, all before the MQTT
/// server sees a byte.
/// </summary>
internal sealed partial class FrontDoor(IPEndPoint listen, BrokerLimits limits, TlsWatch? tls, bool needsCertificate, OffenceReport report, TimeProvider time, ILogger log)
    : IMqttServerAdapter
{
    private const int Backlog = 512;
    private readonly ConcurrentDictionary<IMqttChannelAdapter, Visitor> inside = new();
    private readonly CancellationTokenSource stopping = new();
    private Socket? listener;
    private Task accepting = Task.CompletedTask;

    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    public Visitors Visitors { get; } = new(limits, report);

    /// <summary>The port it listens on; the system's choice when the configuration says 0.</summary>
    public int Port { get; private set; }

    public Visitor Of(IMqttChannelAdapter channel) => inside[channel];

    /// <summary>Ends the connections whose certificate is not believed any more.</summary>
    public void CloseUnbelieved() =>
        Visitors.Close(visitor => visitor.Certificate is { } shown && tls?.Current.Refusal(shown, time.GetUtcNow()) is not null);

    public Task StartAsync(MqttServerOptions options, IMqttNetLogger logger)
    {
        listener = new Socket(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (!OperatingSystem.IsWindows())
        {
            // Connections of a former process that are still fading away do not keep the port.
            listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        }

        listener.Bind(listen);
        listener.Listen(Backlog);
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        accepting = AcceptAsync(options, logger);
        return Task.CompletedTask;
    }

    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        listener?.Dispose();
        await accepting;
        Visitors.Close(_ => true);
    }

    public void Dispose()
    {
        listener?.Dispose();
        stopping.Dispose();
    }

    private async Task AcceptAsync(MqttServerOptions options, IMqttNetLogger logger)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var socket = await listener!.AcceptAsync(stopping.Token);
                if (socket.RemoteEndPoint is IPEndPoint from && new Visitor(socket, from) is var visitor && Visitors.Enter(visitor))
                {
                    _ = ServeAsync(visitor, options, logger);
                }
            }
            catch (SocketException refused)
            {
                // The peer was gone again, or this process has no descriptors left; both pass.
                Log.NotAccepted(log, refused.SocketErrorCode);
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, CancellationToken.None);
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException && stopping.IsCancellationRequested)
            {
            }
        }
    }

    private async Task ServeAsync(Visitor visitor, MqttServerOptions options, IMqttNetLogger logger)
    {
        await Task.Yield();
        using var patience = new CancellationTokenSource(limits.ConnectWithin, time);
        await using var late = patience.Token.UnsafeRegister(_ => SendAway(visitor), null);
        try
        {
            visitor.Socket.NoDelay = true;
            visitor.Socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            await using var plain = new NetworkStream(visitor.Socket, ownsSocket: false);
            await using var stream = tls is null ? plain : await ShakeHandsAsync(plain, visitor, tls.Current, patience.Token);
            var channel = new GuardedChannel(stream, visitor, limits, report, time);
            var writer = new MqttBufferWriter(options.WriterBufferSize, options.WriterBufferSizeMax);
            using var adapter = new MqttChannelAdapter(channel, new MqttPacketFormatterAdapter(writer), logger);
            inside[adapter] = visitor;
            try
            {
                await ClientHandler!(adapter);
            }
            finally
            {
                inside.TryRemove(adapter, out _);
            }
        }
        catch (Exception ended) when (ended is IOException or AuthenticationException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            if (!visitor.IsClosed || visitor.Refusal is not null)
            {
                report.Add(Offence.Tls, visitor, $"no TLS session: {visitor.Refusal ?? (ended.InnerException ?? ended).Message.ReplaceLineEndings(" ")}");
            }
        }
        finally
        {
            Visitors.Leave(visitor);
        }
    }

    private void SendAway(Visitor visitor)
    {
        if (!visitor.IsAdmitted && !visitor.IsClosed)
        {
            report.Add(Offence.Slow, visitor, $"it did not say who it is within {limits.ConnectWithin.TotalSeconds:0} s");
            visitor.Close();
        }
    }

    private async Task<Stream> ShakeHandsAsync(Stream plain, Visitor visitor, TlsMaterial material, CancellationToken cancel)
    {
        var secure = new SslStream(plain);
        await secure.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = material.Shown,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ClientCertificateRequired = material.HasAuthorities,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                RemoteCertificateValidationCallback = (_, shown, _, _) => IsBelieved(shown, visitor, material),
            },
            cancel);
        return secure;
    }

    private bool IsBelieved(X509Certificate? shown, Visitor visitor, TlsMaterial material)
    {
        if (!material.HasAuthorities || shown is null)
        {
            visitor.Refusal = needsCertificate ? "it shows no certificate" : null;
            return !needsCertificate;
        }

        var certificate = X509CertificateLoader.LoadCertificate(shown.GetRawCertData());
        visitor.Refusal = material.Refusal(certificate, time.GetUtcNow());
        visitor.Certificate = visitor.Refusal is null ? certificate : null;
        return visitor.Refusal is null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "A connection could not be accepted: {Reason}.")]
        public static partial void NotAccepted(ILogger log, SocketError reason);
    }
}
