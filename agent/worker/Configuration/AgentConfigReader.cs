using System.Net;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;
using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Agent.Configuration;

/// <summary>Reads <c>agent.yaml</c> in one pass that finds every problem.</summary>
internal sealed class AgentConfigReader(ProtocolCatalog protocols, ProfileLibrary library, ConfigProblems problems)
{
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(100);
    private readonly Dictionary<string, AddressedEndpoint> endpoints = new(StringComparer.Ordinal);
    private string folder = ".";

    /// <summary>Null exactly when there are problems.</summary>
    public static AgentConfig? Load(string file, ProtocolCatalog protocols, ProfileLibrary library, ConfigProblems problems) =>
        YamlMap.Load(file, problems) is { } root ? new AgentConfigReader(protocols, library, problems).Read(root) : null;

    /// <summary>Null exactly when there are problems.</summary>
    public AgentConfig? Read(YamlMap root)
    {
        folder = Path.GetDirectoryName(Path.GetFullPath(root.File)) ?? ".";
        var config = new AgentConfig(
            Name(root, "site"),
            Name(root, "agent"),
            HostList.Read(root, IsName),
            new BrokerReader(folder).Read(root.RequiredMap("broker")),
            root.Map("poll") is { } poll ? ReadPoll(poll) : PollConfig.Default,
            root.Map("journal") is { } journal ? ReadJournal(journal) : JournalConfig.Default,
            ReadDevices(root),
            root.String("poll_log") is { } pollLog ? Path.GetFullPath(pollLog, folder) : null,
            root.Map("clock") is { } clock ? ReadClock(clock) : TimeSpan.Zero)
        {
            Traps = root.Map("traps") is { } traps ? ReadTraps(traps) : null,
        };
        root.RejectUnknownKeys();
        return problems.Any ? null : config;
    }

    private static TimeSpan ReadClock(YamlMap map)
    {
        var wait = map.Duration("wait", TimeSpan.Zero);
        map.RejectUnknownKeys();
        return wait;
    }

    /// <summary>Names become MQTT topic levels, so what is special there is refused (Sparkplug 3.0 section 4.1.2).</summary>
    private static string Name(YamlMap map, string key)
    {
        var scalar = map.Required(key);
        return scalar is { } given && IsName(given) ? given.Text : "";
    }

    private static bool IsName(YamlScalar scalar)
    {
        if (scalar.Text.Length is > 0 and <= 64 && !scalar.Text.Any(letter => letter is '/' or '+' or '#' || char.IsControl(letter) || char.IsWhiteSpace(letter)))
        {
            return true;
        }

        scalar.Problem($"the name '{scalar.Text}' must have 1 to 64 characters without blanks, '/', '+' and '#'");
        return false;
    }

    private static PollConfig ReadPoll(YamlMap map)
    {
        var poll = new PollConfig(
            map.Duration("fast", PollConfig.Default.Fast), map.Duration("normal", PollConfig.Default.Normal), map.Duration("slow", PollConfig.Default.Slow))
        {
            Spread = map.Duration("spread", PollConfig.Default.Spread),
        };
        foreach (var group in Enum.GetValues<PollGroup>())
        {
            if (poll[group] < ShortestPoll)
            {
                map.Problem(Quantities.SnakeCase(group.ToString()), $"'poll.{Quantities.SnakeCase(group.ToString())}' must be at least {ShortestPoll.TotalMilliseconds:0}ms");
            }
        }

        map.RejectUnknownKeys();
        return poll;
    }

    private static TrapsConfig ReadTraps(YamlMap map)
    {
        var listen = new IPEndPoint(IPAddress.Loopback, SnmpTrapListenerOptions.DefaultPort);
        if (map.Scalar("listen") is { } given)
        {
            if (!IPEndPoint.TryParse(given.Text, out var parsed) || !given.Text.Contains(':', StringComparison.Ordinal) || parsed.Port == 0)
            {
                given.Problem($"'traps.listen' is '{given.Text}'; write address and port, such as \"127.0.0.1:162\", or \"0.0.0.0:162\" for every interface");
            }

            listen = parsed ?? listen;
        }

        var traps = new TrapsConfig(listen, map.Integer("per_second", TrapsConfig.DefaultPerSecond, 1, 10_000));
        map.RejectUnknownKeys();
        return traps;
    }

    private JournalConfig ReadJournal(YamlMap map)
    {
        var path = map.String("path", JournalConfig.Default.Path);
        var journal = new JournalConfig(
            Path.GetFullPath(path, folder), map.Size("max", JournalConfig.Default.MaxBytes), map.Duration("keep", JournalConfig.Default.Keep))
        {
            Replay = map.Integer("replay", JournalConfig.Default.Replay, 100, 1_000_000),
        };
        if (journal.MaxBytes < 1 << 20)
        {
            map.Problem("max", "'journal.max' must be at least 1MB");
        }

        map.RejectUnknownKeys();
        return journal;
    }

