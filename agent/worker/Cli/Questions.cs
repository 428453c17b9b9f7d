using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace EdgeDcim.Agent.Cli;

/// <summary>A key of a device in <c>agent.yaml</c>.</summary>
/// <param name="Text">What it is, for this search.</param>
/// <param name="Printed">What the configuration says: a reference where it is a secret.</param>
internal sealed record Setting(string Key, string Text, string Printed)
{
    public Setting(string key, string text)
        : this(key, text, text)
    {
    }
}

/// <summary>One protocol to ask with, and with what.</summary>
/// <param name="Credentials">The keys of <c>agent.yaml</c> for each credential or unit; secrets are references.</param>
/// <param name="Serial">The whole address of a serial line; null: hosts of the range.</param>
/// <param name="AsksAll">Each credential stands for another device (units), not for another way to the same.</param>
/// <param name="Advice">What the printed configuration needs.</param>
internal sealed record Question(
    string Scheme, int Port, string? Serial, IReadOnlyList<IReadOnlyList<Setting>> Credentials, bool AsksAll, string? Advice);

/// <summary>The options of <c>discover</c> that say with what to ask. No protocol is tried that is not named.</summary>
internal sealed class Questions
{
    private readonly Option<string[]> snmp = new("--snmp") { Description = "SNMP v2c with this community, or with the one that the variable of env:NAME holds; may be repeated" };
    private readonly Option<bool> v1 = new("--snmp-v1") { Description = "Ask with SNMP v1 too, for old cards" };
    private readonly Option<string?> snmpUser = new("--snmp-user") { Description = "SNMPv3 with this user; passwords come from EDGEDCIM_AUTH_PASSWORD and EDGEDCIM_PRIV_PASSWORD" };
    private readonly Option<string?> auth = new("--auth") { Description = "md5, sha1, sha224, sha256, sha384 or sha512" };
    private readonly Option<string?> priv = new("--priv") { Description = "des, aes128, aes192 or aes256" };
    private readonly Option<int> snmpPort = Port("--snmp-port", 161);
    private readonly Option<bool> modbus = new("--modbus") { Description = "Modbus TCP, the units of --units (1 when it is not given)" };
    private readonly Option<int> modbusPort = Port("--modbus-port", 502);
    private readonly Option<string?> units = new("--units") { Description = "Units to ask behind each Modbus path: 1-10, or 1,3,7" };
    private readonly Option<string?> serial = new("--serial") { Description = "A serial line with Modbus RTU, such as /dev/ttyUSB0; needs --units" };
    private readonly Option<int> baud = new("--baud") { Description = "Speed of the serial line", DefaultValueFactory = _ => 19200 };
    private readonly Option<string> parity = new("--parity") { Description = "none, even or odd", DefaultValueFactory = _ => "even" };
    private readonly Option<bool> ipmi = new("--ipmi") { Description = "IPMI with --user; the password comes from EDGEDCIM_PASSWORD" };
    private readonly Option<int> ipmiPort = Port("--ipmi-port", 623);
    private readonly Option<bool> redfish = new("--redfish") { Description = "Redfish over HTTPS with --user; the password comes from EDGEDCIM_PASSWORD" };
    private readonly Option<bool> redfishHttp = new("--redfish-http") { Description = "Redfish without encryption, for test networks" };
    private readonly Option<int> redfishPort = Port("--redfish-port", 0);
    private readonly Option<string?> user = new("--user") { Description = "The user of IPMI and Redfish" };

    public IEnumerable<Option> Options =>
        [snmp, v1, snmpUser, auth, priv, snmpPort, modbus, modbusPort, units, serial, baud, parity, ipmi, ipmiPort, redfish, redfishHttp, redfishPort, user];

