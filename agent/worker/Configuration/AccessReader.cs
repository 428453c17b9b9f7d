using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Protocols.Ipmi;

namespace EdgeDcim.Agent.Configuration;

/// <summary>Turns the settings of a device, wherever they stood (its own keys, the address, the environment), into how it is accessed.</summary>
internal static class AccessReader
{
    private static readonly string[] AuthWords = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"];
    private static readonly string[] PrivWords = ["des", "aes128", "aes192", "aes256"];

    /// <summary>The settings of devices of any protocol.</summary>
    public static IEnumerable<string> AllKeys => KeysOf("modbus").Concat(KeysOf("snmp")).Concat(KeysOf("redfish")).Concat(KeysOf("ipmi")).Concat(KeysOf("local"));

    /// <summary>The settings that a device of the protocol may have besides its address.</summary>
    public static IReadOnlyList<string> KeysOf(string protocol) => protocol switch
    {
        "modbus" => ["unit", "gap", "turnaround"],
        "snmp" => ["version", "community", "user", "auth", "auth_password", "priv", "priv_password", "context"],
        "ipmi" => ["user", "password", "bmc_key"],
        "redfish" => ["user", "password", "fingerprint", "ca"],
        "local" => ["bus", "address", "shunt"],
        _ => [],
    };

    /// <summary>Null when a setting is wrong, which is reported.</summary>
    /// <param name="protocol">Of the address.</param>
    /// <param name="settings">By key, the nearest to the device wins.</param>
    /// <param name="missing">Reports what is not there at all.</param>
    public static DeviceAccess? Read(string protocol, IReadOnlyDictionary<string, YamlScalar> settings, Action<string> missing) => protocol switch
    {
        "modbus" => ReadModbus(settings),
        "snmp" => ReadSnmp(settings, missing),
        "ipmi" => ReadIpmi(settings, missing),
        "redfish" => ReadRedfish(settings, missing),
        "local" => ReadLocal(settings),
        _ => new OpenAccess(),
    };

    /// <summary>Why a device cannot be accessed like this on its path; null when it can.</summary>
    public static string? Misfit(DeviceAccess access, PathAddress path) =>
        access is ModbusAccess { Unit: 0 } && path is not HostAddress { Scheme: "modbus" }
            ? "unit 0 is the broadcast of a serial line, which nobody answers; write a unit between 1 and 255"
            : null;

    private static LoginAccess? ReadIpmi(IReadOnlyDictionary<string, YamlScalar> settings, Action<string> missing)
    {
        var access = new LoginAccess(Text(settings, "user"), SecretOf(settings, "password"), SecretOf(settings, "bmc_key"));
        if (Encoding.UTF8.GetByteCount(access.User ?? "") > IpmiTarget.MaxUserBytes)
        {
            settings["user"].Problem($"'user' is '{access.User}'; a user of IPMI has at most {IpmiTarget.MaxUserBytes} characters");
            return null;
        }

        if (Encoding.UTF8.GetByteCount(access.Password?.Reveal() ?? "") > IpmiTarget.MaxPasswordBytes)
        {
            missing($"'password' is longer than the {IpmiTarget.MaxPasswordBytes} characters that IPMI 2.0 allows");
            return null;
        }

        try
        {
            IpmiTarget.ParseBmcKey(access.BmcKey?.Reveal() ?? "");
            return access;
        }
        catch (FormatException)
        {
            missing($"'bmc_key' is no key of a controller; write at most {IpmiTarget.MaxBmcKeyBytes} characters, or 0x and as many octets in hexadecimal");
            return null;
        }
    }

