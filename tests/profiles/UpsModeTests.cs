using System.Globalization;
using System.Text.RegularExpressions;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Drivers.Modbus;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.Modbus;
using EdgeDcim.Protocols.Tests.Snmp;

namespace EdgeDcim.Profiles.Tests;

/// <summary>
/// What each value of each maker's mode object means, written from the makers' documents in <c>ups-modes.txt</c>: ECO is never shown as a fault, a
/// fault never as ECO, and no value that a profile knows is left untested.
/// </summary>
public sealed partial class UpsModeTests
{
    private const string Mode = "ups.mode";

    public static TheoryData<string> Profiles { get; } =
        [.. ModelTests.Library.Where(profile => profile.Header.Protocol is "snmp" or "modbus" && Points(profile).Any()).Select(profile => profile.Name)];

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task Read_everyRawModeOfTheMaker_givesTheModeThatItMeans(string name)
    {
        var profile = ModelTests.Library.Single(profile => profile.Name == name);
        var lines = UpsModeLine.All.Where(line => line.Profiles.Contains(name)).ToList();
        Assert.NotEmpty(lines);
        foreach (var line in lines)
        {
            var recording = DeviceRecording.Load(ModelTests.Recording(name));
            Put(recording, profile, line);
            await using var device = new ReplayedDevice(profile.Header.Protocol, recording);

            var sample = (await device.ReadAsync(profile, TestContext.Current.CancellationToken)).Single(sample => sample.Instance.Point.Metric.Name == Mode);

            Assert.Equal(line, line with { Mode = sample.Instance.Point.Metric.StateName(sample.Value) ?? "nothing" });
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Table_everyRawModeThatAProfileKnows_isInIt(string name)
    {
        var profile = ModelTests.Library.Single(profile => profile.Name == name);
        var told = UpsModeLine.All.Where(line => line.Profiles.Contains(name)).Select(line => $"{line.Object} = {line.Raw}").ToHashSet(StringComparer.Ordinal);

        Assert.All(Points(profile).SelectMany(point => point.Conversion.StateTexts!.Keys.Select(raw => $"{point.Place} = {raw}")), known => Assert.Contains(known, told));
    }

    /// <summary>What a new profile of a UPS forgets is told here; these maps have no object that tells double conversion from bypass, battery and ECO.</summary>
    [Fact]
    public void Library_everyUps_tellsItsModeOrIsKnownToHaveNoWordForIt()
    {
        string[] wordless = ["alpha-cordex", "cyberpower-modbus", "eltek-smartpack", "symmetra-px-modbus"];

        Assert.Equal(wordless, ModelTests.Library.Where(profile => profile.Header.Kind.Name == "ups" && !Points(profile).Any()).Select(profile => profile.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Table_modesByTheirMakersNames_neverMixEcoAndFault()
    {
        string[] economical = ["eco", "high_efficiency"];

        Assert.All(UpsModeLine.All.Where(line => Economy().IsMatch(line.Name)), line => Assert.Contains(line.Mode, economical));
        Assert.All(UpsModeLine.All.Where(line => Trouble().IsMatch(line.Name)), line => Assert.DoesNotContain(line.Mode, economical));
        Assert.All(UpsModeLine.All.Where(line => economical.Contains(line.Mode)), line => Assert.Matches(Economy(), line.Name));
    }

    private static IEnumerable<Point> Points(DeviceProfile profile) => profile.Points.Where(point => point.Metric.Name == Mode);

    private static void Put(DeviceRecording recording, DeviceProfile profile, UpsModeLine line)
    {
        if (profile.Header.Protocol == "snmp")
        {
            recording.SetObject(line.Object, long.TryParse(line.Raw, CultureInfo.InvariantCulture, out var number) ? Tlv.Integer(number) : Tlv.Text(line.Raw));
            return;
        }

        var slot = profile.Points.OfType<RegisterPoint>().First(point => point.Place == line.Object).Slot;
        var registers = recording.Registers[slot.Table];
        var words = Enumerable.Range(slot.Address, slot.Length).Select(address => registers.GetValueOrDefault(address)).ToArray();
        Array.Reverse(words, 0, slot.Words == WordOrder.Big ? 0 : words.Length);
        var value = words.Aggregate(0UL, (sum, word) => (sum << 16) | word);
        var raw = ulong.Parse(line.Raw, CultureInfo.InvariantCulture);
        value = slot.FirstBit is { } bit ? (value & ~(1UL << bit)) | (raw << bit) : raw;
        for (var i = words.Length - 1; i >= 0; i--, value >>= 16)
        {
            words[i] = (ushort)value;
        }

        Array.Reverse(words, 0, slot.Words == WordOrder.Big ? 0 : words.Length);
        recording.SetRegisters(slot.Table, slot.Address, words);
    }

    [GeneratedRegex("^(?!battery)(?i:.*(eco(?!nd)|efficien|essMode|saving)|flex|inverterStandby)")]
    private static partial Regex Economy();

    [GeneratedRegex("(?i)fault|fail|emergency|overload")]
    private static partial Regex Trouble();
}
