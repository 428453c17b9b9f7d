using System.Globalization;
using System.Net;
using System.Text;
using EdgeDcim.Protocols.Ipmi;
using EdgeDcim.Scenarios.Harness;
using EdgeDcim.Simulator.Ipmi;
using Xunit;

namespace EdgeDcim.Scenarios.Ipmi;

/// <summary>OpenIPMI's ipmi_sim and pyghmi's controller, and the tools of others that read controllers.</summary>
internal static class IpmiPeers
{
    public const string User = "ipmiusr";
    public const string Password = "test";

    /// <summary>A board with awkward factors: record, raw octet, states.</summary>
    public static IReadOnlyList<(byte[] Record, byte Raw, byte[] States)> Board { get; } =
    [
        (SdrBytes.Full(1, "Inlet Temp", 1, 0x37, 1, 1, format: 2), 24, []),
        (SdrBytes.Full(2, "Outside", 1, 7, 1, 1, format: 2), 0xF6, []),
        (SdrBytes.Full(3, "CPU1 Temp", 1, 3, 1, 1), 61, []),
        (SdrBytes.Full(4, "FAN1", 4, 29, 1, 18, m: 392, rExp: -1), 54, []),
        (SdrBytes.Full(5, "0V9", 2, 7, 1, 4, 243, 7, 4, -5), 89, []),
        (SdrBytes.Full(6, "1V2", 2, 7, 2, 4, 117, 12, 0, -4), 100, []),
        (SdrBytes.Full(7, "Pwr Consumption", 0x0B, 7, 1, 6, m: 4), 120, []),
        (SdrBytes.Full(8, "PSU Current", 3, 10, 1, 5, m: 2, rExp: -1), 33, []),
        (SdrBytes.Full(9, "Heatsink", 1, 7, 3, 1, m: -3, b: -511, bExp: 1, rExp: -2), 2, []),
        (SdrBytes.Compact(16, "PS1 Status", 8, 10, 1, 0x6F), 0, [0]),
        (SdrBytes.Compact(17, "PS2 Status", 8, 10, 2, 0x6F), 0, [0, 3]),
        (SdrBytes.Full(1, "Satellite", 1, 7, 4, 1, owner: 0x30), 47, []),
    ];

    /// <summary>An ipmi_sim with the board, one sensor of which is a second controller's.</summary>
    public static async Task<(OtherProcess Process, IPEndPoint EndPoint)> IpmiSimAsync(ScratchFolder folder, CancellationToken cancel, string? bmcKey = null)
    {
        Peers.Require("ipmi_sim");
        var endPoint = new IPEndPoint(IPAddress.Loopback, Ports.FreeUdp());
        Directory.CreateDirectory(folder.File("state"));
        await File.WriteAllTextAsync(
            folder.File("lan.conf"),
            $"""
            name "edgesim"
            set_working_mc 0x20
              startlan 1
                addr 127.0.0.1 {endPoint.Port}
                priv_limit admin
                allowed_auths_callback none md2 md5 straight
                allowed_auths_user none md2 md5 straight
                allowed_auths_operator none md2 md5 straight
                allowed_auths_admin none md2 md5 straight
                guid a123456789abcdefa123456789abcdef
                {(bmcKey is null ? "" : $"bmc_key \"{bmcKey}\"")}
              endlan
              user 1 true "" "{Password}" user 10 none md2 md5 straight
              user 2 true "{User}" "{Password}" admin 10 none md2 md5 straight

            """,
            cancel);
        await File.WriteAllTextAsync(folder.File("bmc.emu"), Emulation(), cancel);
        var process = OtherProcess.Start("ipmi_sim", ["-c", folder.File("lan.conf"), "-f", folder.File("bmc.emu"), "-s", folder.File("state"), "-n", "-d"], folder);
        await AnswersAsync(process, endPoint, User, Password, cancel, bmcKey);
        return (process, endPoint);
    }

