using System.Net;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Collector.Configuration;

/// <summary>Reads <c>collector.yaml</c>: every fault becomes a problem with its place, every doubt a warning.</summary>
internal sealed class CollectorConfigFile(ConfigProblems problems)
{
    private const int DefaultHttpPort = 8080;
    private const int DefaultMqttPort = 1883; // the port IANA registered for MQTT
    private readonly ConfigProblems warnings = new();

    /// <summary>What works but deserves a second look: literal passwords, open listeners.</summary>
    public IReadOnlyList<ConfigProblem> Warnings => warnings.Sorted;

    /// <summary>Null only when the file could not be parsed at all; look at the problems before using what comes back.</summary>
    public CollectorConfig? Load(string file)
    {
        var root = YamlMap.Load(file, problems);
        if (root is null)
        {
            return null;
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(file)) ?? ".";
        var config = new CollectorConfig(
            Identifier(root, "site", root.RequiredString("site")),
            Identifier(root, "host_id", root.String("host_id", "edgedcim")),
            ReadListen(root),
            ReadBroker(root),
            root.String("facility") is { } facility ? Path.GetFullPath(facility, folder) : null,
            Path.GetFullPath(root.String("data", "data"), folder),
            ReadJournal(root.Map("journal")),
            ReadHistory(root.Map("history")),
            ReadInflux(root.Map("influx")))
        {
            Alarms = root.String("alarms") is { } alarms ? Path.GetFullPath(alarms, folder) : null,
            Access = ReadAccess(root.Map("access")),
        };
        root.RejectUnknownKeys();
        return config;
    }

    /// <summary>Sparkplug ids stand inside topics, so the separators and wildcards of MQTT are reserved (Sparkplug 3.0, 4.2.1).</summary>
    private static string Identifier(YamlMap root, string key, string text)
    {
        if (text.AsSpan().IndexOfAny("/+#") >= 0)
        {
            root.Problem(key, $"'{key}' is '{text}'; it becomes a part of MQTT topics and must not contain '/', '+' or '#'");
        }

        return text;
    }

