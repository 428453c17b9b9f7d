using System.Device.Gpio;
using System.Device.I2c;
using EdgeDcim.Protocols.LocalSensors;

namespace EdgeDcim.Protocols.Tests.LocalSensors;

/// <summary>The reader against models of the chips and of the kernel's files.</summary>
public sealed class LocalSensorReaderTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("edgedcim-sys-").FullName;
    private readonly GpioModel gpio = new();
    private readonly Dictionary<(int, int), I2cDevice> chips = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        gpio.Dispose();
        Directory.Delete(root, recursive: true);
    }

    [Theory]
    [InlineData(ShtModel.Sht3x, 25.0, 50.0)]
    [InlineData(ShtModel.Sht4x, 25.0, 56.5)]
    public async Task Sht_gives_temperature_and_humidity_after_its_conversion_and_is_told_nothing_else(ShtModel model, double celsius, double percent)
    {
        var chip = new ShtChip(model, 0x6666, 0x8000);
        using var reader = Reader(chip);
        var climate = await reader.ReadShtAsync(1, 0x44, model, Cancel);
        Assert.Equal(celsius, climate.Temperature, 6);
        Assert.Equal(percent, climate.Humidity, 2);
        Assert.Equal([Convert.ToHexString(Sht.Question(model).Span)], chip.Written);
    }

    [Fact]
    public async Task Sht_with_a_wrong_CRC_gives_no_value_and_the_next_reading_is_good()
    {
        var chip = new ShtChip(ShtModel.Sht4x, 0x6666, 0x8000) { Damage = 0x10 };
        using var reader = Reader(chip);
        var wrong = await Assert.ThrowsAsync<LocalSensorException>(() => reader.ReadShtAsync(1, 0x44, ShtModel.Sht4x, Cancel));
        Assert.Equal(LocalSensorFault.BadReply, wrong.Fault);
        Assert.Contains("i2c-1 address 0x44: wrong CRC", wrong.Message, StringComparison.Ordinal);
        chip.Damage = 0;
        Assert.Equal(25, (await reader.ReadShtAsync(1, 0x44, ShtModel.Sht4x, Cancel)).Temperature, 6);
    }

    [Fact]
    public async Task Chip_that_is_pulled_off_is_absent_and_read_again_when_it_is_back()
    {
        var chip = new ShtChip(ShtModel.Sht3x, 0x6666, 0x8000) { Unplugged = true };
        using var reader = Reader(chip);
        var gone = await Assert.ThrowsAsync<LocalSensorException>(() => reader.ReadShtAsync(1, 0x44, ShtModel.Sht3x, Cancel));
        Assert.Equal(LocalSensorFault.Absent, gone.Fault);
        Assert.Contains("i2c-1 address 0x44 does not answer", gone.Message, StringComparison.Ordinal);
        chip.Unplugged = false;
        Assert.Equal(25, (await reader.ReadShtAsync(1, 0x44, ShtModel.Sht3x, Cancel)).Temperature, 6);
    }

    [Fact]
    public async Task Bus_that_is_not_there_is_absent()
    {
        using var reader = new LocalSensorReader(Hardware(), TimeProvider.System);
        Assert.Equal(LocalSensorFault.Absent, (await Assert.ThrowsAsync<LocalSensorException>(() => reader.ReadInaAsync(7, 0x40, InaModel.Ina219, Cancel))).Fault);
    }

    [Fact]
    public async Task Bus_that_hangs_ends_at_the_deadline_holds_one_thread_and_leaves_the_other_bus_alone()
    {
        using var release = new ManualResetEventSlim();
        using var sound = new ShtChip(ShtModel.Sht4x, 0x6666, 0x8000);
        var opened = 0;
        var hardware = Hardware() with
        {
            Deadline = TimeSpan.FromMilliseconds(100),
            OpenI2c = (bus, _) =>
            {
                if (bus == 2)
                {
                    return sound;
                }

                Interlocked.Increment(ref opened);
                release.Wait();
                throw new IOException("gone");
            },
        };
        using var reader = new LocalSensorReader(hardware, TimeProvider.System);
        for (var i = 0; i < 5; i++)
        {
            var hangs = await Assert.ThrowsAsync<LocalSensorException>(() => reader.ReadShtAsync(1, 0x44, ShtModel.Sht4x, Cancel));
            Assert.Equal(LocalSensorFault.Timeout, hangs.Fault);
        }

        Assert.Equal(1, opened);
        var patient = new LocalSensorReader(hardware with { Deadline = TimeSpan.FromSeconds(30) }, TimeProvider.System);
        Assert.Equal(25, (await patient.ReadShtAsync(2, 0x44, ShtModel.Sht4x, Cancel)).Temperature, 6);
        release.Set();
    }

    [Fact]
    public async Task Bme280_gives_the_values_of_the_data_sheets_example_and_is_told_only_to_measure()
    {
        var chip = new Bme280Chip();
        using var reader = Reader(chip);
        for (var i = 0; i < 2; i++)
        {
            var climate = await reader.ReadBme280Async(1, 0x76, Cancel);
            Assert.Equal(25.08, climate.Temperature, 2);
            Assert.Equal(100653.27, climate.Pressure, 0);
            Assert.Equal(56.206, climate.Humidity, 2);
        }

        Assert.All(chip.Written.Where(bytes => bytes.Length > 2), bytes => Assert.True(bytes.StartsWith("F2", StringComparison.Ordinal) || bytes.StartsWith("F4", StringComparison.Ordinal), bytes));
    }

    [Fact]
    public async Task Bme280_of_another_id_or_unplugged_is_absent()
    {
        var chip = new Bme280Chip { Id = 0x58 };
        using var reader = Reader(chip);
        Assert.Equal(LocalSensorFault.Absent, (await Assert.ThrowsAsync<LocalSensorException>(() => reader.ReadBme280Async(1, 0x76, Cancel))).Fault);
        chip.Id = 0x60;
        chip.Unplugged = true;
        Assert.Equal(LocalSensorFault.Absent, (await Assert.ThrowsAsync<LocalSensorException>(() => reader.ReadBme280Async(1, 0x76, Cancel))).Fault);
    }

    [Theory]
    [InlineData(0, 1.8)]
    [InlineData(1, 0.6)]
    [InlineData(3, 0.012)]
    public async Task Ads1115_gives_the_voltage_of_the_input_asked_for_in_the_nearest_range(int input, double volts)
    {
        var chip = new Ads1115Chip(1.8, 0.6, 0, 0.012);
        using var reader = Reader(chip);
        Assert.Equal(volts, await reader.ReadAds1115Async(1, 0x48, input, 0.024 * 150, Cancel), 3);
        Assert.Equal(1, chip.LastConfig >> 9 & 7);
        Assert.All(chip.Written, bytes => Assert.True(bytes is "00" or "01" || bytes.StartsWith("01", StringComparison.Ordinal), bytes));
    }

    [Fact]
    public async Task Ads1115_beyond_its_range_or_used_by_another_gives_no_value()
    {
        var chip = new Ads1115Chip(5, 0, 0, 0);
        using var reader = Reader(chip);
        Assert.Equal(LocalSensorFault.NotMeasuring, (await Assert.ThrowsAsync<LocalSensorException>(() => reader.ReadAds1115Async(1, 0x48, 0, 4, Cancel))).Fault);
        chip.Stolen = true;
        Assert.Equal(LocalSensorFault.BadReply, (await Assert.ThrowsAsync<LocalSensorException>(() => reader.ReadAds1115Async(1, 0x48, 1, 4, Cancel))).Fault);
    }

    [Fact]
    public async Task Ina_gives_volts_by_its_data_sheet_and_nothing_when_clipped_asleep_or_of_another_maker()
    {
        // INA219 data sheet section 8.6: 32 V range at reset (399F); 12 V in bits 3 to 15, 20 mV at 10 µV a bit.
        using var ina219 = Reader(new InaChip(new() { [0] = 0x399F, [1] = 2000, [2] = 3000 << 3 | 2 }));
        Assert.Equal(new SupplyReading(12, 0.02), await ina219.ReadInaAsync(1, 0x40, InaModel.Ina219, Cancel));

        // INA226 data sheet section 7.5, worked example: 11.98 V = 2570, 20 mV = 1F40.
        using var ina226 = Reader(new InaChip(new() { [0] = 0x4127, [1] = 0x1F40, [2] = 0x2570, [0xFE] = 0x5449 }));
        var supply = await ina226.ReadInaAsync(1, 0x40, InaModel.Ina226, Cancel);
        Assert.Equal(11.98, supply.BusVoltage, 6);
        Assert.Equal(0.02, supply.ShuntVoltage, 9);

        using var clipped = Reader(new InaChip(new() { [0] = 0x399F, [1] = 32000 }));
        using var asleep = Reader(new InaChip(new() { [0] = 0x3998, [1] = 2000 }));
        using var other = Reader(new InaChip(new() { [0] = 0x4127, [1] = 1, [2] = 1 }));
        Assert.Contains("beyond", (await Assert.ThrowsAsync<LocalSensorException>(() => clipped.ReadInaAsync(1, 0x40, InaModel.Ina219, Cancel))).Message, StringComparison.Ordinal);
        Assert.Contains("continuously", (await Assert.ThrowsAsync<LocalSensorException>(() => asleep.ReadInaAsync(1, 0x40, InaModel.Ina219, Cancel))).Message, StringComparison.Ordinal);
        Assert.Contains("no INA226", (await Assert.ThrowsAsync<LocalSensorException>(() => other.ReadInaAsync(1, 0x40, InaModel.Ina226, Cancel))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneWire_probes_are_found_by_pattern_read_with_their_CRC_and_missed_when_pulled_out()
    {
        var probe = Directory.CreateDirectory(Path.Combine(root, "bus", "w1", "devices", "28-0316a2795b01"));
        Directory.CreateDirectory(Path.Combine(root, "bus", "w1", "devices", "w1_bus_master1"));
        await File.WriteAllTextAsync(Path.Combine(probe.FullName, "w1_slave"), "a3 01 4b 46 7f ff 0d 10 ce : crc=ce YES\na3 01 4b 46 7f ff 0d 10 ce t=26187\n", Cancel);
        using var reader = new LocalSensorReader(Hardware(), TimeProvider.System);
        Assert.Equal(["28-0316a2795b01"], await reader.OneWireProbesAsync("28-*", Cancel));
        Assert.Equal(26.1875, await reader.ReadDs18b20Async("28-0316a2795b01", Cancel));
        probe.Delete(recursive: true);
        Assert.Equal(LocalSensorFault.Absent, (await Assert.ThrowsAsync<LocalSensorException>(() => reader.ReadDs18b20Async("28-0316a2795b01", Cancel))).Fault);
        Assert.Empty(await reader.OneWireProbesAsync("28-*", Cancel));
    }

    [Fact]
    public async Task Hwmon_is_found_by_the_drivers_name_whatever_its_number_and_a_channel_without_value_is_no_number()
    {
        var disk = Hwmon("hwmon3", "nvme", ("temp1_input", "38850"), ("temp1_label", "Composite"));
        Directory.CreateDirectory(Path.Combine(root, "devices", "nvme0"));
        Directory.CreateSymbolicLink(Path.Combine(disk, "device"), Path.Combine(root, "devices", "nvme0"));
        var chip = Hwmon("hwmon0", "coretemp", ("temp1_input", "41000"), ("temp2_input", ""), ("temp2_label", "Core 0"));
        using var reader = new LocalSensorReader(Hardware(), TimeProvider.System);
        Assert.Equal(["coretemp", "nvme"], await reader.HwmonDriversAsync(Cancel));
        Assert.Equal(new SysfsValue("nvme0", "temp1_input", "Composite", 38850), Assert.Single(await reader.ReadHwmonAsync("nvme", "temp1_input", Cancel)));
        Assert.Equal([("", 41000), ("Core 0", double.NaN)], (await reader.ReadHwmonAsync("coretemp", "temp*_input", Cancel)).Select(value => (value.Label, value.Value)));

        Directory.Move(chip, chip.Replace("hwmon0", "hwmon9", StringComparison.Ordinal));
        Assert.Equal(41000, (await reader.ReadHwmonAsync("coretemp", "temp1_input", Cancel))[0].Value);
    }

    [Fact]
    public async Task Contact_is_read_after_it_has_come_to_rest_and_not_while_it_bounces()
    {
        gpio.Lay(17, PinValue.High, PinValue.Low, PinValue.High, PinValue.Low, PinValue.Low);
        gpio.Lay(18, [.. Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? PinValue.High : PinValue.Low)]);
        gpio.Lay(19, PinValue.High);
        using var reader = new LocalSensorReader(Hardware(), TimeProvider.System);
        var debounce = TimeSpan.FromMilliseconds(1);
        Assert.True(await reader.ReadContactAsync(17, PinMode.InputPullUp, debounce, Cancel));
        Assert.Contains("bounces", (await Assert.ThrowsAsync<LocalSensorException>(() => reader.ReadContactAsync(18, PinMode.InputPullUp, debounce, Cancel))).Message, StringComparison.Ordinal);
        Assert.True(await reader.ReadContactAsync(19, PinMode.InputPullDown, debounce, Cancel));
        Assert.Equal(LocalSensorFault.Absent, (await Assert.ThrowsAsync<LocalSensorException>(() => reader.ReadContactAsync(40, PinMode.InputPullUp, debounce, Cancel))).Fault);
        Assert.Equal(PinMode.InputPullUp, gpio.Modes[17]);
    }

    private string Hwmon(string folder, string driver, params (string File, string Content)[] files)
    {
        var path = Directory.CreateDirectory(Path.Combine(root, "class", "hwmon", folder)).FullName;
        File.WriteAllText(Path.Combine(path, "name"), driver + "\n");
        foreach (var (file, content) in files)
        {
            File.WriteAllText(Path.Combine(path, file), content + "\n");
        }

        return path;
    }

    private LocalSensorReader Reader(I2cDevice chip) => new(Hardware() with { OpenI2c = (_, _) => chip }, TimeProvider.System);

    private LocalHardware Hardware() => new()
    {
        SysRoot = root,
        OpenI2c = (bus, address) => chips.TryGetValue((bus, address), out var chip) ? chip : throw new IOException($"/dev/i2c-{bus} does not exist"),
        OpenGpio = () => new GpioController(gpio),
        Deadline = TimeSpan.FromSeconds(30),
    };
}
