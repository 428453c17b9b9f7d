using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Configuration;

/// <summary>
/// A device address as people write it: <c>modbus://host:502?unit=1</c>, <c>modbus-rtu:///dev/ttyUSB0?baud=9600</c>,
/// <c>snmp://host?version=2c&amp;community=public</c>. The path and the settings behind the question mark, checked against what the scheme knows.
/// </summary>
internal sealed record AddressText(string Protocol, PathAddress Path, IReadOnlyDictionary<string, YamlScalar> Settings)
{
    private const string Forms =
        "write modbus://host:port?unit=1, modbus-rtu:///dev/ttyUSB0?baud=9600&parity=even&unit=3, modbus-rtu-tcp://host:port?unit=1, snmp://host:port?version=2c&community=public, ipmi://host:port?user=u, redfish+https://host or local://";

    private static readonly string[] ModbusKeys = ["unit"];
    private static readonly string[] SerialKeys = ["unit", "baud", "parity", "stop", "data"];
    private static readonly string[] LineKeys = ["baud", "parity", "stop", "data"];
    private static readonly string[] SnmpKeys = ["version", "community", "user", "auth", "priv", "context"];
    private static readonly string[] LocalKeys = ["bus", "address", "shunt"];
    private static readonly string[] LoginKeys = ["user"];
    private static readonly string[] RedfishKeys = ["user", "fingerprint", "ca"];

    private static readonly Dictionary<string, Scheme> Schemes = new(StringComparer.Ordinal)
    {
        ["modbus"] = new("modbus", 502, ModbusKeys),
        ["modbus-rtu-tcp"] = new("modbus", 502, ModbusKeys),
        ["modbus-ascii-tcp"] = new("modbus", 502, ModbusKeys),
        ["modbus-rtu"] = new("modbus", null, SerialKeys),
        ["modbus-ascii"] = new("modbus", null, SerialKeys),
        ["snmp"] = new("snmp", 161, SnmpKeys),
        ["ipmi"] = new("ipmi", 623, LoginKeys),
        ["redfish+http"] = new("redfish", 80, RedfishKeys),
        ["redfish+https"] = new("redfish", 443, RedfishKeys),
        ["local"] = new("local", null, LocalKeys),
    };

    /// <summary>Null, and a problem at the scalar, when the text is no address.</summary>
    /// <param name="scalar">The address.</param>
    /// <param name="beside">Where keys of a serial line may stand instead of in the address; they win over it.</param>
    public static AddressText? Parse(YamlScalar scalar, YamlMap? beside = null)
    {
        var text = scalar.Text;
        var split = text.IndexOf("://", StringComparison.Ordinal);
        if (split <= 0)
        {
            scalar.Problem($"'{text}' is no address; {Forms}");
            return null;
        }

        var name = text[..split];
        if (!Schemes.TryGetValue(name, out var scheme))
        {
            scalar.Problem($"the address '{text}' has the unknown scheme '{name}'{Spelling.DidYouMean(name, Schemes.Keys)}; {Forms}");
            return null;
        }

        var rest = text[(split + 3)..];
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        if (ReadSettings(scalar, name, scheme, query < 0 ? "" : rest[(query + 1)..]) is not { } settings)
        {
            return null;
        }

        foreach (var key in scheme.Keys == SerialKeys ? LineKeys : [])
        {
            if (beside?.Scalar(key) is { } own)
            {
                settings[key] = own with { Key = key };
            }
        }

        var place = query < 0 ? rest : rest[..query];
        PathAddress? path = name switch
        {
            "local" => new LocalAddress(),
            "modbus-rtu" or "modbus-ascii" => ReadSerial(scalar, name, place, settings),
            _ => ReadHost(scalar, name, place.TrimEnd('/'), scheme.Port!.Value),
        };
        return path is null ? null : new AddressText(scheme.Protocol, path, settings);
    }

    private static Dictionary<string, YamlScalar>? ReadSettings(YamlScalar scalar, string name, Scheme scheme, string query)
    {
        var settings = new Dictionary<string, YamlScalar>(StringComparer.Ordinal);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? pair : pair[..equals];
            if (key is "password" or "auth_password" or "priv_password")
            {
                scalar.Problem($"the address must not hold a password, since addresses are printed and logged; {PasswordAdvice(name)}");
                return null;
            }

            if (!scheme.Keys.Contains(key))
            {
                var known = scheme.Keys.Length == 0 ? "it knows none" : $"it knows {string.Join(", ", scheme.Keys)}";
                scalar.Problem($"an address of {name} has no setting '{key}'{Spelling.DidYouMean(key, scheme.Keys)}; {known}");
                return null;
            }

            if (equals < 0 || equals == pair.Length - 1)
            {
                scalar.Problem($"the setting '{key}' of the address has no value; write {key}=…");
                return null;
            }

            if (!settings.TryAdd(key, scalar with { Key = key, Text = Uri.UnescapeDataString(pair[(equals + 1)..]) }))
            {
                scalar.Problem($"the setting '{key}' stands twice in the address");
                return null;
            }
        }

