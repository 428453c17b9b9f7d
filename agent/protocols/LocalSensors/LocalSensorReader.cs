using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Device.Gpio;
using System.Device.I2c;
using System.Globalization;
using Iot.Device.Bmxx80;

namespace EdgeDcim.Protocols.LocalSensors;

/// <summary>One value of the kernel's files.</summary>
/// <param name="Device">What tells the chip or probe from others of its kind: its place on its bus, or its serial number; never a number that moves.</param>
/// <param name="Name">The file, or the probe's full id.</param>
/// <param name="Label">How the driver calls the channel; empty when it does not.</param>
public readonly record struct SysfsValue(string Device, string Name, string Label, double Value);

/// <summary>Reads the sensors of the machine itself. Blocking calls run off the caller's thread, one at a time a bus, each with a deadline.</summary>
public sealed class LocalSensorReader(LocalHardware hardware, TimeProvider time) : IDisposable
{
    private const int BounceTries = 5;

    private readonly ConcurrentDictionary<string, BusGate> gates = new();
    private readonly HashSet<int> openPins = [];
    private GpioController? gpio;

    /// <exception cref="LocalSensorException">No value could be had.</exception>
    public async Task<Climate> ReadShtAsync(int bus, int address, ShtModel model, CancellationToken cancel)
    {
        using var chip = await OpenAsync(bus, address, cancel);
        await chip.WriteAsync(Sht.Question(model), cancel);
        await Task.Delay(Sht.Conversion(model), time, cancel);
        var answer = await chip.ReadAsync(Sht.AnswerLength, cancel);
        return chip.Name(() => Sht.Decode(model, answer));
    }

    /// <summary>By the binding of Iot.Device.Bindings, which checks the chip's id and calculates as the data sheet does; made anew each time, since a chip that lost its supply forgets what it was told to sample.</summary>
    /// <exception cref="LocalSensorException">No value could be had.</exception>
    public Task<Climate> ReadBme280Async(int bus, int address, CancellationToken cancel) => Gate($"i2c-{bus}").RunAsync(
        () =>
        {
            using var chip = new Bme280(new MeasurementOnly(hardware.OpenI2c(bus, address)));
            var read = chip.Read();
            return read is { Temperature: { } temperature, Humidity: { } humidity, Pressure: { } pressure }
                ? new Climate(temperature.DegreesCelsius, humidity.Percent, pressure.Pascals)
                : throw new LocalSensorException(LocalSensorFault.NotMeasuring, $"i2c-{bus} address 0x{address:X2}: the BME280 skipped a quantity");
        },
        cancel);

    /// <param name="bus">Number of the bus.</param>
    /// <param name="address">On the bus.</param>
    /// <param name="input">0 to 3, against ground.</param>
    /// <param name="atMost">Volts that the input may have; the nearest range above is used.</param>
    /// <param name="cancel">Ends the wait at once.</param>
    /// <returns>In V.</returns>
    /// <exception cref="LocalSensorException">No value could be had.</exception>
    public async Task<double> ReadAds1115Async(int bus, int address, int input, double atMost, CancellationToken cancel)
    {
        using var chip = await OpenAsync(bus, address, cancel);
        var config = Ads1115.Config(input, Ads1115.FullScaleFor(atMost));
        await chip.WriteAsync(Ads1115.Question(config), cancel);
        await Task.Delay(Ads1115.Conversion, time, cancel);
        var done = await chip.RegisterAsync(Ads1115.ConfigRegister, cancel);
        if ((done & 0x8000) == 0)
        {
            await Task.Delay(Ads1115.Conversion, time, cancel);
            done = await chip.RegisterAsync(Ads1115.ConfigRegister, cancel);
        }

        var conversion = await chip.RegisterAsync(Ads1115.ConversionRegister, cancel);
        return chip.Name(() => Ads1115.Decode(config, done, conversion));
    }

