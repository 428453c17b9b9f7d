using System.Globalization;
using System.Net;
using EdgeDcim.Collector.Alarms;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Collector.Notification;

/// <summary>Reads the <c>notify</c> part of <c>alarms.yaml</c>.</summary>
internal static class NotifyReader
{
    /// <summary>The number that net-snmp gives away for private use; a site with an own enterprise number writes it.</summary>
    private const string DefaultEnterprise = "1.3.6.1.4.1.8072.9999.9999.1";

    private static readonly string[] Ways = ["smtp", "webhook", "alertmanager", "snmp", "mqtt", "syslog"];
    private static readonly string[] DayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public static NotifyConfig Read(YamlMap? map, TimeZoneInfo zone)
    {
        if (map is null)
        {
            return NotifyConfig.None;
        }

        var channels = map.Map("channels")?.Maps().Select(entry => Channel(entry.Key, entry.Value)).OfType<ChannelConfig>().ToList() ?? [];
        var names = map.Map("channels")?.Keys.ToHashSet(StringComparer.Ordinal) ?? [];
        var routes = map.Map("routes")?.Maps().Select(entry => Route(entry.Key, entry.Value, names, zone)).ToList() ?? [];
        var config = new NotifyConfig(
            map.Duration("group_wait", TimeSpan.FromSeconds(30)), map.Duration("keep", TimeSpan.FromDays(7)), channels, routes);
        if (channels.Count > 0 && routes.Count == 0)
        {
            map.Problem("channels", "'notify' has channels and no 'routes', so nobody is told; write routes: { all: { priority: medium, channels: [NAME] } }");
        }

        map.RejectUnknownKeys();
        return config;
    }

    private static ChannelConfig? Channel(string name, YamlMap entry)
    {
        var rate = entry.Integer("rate", 30, 1, 100_000);
        var timeout = entry.Duration("timeout", TimeSpan.FromSeconds(10));
        var way = Ways.Where(entry.Has).ToList();
        if (way.Count != 1)
        {
            entry.Problem($"the channel '{name}' must have exactly one of: {string.Join(", ", Ways)}");
            return null;
        }

        ChannelConfig? channel = way[0] switch
        {
            "smtp" => new SmtpChannelConfig(
                name, rate, timeout, Url(entry, "smtp", "smtp://mail.example.net:25, smtp+tls:// or smtps://", "smtp", "smtp+tls", "smtps"),
                entry.RequiredString("from"), Some(entry, "to"), entry.String("user"), entry.Secret("password")),
            "webhook" => new WebhookChannelConfig(name, rate, timeout, Url(entry, "webhook", "https://host/path", "http", "https"), entry.Secret("secret")),
            "alertmanager" => new AlertmanagerChannelConfig(
                name, rate, timeout, Url(entry, "alertmanager", "http://127.0.0.1:9093", "http", "https"), entry.String("user"), entry.Secret("password")),
            "snmp" => Snmp(name, rate, timeout, entry),
            "mqtt" => new MqttChannelConfig(name, rate, timeout, entry.RequiredString("mqtt")),
            _ => new SyslogChannelConfig(name, rate, timeout, Url(entry, "syslog", "udp://host:514, tcp://host:601 or tls://host:6514", "udp", "tcp", "tls"), entry.Integer("facility", 16, 0, 23), entry.String("ca")),
        };
        entry.RejectUnknownKeys();
        return channel;
    }

