using EdgeDcim.Collector.Alarms;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace EdgeDcim.Collector.Notification;

/// <summary>Mail. The message id is the key of the message, so a mail that came twice is seen to be one.</summary>
internal sealed class SmtpChannel(SmtpChannelConfig config, string site, TimeZoneInfo zone) : Channel(config)
{
    public override async Task SendAsync(OutboxMessage message, CancellationToken cancel)
    {
        using var mail = new MimeMessage();
        mail.From.Add(MailboxAddress.Parse(config.From));
        mail.To.AddRange(config.To.Select(MailboxAddress.Parse));
        mail.Subject = NotifyText.Subject(site, message.Events);
        mail.MessageId = $"{message.Key}@edgedcim.{site}";
        mail.Headers.Add("X-EdgeDcim-Key", message.Key);
        mail.Body = new TextPart("plain") { Text = NotifyText.Body(message.Events, zone) };
        using var client = new SmtpClient { Timeout = (int)config.Timeout.TotalMilliseconds };
        try
        {
            var security = config.Server.Scheme switch
            {
                "smtps" => SecureSocketOptions.SslOnConnect,
                "smtp+tls" => SecureSocketOptions.StartTls,
                _ => SecureSocketOptions.StartTlsWhenAvailable,
            };
            var port = config.Server.Port > 0 ? config.Server.Port : config.Server.Scheme == "smtps" ? 465 : config.Server.Scheme == "smtp" ? 25 : 587;
            await client.ConnectAsync(config.Server.Host, port, security, cancel);
            if (config.User is { } user)
            {
                await client.AuthenticateAsync(user, config.Password?.Reveal() ?? "", cancel);
            }

            await client.SendAsync(mail, cancel);
        }
        catch (Exception refused) when (refused is IOException or System.Net.Sockets.SocketException or MailKit.ProtocolException or MailKit.CommandException or AuthenticationException or SslHandshakeException)
        {
            throw new NotifyException($"the mail server {config.Server.Host}:{config.Server.Port} did not take the mail: {refused.Message.Split('\n')[0].TrimEnd('.')}", refused);
        }

        try
        {
            await client.DisconnectAsync(quit: true, cancel);
        }
        catch (Exception late) when (late is IOException or MailKit.ProtocolException or MailKit.CommandException)
        {
            // The mail is taken; how the connection ends changes nothing.
        }
    }
}