        return settings;
    }

    private static HostAddress? ReadHost(YamlScalar scalar, string scheme, string place, int defaultPort)
    {
        if (place.Contains('@', StringComparison.Ordinal))
        {
            scalar.Problem($"an address holds no user and no password before the host; {PasswordAdvice(scheme)}");
            return null;
        }

        var host = place;
        var port = defaultPort;
        var colon = place.LastIndexOf(':');
        if (place.StartsWith('[') ? colon > place.IndexOf(']', StringComparison.Ordinal) : colon >= 0 && place.IndexOf(':', StringComparison.Ordinal) == colon)
        {
            host = place[..colon];
            if (!int.TryParse(place.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535)
            {
                scalar.Problem($"the port '{place[(colon + 1)..]}' of the address '{scalar.Text}' is no number between 1 and 65535");
                return null;
            }
        }

        host = host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            scalar.Problem(host.Length == 0
                ? $"the address '{scalar.Text}' names no host; {Forms}"
                : $"'{host}' in the address '{scalar.Text}' is no host name and no IP address (IPv6 stands in [brackets])");
            return null;
        }

        return new HostAddress(scheme, host, port);
    }

    private static SerialAddress? ReadSerial(YamlScalar scalar, string scheme, string place, Dictionary<string, YamlScalar> settings)
    {
        var device = place.StartsWith("/COM", StringComparison.OrdinalIgnoreCase) ? place[1..] : place;
        if (device.Length < 2 || (device[0] != '/' && !device.StartsWith("COM", StringComparison.OrdinalIgnoreCase)))
        {
            scalar.Problem($"the address '{scalar.Text}' names no serial port; write {scheme}:///dev/ttyUSB0?baud=9600&parity=even or {scheme}:///COM3");
            return null;
        }

        var baud = 19200; // MODBUS over serial line 1.02, 2.5.1: 19 200 with even parity is the default that every device must have.
        if (settings.TryGetValue("baud", out var baudText) && (!int.TryParse(baudText.Text, NumberStyles.None, CultureInfo.InvariantCulture, out baud) || baud is < 50 or > 4_000_000))
        {
            return Reject(baudText, "a number such as 9600 or 19200");
        }

        var parity = SerialParity.Even;
        if (settings.TryGetValue("parity", out var parityText) && !(Enum.TryParse(parityText.Text, ignoreCase: true, out parity) && Enum.IsDefined(parity)))
        {
            return Reject(parityText, "none, even or odd");
        }

        var stop = parity == SerialParity.None ? 2 : 1; // The same section: without parity a second stop bit takes its place.
        if (settings.TryGetValue("stop", out var stopText) && !(int.TryParse(stopText.Text, out stop) && stop is 1 or 2))
        {
            return Reject(stopText, "1 or 2");
        }

        var data = scheme == "modbus-ascii" ? 7 : 8; // The same document, 2.5.1 and 2.5.2.
        if (settings.TryGetValue("data", out var dataText) && !(int.TryParse(dataText.Text, out data) && data is 7 or 8))
        {
            return Reject(dataText, "7 or 8");
        }

        if (data == 7 && scheme == "modbus-rtu")
        {
            return Reject(dataText, "8: RTU frames are bytes");
        }

        return new SerialAddress(scheme, device, baud, parity, stop, data);

        static SerialAddress? Reject(YamlScalar setting, string wanted)
        {
            setting.Problem($"'{setting.Key}' of the line is '{setting.Text}'; write {wanted}");
            return null;
        }
    }

    private static string PasswordAdvice(string scheme) => scheme == "snmp"
        ? "give user=… here and the passwords as auth_password and priv_password of the device, or in EDGEDCIM_AUTH_PASSWORD and EDGEDCIM_PRIV_PASSWORD for 'read'"
        : "give user=… here and the password as 'password' of the device, or in EDGEDCIM_PASSWORD for 'read'";

    [SuppressMessage("Performance", "CA1815", Justification = "never compared")]
    private readonly record struct Scheme(string Protocol, int? Port, string[] Keys);
}