    /// <summary>pyghmi's controller, which has power on or off and, added by the test's script, a DCMI power reading.</summary>
    public static async Task<(OtherProcess Process, IPEndPoint EndPoint)> PyghmiAsync(ScratchFolder folder, CancellationToken cancel)
    {
        Peers.Require("fakebmc");
        var endPoint = new IPEndPoint(IPAddress.Loopback, Ports.FreeUdp());
        var process = OtherProcess.Start(
            "/usr/bin/python3", [Path.Combine(Repository.Root, "tests", "scenarios", "Ipmi", "peers", "pyghmi-bmc.py"), endPoint.Port.ToString(CultureInfo.InvariantCulture), User, Password], folder);
        await AnswersAsync(process, endPoint, User, Password, cancel);
        return (process, endPoint);
    }

    /// <summary>What FreeIPMI's ipmi-sensors prints, by sensor name: reading, and states.</summary>
    /// <param name="endPoint">Of the controller.</param>
    /// <param name="user">Its name.</param>
    /// <param name="password">In this controller of a test no secret.</param>
    /// <param name="suite">Of IPMI 2.0; null: IPMI 1.5.</param>
    /// <param name="folder">For its cache.</param>
    /// <param name="cancel">Ends the wait.</param>
    public static async Task<IReadOnlyDictionary<string, (string Reading, string States)>> IpmiSensorsAsync(
        IPEndPoint endPoint, string user, string password, byte? suite, ScratchFolder folder, CancellationToken cancel)
    {
        Peers.Require("ipmi-sensors");
        string[] session = suite is { } id ? ["-D", "LAN_2_0", "-I", id.ToString(CultureInfo.InvariantCulture)] : ["-D", "LAN"];
        var (_, output) = await OtherProcess.RunAsync(
            "ipmi-sensors",
            [.. session, "-h", endPoint.ToString(), "-u", user, "-p", password, "-l", "USER", $"--sdr-cache-directory={folder.Path}", "--quiet-cache", "--bridge-sensors", "--comma-separated-output", "--no-header-output"],
            cancel, folder);
        return output.Split('\n').Select(line => line.Split(',')).Where(fields => fields.Length == 6)
            .ToDictionary(fields => fields[1], fields => (fields[3], fields[5]), StringComparer.Ordinal);
    }

    private static string Emulation()
    {
        var text = new StringBuilder("mc_setbmc 0x20\nmc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02\nmc_add 0x30 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf03\nsel_enable 0x20 1000 0x0a\n");
        foreach (var (record, _, _) in Board)
        {
            text.Append("main_sdr_add 0x20 ").AppendJoin(' ', record.Select(octet => $"0x{octet:x2}")).Append('\n');
        }

        const string States = "000000000000000";
        foreach (var (record, raw, states) in Board)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"sensor_add 0x{record[5]:x2} 0 {record[7]} {record[12]} {record[13]}");
            if (record[3] == 1)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"sensor_set_value 0x{record[5]:x2} 0 {record[7]} {raw} 0");
            }

            foreach (var state in states)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"sensor_set_bit 0x{record[5]:x2} 0 {record[7]} {state} 1 0");
            }

            // Without scanning a sensor has a value and tells none.
            text.AppendLine(CultureInfo.InvariantCulture, $"sensor_set_event_support 0x{record[5]:x2} 0 {record[7]} enable scanning per-state {States} {States} {States} {States}");
        }

        return text.Append("mc_enable 0x20\nmc_enable 0x30\n").ToString();
    }

    private static async Task AnswersAsync(OtherProcess process, IPEndPoint endPoint, string user, string password, CancellationToken cancel, string? bmcKey = null)
    {
        await using var transport = new IpmiTransport(TimeProvider.System);
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.False(process.HasExited, process.Output);
                await using var client = new IpmiClient(transport, new IpmiTarget(endPoint, user, password) { Retries = 0, BmcKey = IpmiTarget.ParseBmcKey(bmcKey ?? "") });
                try
                {
                    await client.ReadDeviceIdAsync(cancel);
                    return true;
                }
                catch (IpmiException silent) when (silent.Fault is IpmiFault.Timeout or IpmiFault.Unreachable)
                {
                    return false;
                }
            },
            $"a controller at {endPoint} answers",
            TimeSpan.FromSeconds(60),
            cancel);
    }
}