    private static ModbusAccess? ReadModbus(IReadOnlyDictionary<string, YamlScalar> settings)
    {
        byte number = 1;
        if (settings.TryGetValue("unit", out var unit) && !byte.TryParse(unit.Text, NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            unit.Problem($"'unit' is '{unit.Text}'; write a number between 0 and 255");
            return null;
        }

        return new ModbusAccess(number) { Gap = Duration(settings, "gap") ?? TimeSpan.Zero, Turnaround = Duration(settings, "turnaround") };
    }

    private static LocalAccess? ReadLocal(IReadOnlyDictionary<string, YamlScalar> settings)
    {
        var bus = Whole("bus", 0, 255);
        var address = Whole("address", 0x08, 0x77);
        double? shunt = null;
        if (settings.TryGetValue("shunt", out var given))
        {
            if (!double.TryParse(given.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var ohms) || !(ohms > 0) || !double.IsFinite(ohms))
            {
                given.Problem($"'shunt' is '{given.Text}'; write the resistance in Ω, above 0");
                return null;
            }

            shunt = ohms;
        }

        return bus < 0 || address < 0 ? null : new LocalAccess(bus, address, shunt);

        int? Whole(string key, int least, int most)
        {
            if (!settings.TryGetValue(key, out var text))
            {
                return null;
            }

            if (Quantities.TryInteger(text.Text, out var number) && number >= least && number <= most)
            {
                return (int)number;
            }

            text.Problem($"'{key}' is '{text.Text}'; write a number between {least} and {most}{(key == "address" ? " (0x08 and 0x77)" : "")}");
            return -1;
        }
    }

    private static DeviceAccess? ReadSnmp(IReadOnlyDictionary<string, YamlScalar> settings, Action<string> missing)
    {
        var version = Text(settings, "version") ?? (settings.ContainsKey("user") ? "3" : "2c");
        switch (version)
        {
            case "1" or "2c":
                foreach (var key in new[] { "user", "auth", "auth_password", "priv", "priv_password", "context" })
                {
                    if (settings.TryGetValue(key, out var stray))
                    {
                        stray.Problem($"'{key}' belongs to SNMP version 3, but the version here is {version}; write version 3, or a community");
                        return null;
                    }
                }

                var community = settings.TryGetValue("community", out var given) ? Secret.Parse(given, "community") : Secret.Literal("public");
                return community is null ? null : new SnmpCommunityAccess(version == "1" ? SnmpDialect.V1 : SnmpDialect.V2c, community);
            case "3":
                return ReadUser(settings, missing);
            default:
                settings["version"].Problem($"'version' is '{version}'; write 1, 2c or 3");
                return null;
        }
    }

    private static SnmpUserAccess? ReadUser(IReadOnlyDictionary<string, YamlScalar> settings, Action<string> missing)
    {
        if (settings.TryGetValue("community", out var community))
        {
            community.Problem("'community' belongs to SNMP versions 1 and 2c, but the version here is 3; write a user");
            return null;
        }

        var user = Text(settings, "user");
        var auth = Word(settings, "auth", AuthWords);
        var priv = Word(settings, "priv", PrivWords);
        if (user is null)
        {
            missing("SNMP version 3 needs a 'user'");
            return null;
        }

        if (settings.ContainsKey("auth") && auth is null || settings.ContainsKey("priv") && priv is null)
        {
            return null;
        }

        if (priv is not null && auth is null)
        {
            settings["priv"].Problem("SNMP encrypts only what is authenticated (RFC 3414); write 'auth' too");
            return null;
        }

        var authPassword = SecretOf(settings, "auth_password");
        var privPassword = SecretOf(settings, "priv_password");
        if ((auth is not null && !Long(authPassword, "auth_password")) || (priv is not null && !Long(privPassword, "priv_password")))
        {
            return null;
        }

        return new SnmpUserAccess(user, auth, authPassword, priv, privPassword, Text(settings, "context") ?? "");

        bool Long(Secret? secret, string key)
        {
            // RFC 3414 section 11.2: passwords of at least 8 characters.
            if (secret is null && !settings.ContainsKey(key))
            {
                missing($"'{key}' is missing; write ${{env:NAME}} or ${{file:/path}} ('read' takes EDGEDCIM_{key.ToUpperInvariant()})");
            }
            else if (secret is not null && secret.Reveal().Length < 8)
            {
                missing($"'{key}' is shorter than the 8 characters that SNMPv3 demands");
                return false;
            }

            return secret is not null;
        }
    }

    private static RedfishAccess? ReadRedfish(IReadOnlyDictionary<string, YamlScalar> settings, Action<string> missing)
    {
        var user = Text(settings, "user");
        var password = SecretOf(settings, "password");
        if (user is not null && password is null)
        {
            if (!settings.ContainsKey("password"))
            {
                missing("'password' is missing; write ${env:NAME} or ${file:/path} ('read' takes EDGEDCIM_PASSWORD)");
            }

            return null;
        }

        var fingerprint = Text(settings, "fingerprint")?.Replace(":", "", StringComparison.Ordinal).ToUpperInvariant();
        if (fingerprint is not null && (fingerprint.Length != 64 || !fingerprint.All(char.IsAsciiHexDigit)))
        {
            settings["fingerprint"].Problem($"'fingerprint' is '{settings["fingerprint"].Text}'; write the SHA-256 of the certificate in 64 hexadecimal digits, with or without colons");
            return null;
        }

        if (!settings.TryGetValue("ca", out var file))
        {
            return new RedfishAccess(user, password, fingerprint, null);
        }

        try
        {
            var pem = File.ReadAllText(file.Text);
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(pem);
            return authorities.Count > 0
                ? new RedfishAccess(user, password, fingerprint, pem)
                : throw new CryptographicException("there is no certificate in it");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            file.Problem($"'ca' is '{file.Text}', which is no readable file of certificates in PEM: {unreadable.Message}");
            return null;
        }
    }

    private static string? Word(IReadOnlyDictionary<string, YamlScalar> settings, string key, string[] words)
    {
        if (!settings.TryGetValue(key, out var given))
        {
            return null;
        }

        var word = given.Text == "sha" ? "sha1" : given.Text == "aes" ? "aes128" : given.Text;
        if (words.Contains(word))
        {
            return word;
        }

        given.Problem($"'{key}' is '{given.Text}'{Spelling.DidYouMean(given.Text, words)}; write one of: {string.Join(", ", words)}");
        return null;
    }

    private static TimeSpan? Duration(IReadOnlyDictionary<string, YamlScalar> settings, string key) =>
        settings.TryGetValue(key, out var given) ? Quantities.ParseDuration(given, key) : null;

    private static string? Text(IReadOnlyDictionary<string, YamlScalar> settings, string key) => settings.TryGetValue(key, out var given) ? given.Text : null;

    private static Secret? SecretOf(IReadOnlyDictionary<string, YamlScalar> settings, string key) => settings.TryGetValue(key, out var given) ? Secret.Parse(given, key) : null;
}