    /// <exception cref="LocalSensorException">No value could be had.</exception>
    public async Task<SupplyReading> ReadInaAsync(int bus, int address, InaModel model, CancellationToken cancel)
    {
        using var chip = await OpenAsync(bus, address, cancel);
        var maker = model == InaModel.Ina226 ? await chip.RegisterAsync(Ina.Maker, cancel) : (ushort)0;
        var config = await chip.RegisterAsync(Ina.Config, cancel);
        var shunt = await chip.RegisterAsync(Ina.Shunt, cancel);
        var supply = await chip.RegisterAsync(Ina.Bus, cancel);
        return chip.Name(() => Ina.Decode(model, config, shunt, supply, maker));
    }

    /// <summary>Ids of the probes on the 1-Wire buses that fit the pattern, such as <c>28-*</c>.</summary>
    public Task<IReadOnlyList<string>> OneWireProbesAsync(string pattern, CancellationToken cancel) => Gate("1-wire").RunAsync<IReadOnlyList<string>>(
        () =>
        {
            var folder = Path.Combine(hardware.SysRoot, "bus", "w1", "devices");
            return Directory.Exists(folder)
                ? [.. Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Where(name => Pattern.Match(pattern, name) is not null).Order(StringComparer.Ordinal)]
                : [];
        },
        cancel);

    /// <returns>In °C.</returns>
    /// <exception cref="LocalSensorException">No value could be had.</exception>
    public async Task<double> ReadDs18b20Async(string probe, CancellationToken cancel)
    {
        // Reading the file makes the kernel convert, which takes up to 0.75 s.
        var text = await Gate("1-wire").RunAsync(() => File.ReadAllText(Path.Combine(hardware.SysRoot, "bus", "w1", "devices", probe, "w1_slave")), cancel);
        return Named($"1-wire {probe}", () => Ds18b20.Decode(text));
    }

    /// <summary>Every channel of the hwmon chips whose driver has the name; a channel that cannot be read now has NaN.</summary>
    /// <param name="driver">Content of the chip's own <c>name</c> file, such as <c>coretemp</c>.</param>
    /// <param name="file">One file, or a pattern such as <c>temp*_input</c>.</param>
    /// <param name="cancel">Ends the wait at once.</param>
    public Task<IReadOnlyList<SysfsValue>> ReadHwmonAsync(string driver, string file, CancellationToken cancel) => Gate("hwmon").RunAsync<IReadOnlyList<SysfsValue>>(
        () => [.. Chips().Where(chip => chip.Driver == driver).SelectMany(chip => Channels(chip.Folder, driver, file))],
        cancel);

    /// <summary>Names of the hwmon drivers of this machine.</summary>
    public Task<IReadOnlyList<string>> HwmonDriversAsync(CancellationToken cancel) =>
        Gate("hwmon").RunAsync<IReadOnlyList<string>>(() => [.. Chips().Select(chip => chip.Driver).Distinct().Order(StringComparer.Ordinal)], cancel);

    /// <summary>Whether a contact is closed, once its level was the same for the whole debounce time.</summary>
    /// <param name="pin">Number of the board's GPIO controller.</param>
    /// <param name="pull">Up or none: the contact connects to ground, closed is low. Down: it connects to the supply, closed is high.</param>
    /// <param name="debounce">How long the level must stay.</param>
    /// <param name="cancel">Ends the wait at once.</param>
    /// <exception cref="LocalSensorException">No pin, or it does not come to rest.</exception>
    public async Task<bool> ReadContactAsync(int pin, PinMode pull, TimeSpan debounce, CancellationToken cancel)
    {
        var gate = Gate("gpio");
        var before = await gate.RunAsync(() => Level(pin, pull), cancel);
        for (var i = 0; i < BounceTries; i++)
        {
            await Task.Delay(debounce, time, cancel);
            var now = await gate.RunAsync(() => Level(pin, pull), cancel);
            if (now == before)
            {
                return now == (pull == PinMode.InputPullDown ? PinValue.High : PinValue.Low);
            }

            before = now;
        }

        throw new LocalSensorException(LocalSensorFault.NotMeasuring, $"gpio {pin} bounces: no level stayed for {debounce.TotalMilliseconds:0} ms");
    }