    private List<IPEndPoint> ReadListen(YamlMap root)
    {
        var listen = new List<IPEndPoint>();
        foreach (var entry in root.Strings("listen"))
        {
            if (!Uri.TryCreate(entry.Text, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttp || url.AbsolutePath != "/")
            {
                entry.Problem($"'listen' is '{entry.Text}'; write an address such as http://127.0.0.1:{DefaultHttpPort}");
            }
            else if (ParseAddress(url.Host.Trim('[', ']')) is not { } address)
            {
                entry.Problem($"'listen' is '{entry.Text}'; the host must be an IP address of this machine or localhost");
            }
            else
            {
                listen.Add(new IPEndPoint(address, url.Port));
                if (!IPAddress.IsLoopback(address))
                {
                    Warn(entry, $"'{entry.Text}' is reachable from the network: everybody there can read the page and the data");
                }
            }
        }

        return listen.Count == 0 ? [new IPEndPoint(IPAddress.Loopback, DefaultHttpPort)] : listen;
    }

    private BrokerConfig ReadBroker(YamlMap root)
    {
        var broker = root.Map("broker");
        if (broker is null)
        {
            return new EmbeddedBrokerConfig(new IPEndPoint(IPAddress.Loopback, DefaultMqttPort), new Dictionary<string, Secret>());
        }

        var embedded = broker.Map("embedded");
        var remote = ReadRemoteBroker(broker);
        broker.RejectUnknownKeys();
        if (embedded is not null && remote.Urls.Count > 0)
        {
            broker.Problem("'broker' names both 'embedded' and 'url'; keep one of them");
        }

        return remote.Urls.Count > 0 ? remote : ReadEmbeddedBroker(embedded);
    }

    private EmbeddedBrokerConfig ReadEmbeddedBroker(YamlMap? embedded)
    {
        var listen = new IPEndPoint(IPAddress.Loopback, DefaultMqttPort);
        var users = new Dictionary<string, Secret>(StringComparer.Ordinal);
        if (embedded is null)
        {
            return new EmbeddedBrokerConfig(listen, users);
        }

        foreach (var entry in embedded.Map("users")?.Scalars() ?? [])
        {
            if (Secret.Parse(entry, $"broker.embedded.users.{entry.Key}") is { } password)
            {
                users[entry.Key] = password;
                WarnIfLiteral(entry, password);
            }
        }

        if (embedded.Scalar("listen") is { } where)
        {
            if (ParseEndPoint(where.Text, DefaultMqttPort) is not { } parsed)
            {
                where.Problem($"'broker.embedded.listen' is '{where.Text}'; write an address and a port such as 127.0.0.1:{DefaultMqttPort}");
            }
            else
            {
                listen = parsed;
                if (!IPAddress.IsLoopback(parsed.Address) && users.Count == 0)
                {
                    where.Problem($"'broker.embedded.listen' is '{where.Text}', which the network can reach, and 'broker.embedded.users' is missing: "
                        + "name the agents with their passwords, or listen on 127.0.0.1");
                }
            }
        }

        embedded.RejectUnknownKeys();
        return new EmbeddedBrokerConfig(listen, users);
    }

    private RemoteBrokerConfig ReadRemoteBroker(YamlMap broker)
    {
        var urls = new List<Uri>();
        foreach (var entry in broker.Strings("url").Concat(broker.Strings("urls")))
        {
            if (Uri.TryCreate(entry.Text, UriKind.Absolute, out var url) && url.Scheme is "mqtt" or "mqtts" && url.Host.Length > 0)
            {
                urls.Add(url);
            }
            else
            {
                entry.Problem($"'broker.url' is '{entry.Text}'; write mqtt://host:1883 or mqtts://host:8883");
            }
        }

        var password = broker.Secret("password");
        WarnIfLiteral(broker.Scalar("password"), password);
        var authority = broker.String("ca");
        if (authority is not null && !File.Exists(authority))
        {
            broker.Problem("ca", $"'broker.ca' is '{authority}', which does not exist; write the path of a PEM file");
        }

        return new RemoteBrokerConfig(urls, broker.String("user"), password, authority);
    }

    private static JournalConfig ReadJournal(YamlMap? journal)
    {
        const long smallest = 16 << 20;
        var config = new JournalConfig(
            journal?.Size("max", 2L << 30) ?? 2L << 30,
            journal?.Duration("keep", TimeSpan.FromDays(7)) ?? TimeSpan.FromDays(7));
        if (config.MaxBytes < smallest)
        {
            journal?.Problem("max", "'journal.max' is below 16MB, which a busy site fills within a minute; write at least 16MB");
        }

        journal?.RejectUnknownKeys();
        return config;
    }

    private static HistoryConfig ReadHistory(YamlMap? history)
    {
        var config = new HistoryConfig(
            history?.Duration("keep", TimeSpan.FromDays(400)) ?? TimeSpan.FromDays(400),
            history?.Size("memory", 96 << 20) ?? 96 << 20);
        if (config.MemoryBytes < 32 << 20)
        {
            history?.Problem("memory", "'history.memory' is below 32MB, too little to answer a query; write at least 32MB");
        }

        history?.RejectUnknownKeys();
        return config;
    }

    private InfluxConfig? ReadInflux(YamlMap? influx)
    {
        if (influx is null)
        {
            return null;
        }

        var token = influx.Secret("token");
        WarnIfLiteral(influx.Scalar("token"), token);
        var text = influx.RequiredString("url");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            if (text.Length > 0)
            {
                influx.Problem("url", $"'influx.url' is '{text}'; write the address of the database such as http://127.0.0.1:8086");
            }

            url = new Uri("http://127.0.0.1:8086");
        }

        var config = new InfluxConfig(
            url,
            influx.String("org", ""),
            influx.RequiredString("bucket"),
            token,
            influx.Integer("batch", 5000, 1, 50_000),
            influx.Duration("timeout", TimeSpan.FromSeconds(10)),
            influx.Size("dead_letters", 64 << 20));
        influx.RejectUnknownKeys();
        return config;
    }

    private AccessConfig ReadAccess(YamlMap? access)
    {
        var tokens = new List<AccessToken>();
        foreach (var (user, entry) in access?.Map("tokens")?.Maps() ?? [])
        {
            var token = entry.Secret("token");
            WarnIfLiteral(entry.Scalar("token"), token);
            if (token is null || token.Reveal().Length < 16)
            {
                entry.Problem("token", $"'access.tokens.{user}' needs a 'token' of at least 16 characters, as ${{file:/path}} or ${{env:NAME}}");
            }
            else if (tokens.Exists(known => known.Token.Equals(token)))
            {
                entry.Problem("token", $"'access.tokens.{user}' has the token of another user; give everybody an own one");
            }
            else
            {
                tokens.Add(new AccessToken(user, token, entry.Enum("role", AccessRole.Viewer)));
            }

            entry.RejectUnknownKeys();
        }

        access?.RejectUnknownKeys();
        return new AccessConfig(tokens);
    }

    private void WarnIfLiteral(YamlScalar? at, Secret? secret)
    {
        if (at is { } place && secret is { IsLiteral: true })
        {
            Warn(place, $"the secret '{place.Key}' stands in the file itself; write ${{file:/path}} or ${{env:NAME}}");
        }
    }

    private void Warn(YamlScalar at, string message) => warnings.Add(at.File, at.Line, at.Column, message);

    private static IPEndPoint? ParseEndPoint(string text, int otherwise)
    {
        if (IPAddress.TryParse(text, out var bare))
        {
            return new IPEndPoint(bare, otherwise);
        }

        var colon = text.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(text.AsSpan(colon + 1), out var port) && ParseAddress(text[..colon].Trim('[', ']')) is { } address
            ? new IPEndPoint(address, port)
            : null;
    }

    private static IPAddress? ParseAddress(string host) =>
        host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(host, out var address) ? address : null;
}
