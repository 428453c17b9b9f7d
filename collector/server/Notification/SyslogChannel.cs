using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeDcim.Collector.Alarms;

namespace EdgeDcim.Collector.Notification;

/// <summary>One line an event in the form of RFC 5424, over UDP (RFC 5426), TCP with octet counting (RFC 6587) or TLS (RFC 5425).</summary>
internal sealed class SyslogChannel(SyslogChannelConfig config, string site) : Channel(config)
{
    public override async Task SendAsync(OutboxMessage message, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(config.Timeout);
        var (isTcp, isTls) = (config.Server.Scheme is "tcp" or "tls", config.Server.Scheme == "tls");
        try
        {
            using var socket = isTcp ? new Socket(SocketType.Stream, ProtocolType.Tcp) : new Socket(SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(config.Server.Host, config.Server.Port > 0 ? config.Server.Port : isTls ? 6514 : isTcp ? 601 : 514, patience.Token);
            await using var tls = isTls ? await SecureAsync(socket, patience.Token) : null;
            foreach (var told in message.Events)
            {
                var line = Encoding.UTF8.GetBytes(Line(told, message.Key));
                byte[] framed = isTcp ? [.. Encoding.ASCII.GetBytes($"{line.Length.ToString(CultureInfo.InvariantCulture)} "), .. line] : line;
                if (tls is not null)
                {
                    await tls.WriteAsync(framed, patience.Token);
                    continue;
                }

                for (var sent = 0; sent < framed.Length;)
                {
                    sent += await socket.SendAsync(framed.AsMemory(sent), patience.Token);
                }
            }

            if (tls is not null)
            {
                await tls.ShutdownAsync();
            }

            if (isTcp)
            {
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (SocketException away)
        {
            throw new NotifyException($"the syslog server {config.Server.Host} did not take it: {away.SocketErrorCode}", away);
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException or CryptographicException)
        {
            throw new NotifyException($"the syslog server {config.Server.Host} and TLS: {refused.Message}", refused);
        }
        catch (OperationCanceledException late) when (!cancel.IsCancellationRequested)
        {
            throw new NotifyException($"the syslog server {config.Server.Host} did not take it in time", late);
        }
    }

    /// <summary>The server has to prove its name (RFC 5425 section 5.2), to the authority that is named or to those of the system.</summary>
    private async Task<SslStream> SecureAsync(Socket socket, CancellationToken cancel)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = config.Server.IdnHost };
        if (config.Authority is { } file)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(file);
            options.CertificateChainPolicy = policy;
        }

        var stream = new SslStream(new NetworkStream(socket, ownsSocket: false));
        try
        {
            await stream.AuthenticateAsClientAsync(options, cancel);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>RFC 5424 section 6: PRI VERSION TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG.</summary>
    public string Line(NotifyEvent told, string key)
    {
        var severity = told.Kind is NotifyKind.Cleared or NotifyKind.Test ? 5 : told.Alarm.Priority switch // notice
        {
            AlarmPriority.Critical => 2,
            AlarmPriority.High => 3,
            AlarmPriority.Medium => 4,
            _ => 5,
        };
        var at = DateTimeOffset.FromUnixTimeMilliseconds(told.AtMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var data = $"[edgedcim@0 key=\"{key}\" id=\"{told.Alarm.Id}\" device=\"{Value(told.Alarm.Device)}\" cause=\"{Value(told.Alarm.Cause)}\" priority=\"{told.Alarm.Priority.ToString().ToLowerInvariant()}\"]";
        var line = NotifyText.Line(told).ReplaceLineEndings(" ");
        return $"<{((config.Facility * 8) + severity).ToString(CultureInfo.InvariantCulture)}>1 {at} {HostName(site)} edgedcim-collector - {told.Kind.ToString().ToLowerInvariant()} {data} {line}";
    }

    private static string Value(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);

    private static string HostName(string text) => string.Concat(text.Where(letter => letter is > ' ' and < (char)127)) is { Length: > 0 } name ? name : "-";
}
