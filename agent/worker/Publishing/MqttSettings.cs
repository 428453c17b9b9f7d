using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeDcim.Agent.Configuration;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EdgeDcim.Agent.Publishing;

/// <summary>Turns the broker section of the configuration into options of the MQTT client. Reads certificate files anew for each connection.</summary>
internal static class MqttSettings
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <exception cref="BrokerException">A certificate file cannot be read.</exception>
    public static MqttClientOptions Build(BrokerConfig broker, Uri url, string clientId, MqttApplicationMessage? will)
    {
        var builder = new MqttClientOptionsBuilder()
            .WithClientId(clientId)
            .WithProtocolVersion(broker.Version == MqttVersion.V311 ? MqttProtocolVersion.V311 : MqttProtocolVersion.V500)
            // A clean session, expiring with the connection (Sparkplug 3.0, principles-persistence-clean-session).
            .WithCleanStart(true)
            .WithKeepAlivePeriod(KeepAlive)
            .WithTimeout(Timeout);
        if (broker.User is not null)
        {
            builder.WithCredentials(broker.User, broker.Password?.Reveal() ?? "");
        }

        if (will is not null)
        {
            builder.WithWillTopic(will.Topic).WithWillPayload(System.Buffers.BuffersExtensions.ToArray(will.Payload))
                .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).WithWillRetain(false);
        }

        if (url.Scheme is "ws" or "wss")
        {
            builder.WithWebSocketServer(options => options.WithUri(url.ToString()));
        }
        else
        {
            builder.WithTcpServer(url.Host, url.Port > 0 ? url.Port : url.Scheme == "mqtts" ? 8883 : 1883);
        }

        if (url.Scheme is "mqtts" or "wss")
        {
            builder.WithTlsOptions(Tls(broker, url));
        }

        return builder.Build();
    }

    private static MqttClientTlsOptions Tls(BrokerConfig broker, Uri url)
    {
        try
        {
            var tls = new MqttClientTlsOptionsBuilder().UseTls().WithTargetHost(url.Host).WithSslProtocols(SslProtocols.Tls12 | SslProtocols.Tls13);
            if (broker.CertificateAuthority is not null)
            {
                var trusted = new X509Certificate2Collection();
                trusted.ImportFromPemFile(broker.CertificateAuthority);
                // A private authority publishes no revocation list that every plant network can reach.
                tls.WithTrustChain(trusted).WithRevocationMode(X509RevocationMode.NoCheck);
            }

            if (broker.Certificate is not null)
            {
                using var fromPem = X509Certificate2.CreateFromPemFile(broker.Certificate, broker.Key ?? broker.Certificate);
                // Windows cannot use a key that lives in memory only; the detour through PKCS#12 works everywhere.
                tls.WithClientCertificates(new[] { X509CertificateLoader.LoadPkcs12(fromPem.Export(X509ContentType.Pkcs12), null) });
            }

            return tls.Build();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new BrokerException($"a certificate of the broker section cannot be read: {unreadable.Message.ReplaceLineEndings(" ")}", unreadable);
        }
    }
}
