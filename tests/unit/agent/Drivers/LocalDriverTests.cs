using System.Device.Gpio;
using System.Device.I2c;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Drivers.Local;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Agent.Tests.Profiles;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Protocols.LocalSensors;
using EdgeDcim.Protocols.Tests.LocalSensors;

namespace EdgeDcim.Agent.Tests.Drivers;

public sealed class LocalDriverTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("edgedcim-sys-").FullName;
    private readonly Dictionary<(int Bus, int Address), I2cDevice> chips = [];
    private LocalSensorReader? reader;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        reader?.Dispose();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task Kernel_sensors_become_parts_by_name_and_serial_number()
    {
        Put("class/hwmon/hwmon4/name", "coretemp");
        Put("class/hwmon/hwmon4/temp1_input", "41000");
        Put("class/hwmon/hwmon4/temp2_input", "43500");
        Put("class/hwmon/hwmon4/temp2_label", "Core 0");
        Put("bus/w1/devices/28-0316a2795b01/w1_slave", "a3 01 4b 46 7f ff 0d 10 ce : crc=ce YES");
        var driver = Driver("""
            points:
              - { metric: temperature.cpu, hwmon: coretemp, file: temp*_input, scale: 0.001, part: "{label}" }
              - { metric: temperature.ambient, onewire: "28-*", part: "probe/{match}" }
              - { metric: temperature.component, hwmon: nvme, file: temp1_input, scale: 0.001 }
            """);

        var samples = await driver.ReadAsync(PollGroup.Normal, Cancel);

        Assert.Equal(
            [("temp1_input", 41.0), ("Core 0", 43.5), ("probe/0316a2795b01", 26.1875)],
            samples.Select(sample => (sample.Instance.Part!, Math.Round(sample.Value, 6))));
        Assert.Equal("1-wire 28-0316a2795b01", samples[2].Instance.Source);
        Assert.Same(samples[0].Instance, (await driver.ReadAsync(PollGroup.Normal, Cancel))[0].Instance);
    }

    [Fact]
    public async Task Loop_with_a_broken_wire_is_missing_with_one_note_and_its_neighbour_goes_on()
    {
        double[] volts = [0.6 + 1.2, 0.01, 0, 0];
        chips[(1, 0x48)] = new Ads1115Chip(volts);
        var driver = Driver("""
            points:
              - { metric: pressure.supply, part: primary, i2c: ads1115, input: 0, channel: loop, shunt: 150, range: [0, 1000] }
              - { metric: flow, part: primary, i2c: ads1115, input: 1, channel: loop, shunt: 150, range: [0, 400] }
            """);

        var samples = await driver.ReadAsync(PollGroup.Normal, Cancel);
        Assert.Equal(500, samples[0].Value, 0);
        Assert.True(double.IsNaN(samples[1].Value));
        Assert.Equal(Core.Telemetry.Quality.Missing, samples[1].Quality);
        Assert.Contains("i2c-1/0x48 ads1115 a1 gives no value: the loop carries 0.07 mA", Assert.Single(driver.TakeNotes()), StringComparison.Ordinal);
        await driver.ReadAsync(PollGroup.Normal, Cancel);
        Assert.Empty(driver.TakeNotes());

        volts[1] = 3.0;
        Assert.Equal(400, (await driver.ReadAsync(PollGroup.Normal, Cancel))[1].Value, 0);
        Assert.Equal("i2c-1/0x48 ads1115 a1 measures again", Assert.Single(driver.TakeNotes()));
    }

    [Fact]
    public async Task Device_moves_its_chip_to_another_bus_and_address_and_brings_its_shunt()
    {
        chips[(3, 0x4A)] = new Ads1115Chip(1.0, 0, 0, 0);
        var driver = Driver("points:\n  - { metric: sensor.current, i2c: ads1115, input: 0, channel: loop, shunt: 150 }", new LocalAccess(3, 0x4A, 100));

        Assert.Equal(10, Assert.Single(await driver.ReadAsync(PollGroup.Normal, Cancel)).Value, 2);
    }

    [Fact]
    public async Task Profile_that_names_more_than_this_machine_has_is_sound_and_one_that_finds_nothing_is_not()
    {
        Put("class/hwmon/hwmon4/name", "coretemp");
        Put("class/hwmon/hwmon4/temp1_input", "41000");
        var driver = Driver("""
            points:
              - { metric: temperature.cpu, hwmon: coretemp, file: temp1_input, scale: 0.001, part: "{match}" }
              - { metric: temperature.component, hwmon: nvme, file: temp1_input, scale: 0.001, every: slow }
            """);
        Assert.Equal("coretemp", Assert.Single(await driver.ReadAsync(PollGroup.Normal, Cancel)).Instance.Part);
        Assert.Empty(await driver.ReadAsync(PollGroup.Slow, Cancel));

        Directory.Delete(Path.Combine(root, "class"), recursive: true);
        var fault = await Assert.ThrowsAsync<DeviceFault>(async () => await driver.ReadAsync(PollGroup.Slow, Cancel));
        Assert.Equal(FaultKind.NotSupported, fault.Kind);
    }

    [Fact]
    public async Task Chip_that_is_not_there_is_unreachable_and_named()
    {
        var driver = Driver("points:\n  - { metric: temperature.ambient, i2c: sht4x, channel: temperature }\n  - { metric: humidity.relative, i2c: sht4x, channel: humidity }");

        var fault = await Assert.ThrowsAsync<DeviceFault>(async () => await driver.ReadAsync(PollGroup.Normal, Cancel));

        Assert.Equal(FaultKind.Unreachable, fault.Kind);
        Assert.Empty(fault.Partial);
        Assert.Contains("/dev/i2c-1", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("open", false, "dry")]
    [InlineData("open", true, "leak")]
    [InlineData("closed", true, "dry")]
    [InlineData("closed", false, "leak")]
    public async Task Contact_tells_when_it_leaves_its_normal_position(string normally, bool isClosed, string state)
    {
        using var pins = new GpioModel();
        pins.Lay(17, isClosed ? PinValue.Low : PinValue.High);
        var driver = Driver($"points:\n  - {{ metric: leak.detected, gpio: 17, normally: {normally}, debounce: 1ms, states: {{ 0: dry, 1: leak }} }}", gpio: pins);

        var sample = Assert.Single(await driver.ReadAsync(PollGroup.Normal, Cancel));

        Assert.Equal(state, sample.Instance.Point.Metric.StateName(sample.Value));
        Assert.Equal("gpio 17", sample.Instance.Source);
    }

    public static TheoryData<string> Models { get; } =
        [.. Library().Where(profile => profile.Header.Protocol == "local").Select(profile => profile.Name)];

    /// <summary>Every local profile of the library against models of its hardware; all at the addresses of the data sheets.</summary>
    [Theory]
    [MemberData(nameof(Models))]
    public async Task Every_local_profile_of_the_library_reads_its_hardware(string model)
    {
        var expected = model switch
        {
            "bosch-bme280" => "temperature.ambient 25.08, humidity.relative 56.21, temperature.dew_point 15.74, pressure.barometric 100.65",
            "gpio-contacts" => "leak.detected 1, door 0, contact.alarm 0",
            "linux-hwmon" => "temperature.cpu 41, temperature.component 38.85",
            "maxim-ds18b20" => "temperature.ambient 26.19",
            "sensirion-sht3x" => "temperature.ambient 25, humidity.relative 50, temperature.dew_point 13.85",
            "sensirion-sht4x" => "temperature.ambient 25, humidity.relative 56.5, temperature.dew_point 15.75",
            "ti-ads1115-coolant" => "pressure.supply 0, flow 200, level 100, coolant.conductivity missing",
            "ti-ads1115-loops" => "sensor.current 4, sensor.current 12, sensor.current 20, sensor.current missing",
            "ti-ina219" or "ti-ina226" => "power.active 2.4, voltage.dc 12, current.dc 0.2",
            _ => "a model of the hardware is missing here",
        };
        Put("class/hwmon/hwmon2/name", "k10temp");
        Put("class/hwmon/hwmon2/temp1_input", "41000");
        Put("class/hwmon/hwmon4/name", "nvme");
        Put("class/hwmon/hwmon4/temp1_input", "38850");
        Put("bus/w1/devices/28-0316a2795b01/w1_slave", "a3 01 4b 46 7f ff 0d 10 ce : crc=ce YES");
        chips[(1, 0x76)] = new Bme280Chip();
        chips[(1, 0x44)] = new ShtChip(model == "sensirion-sht3x" ? ShtModel.Sht3x : ShtModel.Sht4x, 0x6666, 0x8000);
        chips[(1, 0x48)] = new Ads1115Chip(0.6, 1.8, 3.0, 0);
        chips[(1, 0x40)] = model == "ti-ina219"
            ? new InaChip(new() { [0] = 0x399F, [1] = 2000, [2] = 3000 << 3 })
            : new InaChip(new() { [0] = 0x4127, [1] = 8000, [2] = 9600, [0xFE] = 0x5449 });
        using var pins = new GpioModel();
        pins.Lay(17, PinValue.High);
        pins.Lay(27, PinValue.Low);
        pins.Lay(22, PinValue.High);
        var driver = new LocalDriver(Reader(pins), (LocalProfile)Library().Single(profile => profile.Name == model), new LocalAccess());

        var samples = new List<Sample>();
        foreach (var group in Enum.GetValues<PollGroup>())
        {
            samples.AddRange((await driver.ReadAsync(group, Cancel)).OrderBy(sample => ((LocalPoint)sample.Instance.Point).Line));
        }

        Assert.Equal(expected, string.Join(", ", samples.Select(sample =>
            FormattableString.Invariant($"{sample.Instance.Point.Metric.Name} {(double.IsNaN(sample.Value) ? "missing" : Math.Round(sample.Value, 2))}"))));
        Assert.DoesNotContain(samples, sample => sample.Quality == Core.Telemetry.Quality.Suspect);
    }

    [Fact]
    public async Task Identify_lists_what_the_kernel_shows_and_chooses_the_profile_that_finds_most()
    {
        Put("class/hwmon/hwmon0/name", "coretemp");
        Put("bus/w1/devices/28-0316a2795b01/w1_slave", "");
        await using var link = new LocalLink(new LocalSensorReader(new LocalHardware { SysRoot = root }, TimeProvider.System));
        var cpu = ProfileText.Read("local", "points:\n  - { metric: temperature.cpu, hwmon: coretemp, file: temp1_input, scale: 0.001 }");
        var other = ProfileText.Read("local", "points:\n  - { metric: temperature.cpu, hwmon: k10temp, file: temp1_input, scale: 0.001 }");

        var match = Assert.Single(await link.IdentifyAsync(new LocalAccess(), [other, cpu], Cancel));
        Assert.Same(cpu, match.Profile);
        Assert.Equal("found here: hwmon coretemp; 1-wire 28-0316a2795b01", match.Because);
        Assert.Contains("found here", (await Assert.ThrowsAsync<DeviceFault>(async () => await link.IdentifyAsync(new LocalAccess(), [other], Cancel))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ metric: temperature.ambient }", "says none of")]
    [InlineData("{ metric: temperature.ambient, gpio: 1, i2c: sht4x }", "write one of them")]
    [InlineData("{ metric: temperature.ambient, i2c: sht5x, channel: temperature }", "sht4x")]
    [InlineData("{ metric: temperature.ambient, i2c: sht4x, channel: pressure }", "it has temperature, humidity, dew_point")]
    [InlineData("{ metric: current.dc, i2c: ina226, channel: current }", "shunt")]
    [InlineData("{ metric: flow, i2c: ads1115, input: 4, channel: loop, shunt: 150 }", "input")]
    [InlineData("{ metric: flow, i2c: ads1115, input: 1, channel: loop, shunt: 150, range: [1] }", "what 4 mA and 20 mA stand for")]
    [InlineData("{ metric: temperature.ambient, onewire: \"10-*\", part: \"{match}\" }", "id of a DS18B20")]
    [InlineData("{ metric: temperature.ambient, onewire: \"28-*\" }", "tell them apart")]
    [InlineData("{ metric: temperature.ambient, hwmon: x, file: ../../passwd }", "a file of the chip")]
    [InlineData("{ metric: leak.detected, gpio: 1, debounce: 5s, states: { 1: leak } }", "at most 1s")]
    public void Wrong_point_says_what_to_write_instead(string point, string says)
    {
        ProfileText.TryRead("local", $"points:\n  - {point}", out var problems);

        Assert.Contains(problems, problem => problem.Message.Contains(says, StringComparison.Ordinal));
    }

    private void Put(string file, string content)
    {
        var path = Path.Combine(root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content + "\n");
    }

    private static IReadOnlyList<DeviceProfile> Library()
    {
        var problems = new ConfigProblems();
        var profiles = ProfileLibrary.Open(ProtocolCatalog.Standard(TimeProvider.System)).LoadAll(problems);
        Assert.Empty(problems.Sorted);
        return [.. profiles];
    }

    private LocalDriver Driver(string body, LocalAccess? access = null, GpioDriver? gpio = null) =>
        new(Reader(gpio), (LocalProfile)ProfileText.Read("local", body), access ?? new LocalAccess());

    private LocalSensorReader Reader(GpioDriver? gpio = null) => reader = new LocalSensorReader(
        new LocalHardware
        {
            SysRoot = root,
            OpenI2c = (bus, address) => chips.TryGetValue((bus, address), out var chip) ? chip : throw new IOException($"/dev/i2c-{bus} does not exist"),
            OpenGpio = () => new GpioController(gpio!),
            Deadline = TimeSpan.FromSeconds(30),
        },
        TimeProvider.System);
}
