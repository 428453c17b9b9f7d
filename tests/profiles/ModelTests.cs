using System.Globalization;
using EdgeDcim.Agent.Cli;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Drivers.Modbus;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;
using EdgeDcim.Protocols.Modbus;
using EdgeDcim.Scenarios.Harness;

namespace EdgeDcim.Profiles.Tests;

/// <summary>
/// Every model of the library is read from its own recording over a real socket. To add one: <c>models/NAME.rec</c> with the raw values and
/// <c>models/NAME.expected</c> with what they mean, a line a reading: metric | part | value and unit, or word.
/// </summary>
public sealed class ModelTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "profiles", "models");
    
    /// <summary>Every model that the program ships.</summary>
    internal static IReadOnlyList<DeviceProfile> Library { get; } = Load();


    /// <summary>The protocols whose devices are replayed here; the others prove their profiles against servers of their own.</summary>
    public static TheoryData<string> Models { get; } = [.. Library.Where(profile => profile.Header.Protocol is "snmp" or "modbus").Select(profile => profile.Name)];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Read_everyModelFromItsRecording_givesExactlyWhatIsExpected(string model)
    {
        var profile = Library.Single(profile => profile.Name == model);
        Assert.True(File.Exists(Recording(model)), $"{model} claims proof '{Quantities.SnakeCase(profile.Header.Proof.ToString())}', but has no models/{model}.rec");
        Assert.True(File.Exists(Expected(model)), $"{model} claims proof '{Quantities.SnakeCase(profile.Header.Proof.ToString())}', but has no models/{model}.expected");
        await using var device = new ReplayedDevice(profile.Header.Protocol, DeviceRecording.Load(Recording(model)));

        var samples = await device.ReadAsync(profile, TestContext.Current.CancellationToken);

        var expected = File.ReadLines(Expected(model)).Where(line => line.Length > 0 && line[0] != '#').Select(Split).ToDictionary();
        var read = samples.Select(Line).Select(Split).ToDictionary();
        var differences = expected.Where(entry => !Agrees(read, entry)).Select(entry => $"expected, not read: {entry.Value.Line}")
            .Concat(read.Where(entry => !Agrees(expected, entry)).Select(entry => $"read, not expected: {entry.Value.Line}")).Order(StringComparer.Ordinal);
        Assert.True(!differences.Any(), $"{model}:{Environment.NewLine}{string.Join(Environment.NewLine, differences)}");
        Assert.DoesNotContain(samples, sample => sample.Quality == Quality.Suspect);
    }

    /// <summary>A meter's registers alone seldom tell its model, an SNMP agent says it.</summary>
    public static TheoryData<string> SnmpModels { get; } = [.. Library.Where(profile => profile.Header.Protocol == "snmp").Select(profile => profile.Name)];

    [Theory]
    [MemberData(nameof(SnmpModels))]
    public async Task Identify_everySnmpModelFromItsRecording_findsItsOwnProfile(string model)
    {
        await using var device = new ReplayedDevice("snmp", DeviceRecording.Load(Recording(model)));

        Assert.Equal(model, (await device.FindAsync(Library, TestContext.Current.CancellationToken)).Profile.Name);
    }

    /// <summary>Every profile whose registers say what it is.</summary>
    public static TheoryData<string> KnownByRegisters { get; } = [.. Library.OfType<ModbusProfile>().Where(profile => profile.Fingerprints.Count > 0 || profile.Names is not null).Select(profile => profile.Name)];

    [Theory]
    [MemberData(nameof(KnownByRegisters))]
    public async Task Find_everyModbusModelWithAFingerprint_isFoundFromItsRecording(string model)
    {
        await using var device = new ReplayedDevice("modbus", DeviceRecording.Load(Recording(model)));

        var found = await device.FindAsync(Library, TestContext.Current.CancellationToken);

        // The WAGO meter is the Inepro one under another name.
        Assert.Equal(model == "wago-879" ? "inepro-pro380" : model, found.Profile.Name);
    }

    /// <summary>Such a device has everything that every profile reads, and measures nothing.</summary>
    [Fact]
    public async Task Find_deviceThatAnswersZeroEverywhere_isNoModel()
    {
        var recording = new DeviceRecording();
        foreach (var table in new[] { ModbusFunction.ReadHoldingRegisters, ModbusFunction.ReadInputRegisters })
        {
            recording.SetRegisters(table, 0, 0);
            recording.SetRegisters(table, ushort.MaxValue, 0);
        }

        await using var device = new ReplayedDevice("modbus", recording);

        var fault = await Assert.ThrowsAsync<DeviceFault>(() => device.FindAsync(Library, TestContext.Current.CancellationToken));

        Assert.Equal(FaultKind.NotSupported, fault.Kind);
    }

    [Fact]
    public async Task Find_newMeterWithOneLineAndNoLoad_isStillFound()
    {
        var recording = new DeviceRecording();
        recording.SetRegisters(ModbusFunction.ReadInputRegisters, 0, 0x4366, 0); // 230 V
        recording.SetRegisters(ModbusFunction.ReadInputRegisters, 70, 0x4248, 0); // 50 Hz
        recording.SetRegisters(ModbusFunction.ReadInputRegisters, 400, 0);
        await using var device = new ReplayedDevice("modbus", recording);

        Assert.Equal("eastron-sdm630", (await device.FindAsync(Library, TestContext.Current.CancellationToken)).Profile.Name);
    }

    /// <summary>No recording and no expected result, no proof; no proof, not chosen.</summary>
    [Fact]
    public async Task Read_auto_withAnUnprovenProfile_doesNotChooseItAndSaysSo()
    {
        const string Model = "teracom-tcw241";
        using var folder = new ScratchFolder();
        var text = await File.ReadAllTextAsync(Library.Single(profile => profile.Name == Model).Header.File, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File($"{Model}.yaml"), text.Replace("proof: manual\n", "", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await using var device = new ReplayedDevice("snmp", DeviceRecording.Load(Recording(Model)));
        var (output, error) = (new StringWriter(), new StringWriter());

        var exit = await CommandLine.RunAsync(
            ["read", "--profile", "auto", "--at", device.At, "--profiles", folder], [ReadCommand.Create(TimeProvider.System)], output, error, TestContext.Current.CancellationToken);

        Assert.NotEqual(0, exit);
        Assert.Contains($"the profile {Model} says no 'proof' and is not tried; name its file to use it", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("fits none of", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Models_everyRecording_belongsToAModel()
    {
        var names = Library.Select(profile => profile.Name).ToHashSet(StringComparer.Ordinal);

        Assert.All(Directory.EnumerateFiles(Folder), file => Assert.Contains(Path.GetFileNameWithoutExtension(file), names));
    }

    [Fact]
    public void Models_proofByRecording_standsForADeviceThatWasHeldAgainstIt()
    {
        var held = RecordingTests.Expected.Select(row => row.Data.Item2).ToHashSet(StringComparer.Ordinal);

        Assert.All(Library.Where(profile => profile.Header is { Proof: Proof.Recording, Protocol: "snmp" }), profile => Assert.Contains(profile.Name, held));
        Assert.All(Library, profile => Assert.NotEqual(Proof.None, profile.Header.Proof));
    }

    internal static string Recording(string model) => Path.Combine(Folder, $"{model}.rec");

    private static string Expected(string model) => Path.Combine(Folder, $"{model}.expected");

    private static string Line(Sample sample)
    {
        var metric = sample.Instance.Point.Metric;
        var value = double.IsNaN(sample.Value) ? "missing"
            : metric.Kind == MetricKind.State ? metric.StateName(sample.Value) ?? "?"
            : $"{sample.Value.ToString("0.######", CultureInfo.InvariantCulture)} {metric.Unit}";
        return $"{metric.Name} | {sample.Instance.Part ?? "-"} | {value}";
    }

    /// <summary>What must agree to the letter, and the number that must agree closely (0 for a word), with the line they come from.</summary>
    private static KeyValuePair<string, (double Number, string Line)> Split(string line)
    {
        var fields = line.Split('|', StringSplitOptions.TrimEntries);
        var words = fields is [_, _, var value] ? value.Split(' ', 2) : throw new FormatException($"'{line}' is not: metric | part | value unit");
        return words.Length == 2 && double.TryParse(words[0], CultureInfo.InvariantCulture, out var number)
            ? new($"{fields[0]} | {fields[1]} | {words[1]}", (number, line))
            : new($"{fields[0]} | {fields[1]} | {fields[2]}", (0, line));
    }

    private static bool Agrees(Dictionary<string, (double Number, string Line)> others, KeyValuePair<string, (double Number, string Line)> entry) =>
        others.TryGetValue(entry.Key, out var other) && Math.Abs(entry.Value.Number - other.Number) <= Math.Max(1e-6, Math.Abs(entry.Value.Number) * 1e-6);

    private static IReadOnlyList<DeviceProfile> Load()
    {
        var problems = new ConfigProblems();
        var library = ProfileLibrary.Open(ProtocolCatalog.Standard(TimeProvider.System)).LoadAll(problems);
        problems.ThrowIfAny();
        return library;
    }
}