    private List<DeviceConfig> ReadDevices(YamlMap root)
    {
        if (root.String("profiles") is { } own)
        {
            library.AddFolder(Path.GetFullPath(own, folder), message => root.Problem("profiles", message));
        }

        foreach (var (name, map) in root.Map("endpoints")?.Maps() ?? [])
        {
            ReadEndpoint(name, map);
        }

        var devices = new List<DeviceConfig>();
        var maps = new Dictionary<string, YamlMap>(StringComparer.Ordinal);
        foreach (var (id, map) in root.RequiredMap("devices").Maps())
        {
            if (ReadDevice(id, map) is { } device)
            {
                if (devices.Find(other => other.Endpoint.At == device.Endpoint.At && other.Access == device.Access && other.Profile.Equals(device.Profile)) is { } twin)
                {
                    map.Problem($"the device '{id}' is the same as '{twin.Id}': {device.Endpoint.At} with the profile {device.Profile.Name}; remove one, or correct its address or unit");
                }

                devices.Add(device);
                maps[id] = map;
            }
        }

        RejectAliases(devices, maps);
        return ShareEndpoints(devices, maps);
    }

    /// <summary>A serial port has one owner; under two names it would have two.</summary>
    private static void RejectAliases(List<DeviceConfig> devices, Dictionary<string, YamlMap> maps)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var device in devices)
        {
            if (device.Endpoint.At is not SerialAddress serial)
            {
                continue;
            }

            var port = Path.IsPathRooted(serial.Device) && File.Exists(serial.Device)
                ? File.ResolveLinkTarget(serial.Device, returnFinalTarget: true)?.FullName ?? serial.Device
                : serial.Device;
            if (!names.TryAdd(port, serial.Device) && names[port] != serial.Device)
            {
                maps[device.Id].Problem($"the serial ports {serial.Device} and {names[port]} are the same; write one of the names for all devices on it");
            }
        }
    }

    private void ReadEndpoint(string name, YamlMap map)
    {
        var scalar = map.Required("at");
        var address = scalar is { } given ? AddressText.Parse(given, map) : null;
        if (map.Scalar("protocol") is { } protocol && address is not null && protocol.Text != address.Protocol)
        {
            protocol.Problem($"the endpoint '{name}' says protocol '{protocol.Text}', but its address {address.Path} is {address.Protocol}");
        }

        var endpoint = address is null ? null : ReadPace(map, new EndpointConfig(name, address.Protocol, address.Path, ReadTimeout(map), TimeSpan.Zero));
        map.RejectUnknownKeys();
        endpoints[name] = new AddressedEndpoint(endpoint, address);
    }

    /// <summary>The rests that a Modbus path may want; other protocols know none of them.</summary>
    private static EndpointConfig ReadPace(YamlMap map, EndpointConfig endpoint) => endpoint.Protocol != "modbus" ? endpoint : endpoint with
    {
        Gap = map.Duration("gap", TimeSpan.Zero),
        Pace = endpoint.At is not HostAddress ? PathPace.Default : new PathPace
        {
            ConnectDelay = map.Duration("connect_delay", TimeSpan.Zero),
            ReconnectDelay = map.Duration("reconnect_delay", TimeSpan.Zero),
            CloseAfter = map.Has("close_after") ? map.Duration("close_after", TimeSpan.Zero) : null,
        },
    };

    private static TimeSpan? ReadTimeout(YamlMap map)
    {
        if (!map.Has("timeout"))
        {
            return null;
        }

        var timeout = map.Duration("timeout", TimeSpan.FromSeconds(1));
        if (timeout < TimeSpan.FromMilliseconds(10) || timeout > TimeSpan.FromMinutes(1))
        {
            map.Problem("timeout", "'timeout' must lie between 10ms and 1m");
        }

        return timeout;
    }

    private DeviceConfig? ReadDevice(string id, YamlMap map)
    {
        IsName(new YamlScalar(map.File, map.Line, map.Column, id, id, problems));
        var profile = map.Required("profile") is { } wanted ? library.Resolve(wanted, folder) : null;
        var kind = map.Scalar("kind");
        if (kind is { } stated && !Vocabulary.Default.Kinds.ContainsKey(stated.Text))
        {
            stated.Problem($"the kind '{stated.Text}' is not in the vocabulary{Spelling.DidYouMean(stated.Text, Vocabulary.Default.Kinds.Keys)}");
        }

        var (endpoint, address) = FindPath(id, map);
        DeviceAccess? access = null;
        if (endpoint is not null && address is not null)
        {
            var settings = new Dictionary<string, YamlScalar>(address.Settings, StringComparer.Ordinal);
            foreach (var key in AccessReader.KeysOf(endpoint.Protocol))
            {
                if (map.Scalar(key) is { } setting)
                {
                    settings[key] = setting;
                }
            }

            access = AccessReader.Read(endpoint.Protocol, settings, message => map.Problem($"device '{id}': {message}"));
            if (access is not null && AccessReader.Misfit(access, endpoint.At) is { } misfit)
            {
                map.Problem($"device '{id}': {misfit}");
            }

            if (profile is not null && profile.Header.Protocol != endpoint.Protocol)
            {
                map.Problem("profile", $"the profile {profile.Name} reads {profile.Header.Protocol}, but the address of '{id}' is {endpoint.At}");
            }
        }

        var accept = ReadAccept(map, profile);
        foreach (var key in endpoint is null ? AccessReader.AllKeys : [])
        {
            // Which of them belong here cannot be told while the address is wrong.
            map.Has(key);
        }

        map.RejectUnknownKeys();
        return profile is null || endpoint is null || access is null ? null : new DeviceConfig(id, profile, kind?.Text ?? profile.Header.Kind.Name, endpoint, access) { Accept = accept };
    }

    private static string ReadAccept(YamlMap map, DeviceProfile? profile)
    {
        var points = map.Strings("accept");
        foreach (var point in points)
        {
            var metric = point.Text.Split('/')[0];
            if (profile is not null && !profile.Points.Any(known => known.Metric.Name == metric))
            {
                point.Problem($"'accept' names '{point.Text}', but the profile {profile.Name} reads no {metric}{Spelling.DidYouMean(metric, profile.Points.Select(known => known.Metric.Name).Distinct())}; write metric or metric/part as 'check --connect' prints it");
            }
        }

        return string.Join(',', points.Select(point => point.Text).Order(StringComparer.Ordinal));
    }

    private AddressedEndpoint FindPath(string id, YamlMap map)
    {
        if (map.Has("endpoint") && map.Has("at"))
        {
            map.Problem("at", $"the device '{id}' has an 'endpoint' and an 'at'; write one of them");
        }

        if (map.Scalar("endpoint") is { } name)
        {
            if (endpoints.TryGetValue(name.Text, out var known))
            {
                return Served(known, name);
            }

            name.Problem($"the endpoint '{name.Text}' is not under 'endpoints'{Spelling.DidYouMean(name.Text, endpoints.Keys)}");
            return default;
        }

        if (map.Scalar("at") is not { } at)
        {
            map.Problem($"the device '{id}' says neither 'endpoint' nor 'at'; write at: \"modbus://host:502?unit=1\" or the like");
            return default;
        }

        var address = AddressText.Parse(at, map);
        var timeout = ReadTimeout(map);
        return address is null
            ? default
            : Served(new AddressedEndpoint(ReadPace(map, new EndpointConfig(address.Path.ToString()!, address.Protocol, address.Path, timeout, TimeSpan.Zero)), address), at);
    }

    private AddressedEndpoint Served(AddressedEndpoint endpoint, YamlScalar at)
    {
        if (endpoint.Endpoint is { } path && !IsServed(path, protocols))
        {
            at.Problem($"{path.At} is a right address, but this build does not yet serve it; it serves {string.Join(", ", protocols.Names)}");
            return default;
        }

        return endpoint;
    }

    private static bool IsServed(EndpointConfig endpoint, ProtocolCatalog protocols) => protocols.Find(endpoint.Protocol)?.Serves(endpoint.At) == true;

    /// <summary>
    /// Devices on one path share its settings: the longest timeout that any of them asks for, the longest gap. So the order of devices does not matter.
    /// </summary>
    private List<DeviceConfig> ShareEndpoints(List<DeviceConfig> devices, Dictionary<string, YamlMap> maps)
    {
        var shared = new List<DeviceConfig>(devices);
        foreach (var lane in devices.GroupBy(device => (device.Endpoint.Protocol, protocols.Get(device.Endpoint.Protocol).LaneKey(device.Endpoint))))
        {
            var first = lane.First().Endpoint;
            if (lane.FirstOrDefault(device => device.Endpoint.At != first.At) is { } other)
            {
                maps[other.Id].Problem($"the device '{other.Id}' is reached by {Describe(other.Endpoint.At)}, but '{lane.First().Id}' on the same path by {Describe(first.At)}; a path has one form for all its devices");
            }

            var timeouts = lane.Select(device => device.Endpoint.Timeout).Concat(lane.Select(device => device.Profile.Header.Timeout)).OfType<TimeSpan>().ToList();
            var common = first with
            {
                Timeout = timeouts.Count == 0 ? null : timeouts.Max(),
                Gap = lane.Max(device => device.Endpoint.Gap),
                Pace = PathPace.Common([.. lane.Select(device => device.Endpoint.Pace)], [.. lane.Select(device => device.Profile.Pace)]),
            };
            foreach (var device in lane)
            {
                shared[shared.IndexOf(device)] = device with { Endpoint = common };
            }
        }

        return shared;
    }

    private static string Describe(PathAddress at) => at is SerialAddress serial ? $"{serial} at {serial.Form}" : at.ToString()!;

    private readonly record struct AddressedEndpoint(EndpointConfig? Endpoint, AddressText? Address);
}