    /// <exception cref="UsageException">Options that do not go together.</exception>
    public IReadOnlyList<Question> Read(ParseResult parsed)
    {
        var questions = new List<Question>();
        questions.AddRange(Communities(parsed));
        if (parsed.GetValue(snmpUser) is { } name)
        {
            questions.Add(new Question("snmp", parsed.GetValue(snmpPort), null, [SnmpUser(name, parsed.GetValue(auth), parsed.GetValue(priv))], false, null));
        }

        if (parsed.GetValue(modbus))
        {
            questions.Add(new Question("modbus", parsed.GetValue(modbusPort), null, Units(parsed.GetValue(units) ?? "1"), true, null));
        }

        if (parsed.GetValue(serial) is { } line)
        {
            questions.Add(Serial(line, parsed.GetValue(baud), parsed.GetValue(parity)!, parsed.GetValue(units)));
        }

        if (parsed.GetValue(ipmi))
        {
            questions.Add(Login("ipmi", parsed.GetValue(ipmiPort), parsed.GetValue(user)));
        }

        if (parsed.GetValue(redfish) || parsed.GetValue(redfishHttp))
        {
            var plain = parsed.GetValue(redfishHttp);
            var port = parsed.GetValue(redfishPort);
            questions.Add(Login(plain ? "redfish+http" : "redfish+https", port > 0 ? port : plain ? 80 : 443, parsed.GetValue(user)));
        }

        return questions;
    }

    private static Option<int> Port(string name, int otherwise) => new(name) { Description = "Another port than the standard one", DefaultValueFactory = _ => otherwise };

    private IEnumerable<Question> Communities(ParseResult parsed)
    {
        var literals = 0;
        foreach (var text in parsed.GetValue(snmp) ?? [])
        {
            // The configuration never holds a secret itself, whatever a person typed; public is none.
            var variable = text.StartsWith("env:", StringComparison.Ordinal) ? text[4..]
                : text == "public" ? null
                : ++literals == 1 ? "EDGEDCIM_SNMP_COMMUNITY"
                : string.Create(CultureInfo.InvariantCulture, $"EDGEDCIM_SNMP_COMMUNITY_{literals}");
            var reference = variable is null ? text : $"${{env:{variable}}}";
            var community = new Setting("community", text.StartsWith("env:", StringComparison.Ordinal) ? reference : text, reference);
            IReadOnlyList<Setting>[] versions = parsed.GetValue(v1) ? [[community], [new("version", "1"), community]] : [[community]];
            yield return new Question(
                "snmp", parsed.GetValue(snmpPort), null, versions, false,
                variable is null ? null : $"the configuration needs the community in the variable {variable}; or write ${{file:/path}} instead");
        }
    }

    private static List<Setting> SnmpUser(string name, string? auth, string? priv)
    {
        var keys = new List<Setting> { new("version", "3"), new("user", name) };
        if (auth is not null)
        {
            keys.AddRange([new("auth", auth), new("auth_password", "${env:EDGEDCIM_AUTH_PASSWORD}")]);
        }

        if (priv is not null)
        {
            keys.AddRange([new("priv", priv), new("priv_password", "${env:EDGEDCIM_PRIV_PASSWORD}")]);
        }

        return keys;
    }

    private static Question Serial(string line, int baud, string parity, string? units) => units is null
        ? throw new UsageException("a serial line is searched only for units that are named, since each absent one costs its neighbours a timeout: add --units 1-20")
        : new Question("modbus-rtu", 0, string.Create(CultureInfo.InvariantCulture, $"modbus-rtu://{line}?baud={baud}&parity={parity}"), Units(units), true, null);

    private static Question Login(string scheme, int port, string? user) => new(
        scheme, port, null, user is null ? [[]] : [[new("user", user), new("password", "${env:EDGEDCIM_PASSWORD}")]], false, null);

    private static List<IReadOnlyList<Setting>> Units(string text)
    {
        var found = new SortedSet<int>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var dash = part.IndexOf('-', StringComparison.Ordinal);
            if (!int.TryParse(dash < 0 ? part : part[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                || !int.TryParse(dash < 0 ? part : part[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
                || first > last || last > 255)
            {
                throw new UsageException($"'--units' is '{text}'; write units between 0 and 255, such as 1-10 or 1,3,7");
            }

            found.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return found.Count == 0
            ? throw new UsageException("'--units' names no unit; write 1-10 or 1,3,7")
            : [.. found.Select(unit => (IReadOnlyList<Setting>)[new("unit", unit.ToString(CultureInfo.InvariantCulture))])];
    }
}