    public void Dispose() => gpio?.Dispose();

    private PinValue Level(int pin, PinMode pull)
    {
        gpio ??= hardware.OpenGpio();
        if (openPins.Add(pin))
        {
            try
            {
                gpio.OpenPin(pin, pull);
            }
            catch
            {
                openPins.Remove(pin);
                throw;
            }
        }

        return gpio.Read(pin);
    }

    private IEnumerable<(string Folder, string Driver)> Chips()
    {
        var root = Path.Combine(hardware.SysRoot, "class", "hwmon");
        foreach (var folder in (Directory.Exists(root) ? Directory.EnumerateDirectories(root) : []).Order(StringComparer.Ordinal))
        {
            if (TryRead(Path.Combine(folder, "name")) is { } driver)
            {
                yield return (folder, driver);
            }
        }
    }

    private static IEnumerable<SysfsValue> Channels(string folder, string driver, string pattern)
    {
        // A chip without a device behind it is the only one of its driver.
        var link = new DirectoryInfo(Path.Combine(folder, "device"));
        var device = (link.Exists ? link.ResolveLinkTarget(returnFinalTarget: true)?.Name : null) ?? driver;
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            if (Pattern.Match(pattern, name) is not null)
            {
                var label = TryRead(Path.Combine(folder, name.Replace("_input", "_label", StringComparison.Ordinal)));
                var number = TryRead(path);
                yield return new SysfsValue(
                    device, name, name.EndsWith("_input", StringComparison.Ordinal) ? label ?? "" : "",
                    double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN);
            }
        }
    }

    /// <summary>Null when the kernel gives no value (the chip sleeps, the channel is not fitted).</summary>
    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async Task<Chip> OpenAsync(int bus, int address, CancellationToken cancel)
    {
        var gate = Gate($"i2c-{bus}");
        return new Chip(await gate.RunAsync(() => hardware.OpenI2c(bus, address), cancel), gate, $"i2c-{bus} address 0x{address:X2}");
    }

    private BusGate Gate(string name) => gates.GetOrAdd(name, static (name, self) => new BusGate(name, self.Deadline, self.Time), (hardware.Deadline, Time: time));

    private static T Named<T>(string place, Func<T> decode)
    {
        try
        {
            return decode();
        }
        catch (LocalSensorException e)
        {
            throw new LocalSensorException(e.Fault, $"{place}: {e.Message}", e);
        }
    }

    /// <summary>One chip for the time of one reading.</summary>
    private sealed class Chip(I2cDevice device, BusGate gate, string place) : IDisposable
    {
        public Task<byte[]> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel) => CallAsync(
            () =>
            {
                device.Write(bytes.Span);
                return [];
            },
            cancel);

        public Task<byte[]> ReadAsync(int count, CancellationToken cancel) => CallAsync(
            () =>
            {
                var bytes = new byte[count];
                device.Read(bytes);
                return bytes;
            },
            cancel);

        public async Task<ushort> RegisterAsync(byte register, CancellationToken cancel) => BinaryPrimitives.ReadUInt16BigEndian(await CallAsync(
            () =>
            {
                var bytes = new byte[2];
                device.WriteRead([register], bytes);
                return bytes;
            },
            cancel));

        public T Name<T>(Func<T> decode) => Named(place, decode);

        public void Dispose() => device.Dispose();

        private async Task<byte[]> CallAsync(Func<byte[]> call, CancellationToken cancel)
        {
            try
            {
                return await gate.RunAsync(call, cancel);
            }
            catch (LocalSensorException e) when (e.Fault == LocalSensorFault.Absent)
            {
                throw new LocalSensorException(e.Fault, $"{place} does not answer ({e.InnerException?.Message})", e);
            }
        }
    }
}
