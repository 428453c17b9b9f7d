using System.Globalization;
using System.Net;
using EdgeDcim.Protocols.Snmp;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Snmp;

/// <summary>net-snmp's agent and tools and snmpsim, each with its state in the test's folder.</summary>
internal static class SnmpPeers
{
    private static readonly Oid SysUpTime = Oid.Parse("1.3.6.1.2.1.1.3.0");

    /// <summary>An snmpd on a free loopback port with this configuration.</summary>
    public static async Task<(OtherProcess Process, IPEndPoint EndPoint)> SnmpdAsync(ScratchFolder folder, string configuration, SnmpTarget? probe, CancellationToken cancel, int? port = null)
    {
        Peers.Require("snmpd");
        var endPoint = new IPEndPoint(IPAddress.Loopback, port ?? Ports.FreeUdp());
        var file = folder.File($"snmpd-{endPoint.Port}.conf");
        var state = folder.File($"snmpd-{endPoint.Port}");
        Directory.CreateDirectory(state);
        await File.WriteAllTextAsync(file, configuration + "\nrocommunity probe 127.0.0.1\nmaster off\nagentXSocket none\n", cancel);
        var process = OtherProcess.Start(
            "snmpd",
            ["-f", "-Lo", "-C", "-c", file, "-p", folder.File($"snmpd-{endPoint.Port}.pid"), $"udp:127.0.0.1:{endPoint.Port}"],
            folder,
            new Dictionary<string, string> { ["SNMP_PERSISTENT_DIR"] = state, ["MIBS"] = "" });
        await AnswersAsync(process, probe ?? new SnmpTarget(endPoint, SnmpVersion.V2c, "probe"), cancel);
        return (process, endPoint);
    }

    /// <summary>snmpsim with some recordings of real devices: a recording's name is its community.</summary>
    public static async Task<(OtherProcess Process, IPEndPoint EndPoint)> SnmpSimAsync(ScratchFolder folder, IReadOnlyList<string> recordings, CancellationToken cancel, params string[] options)
    {
        Peers.Require("snmpsimd");
        Peers.Require("snmpget");
        var source = Repository.Recordings;
        Assert.SkipWhen(source is null, "the recordings of real devices are not beside the repository");
        return await SnmpSimAsync(folder, recordings.ToDictionary(name => name, name => File.ReadAllText(Path.Combine(source!, "snmp", name + ".snmprec"))), cancel, options);
    }

    /// <summary>snmpsim with recordings of the test's own, by community.</summary>
    public static async Task<(OtherProcess Process, IPEndPoint EndPoint)> SnmpSimAsync(
        ScratchFolder folder, IReadOnlyDictionary<string, string> recordings, CancellationToken cancel, params string[] options)
    {
        Peers.Require("snmpsimd");
        var endPoint = new IPEndPoint(IPAddress.Loopback, Ports.FreeUdp());
        var data = Directory.CreateDirectory(folder.File($"data-{endPoint.Port}")).FullName;
        var cache = Directory.CreateDirectory(folder.File($"cache-{endPoint.Port}")).FullName;
        foreach (var (name, text) in recordings)
        {
            await File.WriteAllTextAsync(Path.Combine(data, name + ".snmprec"), text, cancel);
        }

        // Started as root, snmpsim insists on becoming somebody else, who has to read its data and write its cache.
        var anybody = (UnixFileMode)Convert.ToInt32("777", 8);
        string[] identity = [];
        if (!OperatingSystem.IsWindows() && Environment.UserName == "root")
        {
            identity = ["--process-user=nobody", "--process-group=nogroup"];
            foreach (var path in (string[])[folder, data, cache])
            {
                File.SetUnixFileMode(path, anybody);
            }
        }

        var process = OtherProcess.Start(
            "snmpsimd",
            [$"--data-dir={data}", $"--cache-dir={cache}", .. identity, "--logging-method=stdout", $"--agent-udpv4-endpoint={endPoint}", .. options],
            folder);
        await AnswersAsync(process, new SnmpTarget(endPoint, SnmpVersion.V2c, recordings.Keys.First()), cancel);
        return (process, endPoint);
    }

    /// <summary>
    /// What a net-snmp tool prints, as OID and value: numeric OIDs, strings as hexadecimal, no MIB, no unit, no type. Long strings, which the
    /// tool breaks, are one line again.
    /// </summary>
    public static async Task<IReadOnlyList<(string Oid, string Value)>> PrintedAsync(string tool, IEnumerable<string> arguments, CancellationToken cancel)
    {
        Peers.Require(tool);
        var (_, output) = await OtherProcess.RunAsync(
            tool, ["-Oqnetx", "-OU", "-m", "", "-t", "5", .. arguments], cancel, environment: new Dictionary<string, string> { ["MIBS"] = "" });
        var found = new List<(string Oid, string Value)>();
        foreach (var line in output.Split('\n'))
        {
            if (line.StartsWith('.') && line.IndexOf(' ', StringComparison.Ordinal) is > 0 and var space)
            {
                found.Add((line[1..space], line[(space + 1)..]));
            }
            else if (found.Count > 0 && line.Length > 0)
            {
                found[^1] = (found[^1].Oid, found[^1].Value + " " + line);
            }
        }

        // Behind the last object a bulk walk prints that there is no more, once a repetition.
        return [.. found.Where(each => !each.Value.StartsWith("No more variables left", StringComparison.Ordinal)).Select(each => (each.Oid, Tidy(each.Value)))];
    }

    /// <summary>Our value in the form of <see cref="PrintedAsync"/>.</summary>
    public static (string Oid, string Value) Printed(SnmpVariable variable) => (variable.Oid.ToString(), variable.Value.Type switch
    {
        SnmpType.OctetString => string.Join(' ', variable.Value.Bytes.ToArray().Select(octet => octet.ToString("X2", CultureInfo.InvariantCulture))),
        SnmpType.ObjectIdentifier => "." + variable.Value.AsText(),
        SnmpType.NoSuchObject => "No Such Object available on this agent at this OID",
        SnmpType.NoSuchInstance => "No Such Instance currently exists at this OID",
        SnmpType.Null => "NULL",
        _ => variable.Value.AsText(),
    });

    private static string Tidy(string value) => string.Join(' ', value.Replace("\"", "", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static async Task AnswersAsync(OtherProcess process, SnmpTarget target, CancellationToken cancel)
    {
        await using var transport = new SnmpTransport(TimeProvider.System);
        var client = new SnmpClient(transport, target);
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.False(process.HasExited, process.Output);
                try
                {
                    await client.GetAsync([SysUpTime], cancel);
                    return true;
                }
                catch (SnmpException)
                {
                    return false;
                }
            },
            $"an agent at {target} answers",
            TimeSpan.FromSeconds(60),
            cancel);
    }
}