    private static SnmpChannelConfig? Snmp(string name, int rate, TimeSpan timeout, YamlMap entry)
    {
        var station = Url(entry, "snmp", "snmp://host:162", "snmp");
        var port = station.Port > 0 ? station.Port : SnmpTrapListenerOptions.DefaultPort;
        EndPoint at = IPAddress.TryParse(station.Host.Trim('[', ']'), out var address) ? new IPEndPoint(address, port) : new DnsEndPoint(station.Host, port);
        var text = entry.String("enterprise", DefaultEnterprise);
        if (!Oid.TryParse(text, out var enterprise))
        {
            entry.Problem("enterprise", $"'enterprise' is '{text}'; write an OID such as {DefaultEnterprise}");
        }

        var inform = entry.Boolean("inform", false);
        var community = entry.Secret("community");
        var (user, auth, priv) = (entry.String("user"), entry.Secret("auth_password"), entry.Secret("priv_password"));
        var authBy = entry.Enum("auth", auth is null ? SnmpAuthentication.None : SnmpAuthentication.Sha256);
        var privBy = entry.Enum("priv", priv is null ? SnmpPrivacy.None : SnmpPrivacy.Aes128);
        try
        {
            var target = user is null
                ? new SnmpTarget(at, SnmpVersion.V2c, community?.Reveal() ?? "public") { Timeout = timeout / 3, Retries = 2 }
                : new SnmpTarget(at, new SnmpUser(user, authBy, auth?.Reveal(), privBy, priv?.Reveal())) { Timeout = timeout / 3, Retries = 2 };
            return new SnmpChannelConfig(name, rate, timeout, target, enterprise, inform);
        }
        catch (ArgumentException wrong)
        {
            entry.Problem("user", $"{wrong.Message.Split(" (Parameter", 2)[0]}; write 'auth_password' and 'priv_password' of at least {SnmpUser.MinPasswordLength} characters");
            return null;
        }
    }

    private static NotifyRoute Route(string name, YamlMap entry, HashSet<string> channels, TimeZoneInfo zone)
    {
        var told = Some(entry, "channels");
        foreach (var scalar in entry.Strings("channels").Where(scalar => !channels.Contains(scalar.Text)))
        {
            scalar.Problem($"there is no channel '{scalar.Text}'{Spelling.DidYouMean(scalar.Text, channels)}; define it under notify.channels");
        }

        var classes = new List<AlarmClass>();
        foreach (var scalar in entry.Strings("class"))
        {
            if (Enum.TryParse<AlarmClass>(scalar.Text, ignoreCase: true, out var found))
            {
                classes.Add(found);
            }
            else
            {
                scalar.Problem($"'class' is '{scalar.Text}'; write one of: {string.Join(", ", Enum.GetNames<AlarmClass>().Select(Quantities.SnakeCase))}");
            }
        }

        var route = new NotifyRoute(
            name, entry.Enum("priority", AlarmPriority.Low), [.. entry.Strings("devices").Select(scalar => scalar.Text)], classes,
            entry.Duration("after", TimeSpan.Zero), entry.Duration("repeat", TimeSpan.Zero), entry.Map("on_call") is { } window ? OnCall(window, zone) : null, told);
        entry.RejectUnknownKeys();
        return route;
    }

    private static OnCall OnCall(YamlMap entry, TimeZoneInfo zone)
    {
        var days = new HashSet<DayOfWeek>();
        foreach (var scalar in entry.Strings("days"))
        {
            var ends = scalar.Text.Split('-').Select(name => Array.IndexOf(DayNames, name)).ToList();
            if (ends.Count > 2 || ends.Contains(-1))
            {
                scalar.Problem($"'days' is '{scalar.Text}'; write days such as mon, or mon-fri");
                continue;
            }

            for (var day = ends[0]; ; day = (day + 1) % 7)
            {
                days.Add((DayOfWeek)day);
                if (day == ends[^1])
                {
                    break;
                }
            }
        }

        var made = new OnCall(days.Count > 0 ? days : Enum.GetValues<DayOfWeek>().ToHashSet(), Time(entry, "from", TimeOnly.MinValue), Time(entry, "to", TimeOnly.MaxValue), zone);
        entry.RejectUnknownKeys();
        return made;
    }

    private static TimeOnly Time(YamlMap entry, string key, TimeOnly otherwise)
    {
        if (entry.Scalar(key) is not { } scalar)
        {
            return otherwise;
        }

        if (TimeOnly.TryParseExact(scalar.Text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return time;
        }

        scalar.Problem($"'{key}' is '{scalar.Text}'; write a time of day in quotes, such as \"08:00\"");
        return otherwise;
    }

    private static List<string> Some(YamlMap entry, string key)
    {
        var found = entry.Strings(key).Select(scalar => scalar.Text).ToList();
        if (found.Count == 0)
        {
            entry.Problem($"'{key}' is missing or empty");
        }

        return found;
    }

    private static Uri Url(YamlMap entry, string key, string example, params string[] schemes)
    {
        if (entry.Required(key) is not { } scalar)
        {
            return new Uri("http://127.0.0.1");
        }

        if (Uri.TryCreate(scalar.Text, UriKind.Absolute, out var url) && schemes.Contains(url.Scheme) && url.Host.Length > 0)
        {
            if (url.UserInfo.Length > 0)
            {
                scalar.Problem($"'{key}' has a user or password in its address; write them as 'user' and 'password' with ${{file:…}} or ${{env:…}}");
            }

            return url;
        }

        scalar.Problem($"'{key}' is '{scalar.Text}'; write {example}");
        return new Uri("http://127.0.0.1");
    }
}
