using System.Net;
using EdgeDcim.Collector.Broker;
using EdgeDcim.Collector.Certificates;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Collector.Configuration;

/// <summary>Reads <c>collector.yaml</c>: every fault becomes a problem with its place, every doubt a warning.</summary>
internal sealed class CollectorConfigFile(ConfigProblems problems)
{
    private const int DefaultHttpPort = 8080;
    private const int DefaultMqttPort = 1883; // the ports IANA registered for MQTT
    private const int DefaultSecureMqttPort = 8883;
    private readonly ConfigProblems warnings = new();
    private string folder = ".";

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

        folder = Path.GetDirectoryName(Path.GetFullPath(file)) ?? ".";
        var (listen, secure) = ReadListen(root);
        var tls = root.Map("tls") is { } web ? ReadTls(web, "tls", mayAskClients: false) : null;
        if (secure.Count > 0 && tls is null)
        {
            root.Problem("listen", "'listen' says https, and 'tls' is missing: write tls: { certificate: FILE, key: FILE }");
        }

        var (hostId, broker) = (Identifier(root, "host_id", root.String("host_id", "edgedcim")), ReadBroker(root));
        var config = new CollectorConfig(
            Identifier(root, "site", root.RequiredString("site")),
            hostId,
            listen,
            broker,
            root.String("facility") is { } facility ? Path.GetFullPath(facility, folder) : null,
            Path.GetFullPath(root.String("data", "data"), folder),
            ReadJournal(root.Map("journal")),
            ReadHistory(root.Map("history")),
            ReadInflux(root.Map("influx")))
        {
            Alarms = root.String("alarms") is { } alarms ? Path.GetFullPath(alarms, folder) : null,
            Peer = PeerReader.Read(root, hostId, broker) is { } peer ? Identifier(root, "peer", peer) : null,
            Access = ReadAccess(root.Map("access")),
            ListenSecure = secure,
            Tls = tls,
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

    private (List<IPEndPoint> Plain, List<IPEndPoint> Secure) ReadListen(YamlMap root)
    {
        var (plain, secure) = (new List<IPEndPoint>(), new List<IPEndPoint>());
        foreach (var entry in root.Strings("listen"))
        {
            if (!Uri.TryCreate(entry.Text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.AbsolutePath != "/")
            {
                entry.Problem($"'listen' is '{entry.Text}'; write an address such as http://127.0.0.1:{DefaultHttpPort}");
            }
            else if (ParseAddress(url.Host.Trim('[', ']')) is not { } address)
            {
                entry.Problem($"'listen' is '{entry.Text}'; the host must be an IP address of this machine or localhost");
            }
            else
            {
                (url.Scheme == Uri.UriSchemeHttps ? secure : plain).Add(new IPEndPoint(address, url.Port));
                if (!IPAddress.IsLoopback(address))
                {
                    Warn(entry, $"'{entry.Text}' is reachable from the network: everybody there can read the page and the data");
                }
            }
        }

        return (plain.Count + secure.Count == 0 ? [new IPEndPoint(IPAddress.Loopback, DefaultHttpPort)] : plain, secure);
    }

    /// <summary>The files are opened at once, so that <c>check</c> finds what would keep the listener from starting.</summary>
    private TlsConfig? ReadTls(YamlMap map, string path, bool mayAskClients)
    {
        string? FileOf(string? text) => text is { Length: > 0 } ? Path.GetFullPath(text, folder) : null;
        var certificate = FileOf(map.RequiredString("certificate"));
        var key = FileOf(map.String("key")) ?? certificate;
        var clients = mayAskClients ? FileOf(map.String("clients")) : null;
        var revoked = mayAskClients ? FileOf(map.String("revoked")) : null;
        map.RejectUnknownKeys();
        if (certificate is null || key is null)
        {
            return null;
        }

        if (revoked is not null && clients is null)
        {
            map.Problem("revoked", $"'{path}.revoked' needs the '{path}.clients' that signed it");
            return null;
        }

        var config = new TlsConfig(certificate, key, clients, revoked);
        try
        {
            TlsMaterial.Load(config);
        }
        catch (CertificateException unusable)
        {
            map.Problem($"'{path}': {unusable.Message}");
        }

        return config;
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

        var tls = embedded.Map("tls") is { } secure ? ReadTls(secure, "broker.embedded.tls", mayAskClients: true) : null;
        var port = tls is null ? DefaultMqttPort : DefaultSecureMqttPort;
        listen.Port = port;
        if (embedded.Scalar("listen") is { } where)
        {
            if (ParseEndPoint(where.Text, port) is not { } parsed)
            {
                where.Problem($"'broker.embedded.listen' is '{where.Text}'; write an address and a port such as 127.0.0.1:{DefaultMqttPort}");
            }
            else
            {
                listen = parsed;
                if (!IPAddress.IsLoopback(parsed.Address) && users.Count == 0 && tls?.Clients is null)
                {
                    where.Problem($"'broker.embedded.listen' is '{where.Text}', which the network can reach, and 'broker.embedded.users' is missing: "
                        + "name the agents with their passwords, ask for certificates with 'tls: { clients: ca.pem }', or listen on 127.0.0.1");
                }
                else if (!IPAddress.IsLoopback(parsed.Address) && tls is null)
                {
                    Warn(where, $"'{where.Text}' is reachable from the network without TLS: passwords can be read on the way; 'edgedcim-collector pki' makes certificates");
                }
            }
        }

        var limits = ReadLimits(embedded.Map("limits"));
        embedded.RejectUnknownKeys();
        return new EmbeddedBrokerConfig(listen, users) { Tls = tls, Limits = limits };
    }

    private static BrokerLimits ReadLimits(YamlMap? limits)
    {
        var otherwise = new BrokerLimits();
        if (limits is null)
        {
            return otherwise;
        }

        var read = new BrokerLimits(
            limits.Integer("messages", otherwise.Messages, 10, 1_000_000),
            limits.Size("bytes", otherwise.Bytes),
            limits.Size("packet", otherwise.Packet),
            limits.Integer("connections", otherwise.Connections, 1, otherwise.AllConnections));
        if (read.Bytes < read.FirstPacket)
        {
            limits.Problem("bytes", "'broker.embedded.limits.bytes' is below 64KB a second, too little for a birth; write at least 64KB");
        }

        if (read.Packet < read.FirstPacket)
        {
            limits.Problem("packet", "'broker.embedded.limits.packet' is below 64KB, too little for a birth; write at least 64KB");
        }

        limits.RejectUnknownKeys();
        return read;
    }

    private RemoteBrokerConfig ReadRemoteBroker(YamlMap broker)
    {
        var urls = new List<Uri>();
        foreach (var entry in broker.Strings("url").Concat(broker.Strings("urls")))
        {
            if (Uri.TryCreate(entry.Text, UriKind.Absolute, out var url) && url.UserInfo.Length > 0)
            {
                // First, so that no other message repeats the password.
                entry.Problem("'broker.url' must not hold a user or password; write them as 'broker.user' and 'broker.password'");
            }
            else if (url is { Scheme: "mqtt" or "mqtts", Host.Length: > 0 })
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

        var certificate = broker.String("certificate");
        var key = broker.String("key") ?? certificate;
        foreach (var (name, file) in new[] { ("certificate", certificate), ("key", key) })
        {
            if (file is not null && !File.Exists(file))
            {
                broker.Problem(name, $"'broker.{name}' is '{file}', which does not exist; write the path of a PEM file");
            }
        }

        if (key is not null && Secret.IsReadableByAll(key))
        {
            broker.Problem($"the key {key} is readable by everybody; run: chmod o-r {key}");
        }

        if (certificate is null && key is not null)
        {
            broker.Problem("key", "'broker.key' needs the 'broker.certificate' that it belongs to");
        }

        return new RemoteBrokerConfig(urls, broker.String("user"), password, authority)
        {
            Shown = certificate is not null ? new TlsConfig(certificate, key ?? certificate) : null,
        };
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
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
        {
            if (url is { UserInfo.Length: > 0 })
            {
                influx.Problem("url", "'influx.url' must not hold a user or password; write the token as 'influx.token'");
            }
            else if (text.Length > 0)
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
