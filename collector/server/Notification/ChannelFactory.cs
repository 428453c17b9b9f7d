using System.Globalization;
using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Broker;
using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Collector.Notification;

/// <summary>Makes the channels of a site. To add a way to tell: its configuration, its class, its line here.</summary>
internal sealed class ChannelFactory(string site, TimeZoneInfo zone, AlarmStore store, BrokerLink? link, TimeProvider time) : IAsyncDisposable
{
    private readonly SnmpTransport transport = new(time);
    private SnmpTrapSender? sender;

    public IReadOnlyList<Channel> Make(NotifyConfig config) => [.. config.Channels.Select(Make).OfType<Channel>()];

    public ValueTask DisposeAsync() => transport.DisposeAsync();

    private Channel? Make(ChannelConfig config) => config switch
    {
        SmtpChannelConfig smtp => new SmtpChannel(smtp, site, zone),
        WebhookChannelConfig webhook => new WebhookChannel(webhook, site, time),
        AlertmanagerChannelConfig alertmanager => new AlertmanagerChannel(alertmanager, site, time),
        SnmpChannelConfig snmp => new SnmpChannel(snmp, site, sender ??= Sender()),
        SyslogChannelConfig syslog => new SyslogChannel(syslog, site),
        MqttChannelConfig mqtt => link is null ? null : new MqttChannel(mqtt, site, link),
        _ => throw new InvalidOperationException($"no channel for {config.GetType().Name}"),
    };

    /// <summary>The engine id stays for ever and its boots only grow, or a station takes our traps for played back (RFC 3414 section 2.2).</summary>
    private SnmpTrapSender Sender()
    {
        var engine = store.Value("snmp-engine") is { } text ? Convert.FromHexString(text) : SnmpTrapSender.NewEngineId();
        var boots = int.TryParse(store.Value("snmp-boots"), NumberStyles.None, CultureInfo.InvariantCulture, out var before) ? before + 1 : 1;
        store.SetValue("snmp-engine", Convert.ToHexString(engine));
        store.SetValue("snmp-boots", boots.ToString(CultureInfo.InvariantCulture));
        return new SnmpTrapSender(transport, engine, boots);
    }
}
