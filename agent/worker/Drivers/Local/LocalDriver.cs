using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.LocalSensors;

namespace EdgeDcim.Agent.Drivers.Local;

/// <summary>
/// Reads the sensors of a profile, each source once a poll. A sensor that fails costs its own points: they are missing, and the reason is told once
/// when it begins and once when it ends.
/// </summary>
internal sealed class LocalDriver(LocalSensorReader reader, LocalProfile profile, LocalAccess access) : IDeviceDriver
{
    private readonly Dictionary<(LocalPoint, string), PointInstance> instances = [];
    private readonly Dictionary<string, LocalSensorFault> failing = [];
    private readonly List<string> notes = [];
    private readonly List<Sample> samples = [];
    private LocalSensorException? last;

    public DeviceIdentity Identity => DeviceIdentity.Unknown;

    public IReadOnlyList<string> TakeNotes()
    {
        string[] taken = [.. notes];
        notes.Clear();
        return taken;
    }

    public async ValueTask<IReadOnlyList<Sample>> ReadAsync(PollGroup group, CancellationToken cancel)
    {
        samples.Clear();
        last = null;
        var asked = 0;
        foreach (var source in profile.Sensors.Where(point => point.Every == group).GroupBy(point => Placed(point.Source)))
        {
            asked++;
            List<LocalPoint> points = [.. source];
            try
            {
                await ReadSourceAsync(source.Key, points, cancel);
            }
            catch (LocalSensorException e)
            {
                Fail($"{source.Key}", points, e, "", "");
            }
        }

        if (asked == 0 || samples.Exists(sample => !double.IsNaN(sample.Value)) || (last is null && samples.Count > 0))
        {
            return samples;
        }

        if (last is not null)
        {
            throw new DeviceFault(KindOf(last.Fault), last.Message, last) { Partial = samples };
        }

        // A profile of many machines names more than one machine has; what matters is that something of it is here.
        return profile.CountShown(await reader.HwmonDriversAsync(cancel), await reader.OneWireProbesAsync("28-*", cancel)) > 0
            ? samples
            : throw new DeviceFault(FaultKind.NotSupported, $"this machine has none of the sensors of the profile {profile.Name}; 'read --profile auto --at local://' lists what it has");
    }

    private static FaultKind KindOf(LocalSensorFault fault) => fault switch
    {
        LocalSensorFault.Absent => FaultKind.Unreachable,
        LocalSensorFault.Timeout => FaultKind.Timeout,
        _ => FaultKind.BadReply,
    };

    /// <summary>The device's own bus and address, where its configuration gives them, stand in for the profile's.</summary>
    private LocalSource Placed(LocalSource source) =>
        source is ChipSource chip ? chip with { Bus = access.Bus ?? chip.Bus, Address = access.Address ?? chip.Address } : source;

    private Task ReadSourceAsync(LocalSource source, List<LocalPoint> points, CancellationToken cancel) => source switch
    {
        HwmonSource hwmon => ReadHwmonAsync(hwmon, points, cancel),
        OneWireSource probe => ReadOneWireAsync(probe, points, cancel),
        GpioSource contact => TryAsync($"{contact}", points, async () =>
        {
            var isClosed = await reader.ReadContactAsync(contact.Pin, contact.Pull, contact.Debounce, cancel);
            return _ => isClosed != contact.NormallyClosed ? 1 : 0;
        }),
        ChipSource chip => TryAsync($"{chip}", points, async () =>
        {
            var reading = await ReadChipAsync(chip, points, cancel);
            return point => ValueOf(point, reading);
        }),
        _ => Task.CompletedTask,
    };

    private async Task ReadHwmonAsync(HwmonSource source, List<LocalPoint> points, CancellationToken cancel)
    {
        foreach (var value in await reader.ReadHwmonAsync(source.Driver, source.File, cancel))
        {
            foreach (var point in points)
            {
                var instance = Instance(point, $"{value.Device}/{value.Name}", $"hwmon {source.Driver}/{value.Name}", key => key switch
                {
                    "{match}" => value.Device,
                    "{label}" => value.Label.Length > 0 ? value.Label : value.Name,
                    _ => value.Name,
                });
                samples.Add(new Sample(instance, point.Conversion.Apply(value.Value)));
            }
        }
    }

    private async Task ReadOneWireAsync(OneWireSource source, List<LocalPoint> points, CancellationToken cancel)
    {
        foreach (var probe in await reader.OneWireProbesAsync(source.Probe, cancel))
        {
            await TryAsync($"1-wire {probe}", points, async () =>
            {
                var celsius = await reader.ReadDs18b20Async(probe, cancel);
                return _ => celsius;
            }, probe, Pattern.Match(source.Probe, probe) is { Length: > 0 } match ? match : probe);
        }
    }

    private Task<ChipReading> ReadChipAsync(ChipSource chip, List<LocalPoint> points, CancellationToken cancel) => chip.Chip switch
    {
        LocalChip.Sht3x => ClimateAsync(reader.ReadShtAsync(chip.Bus, chip.Address, ShtModel.Sht3x, cancel)),
        LocalChip.Sht4x => ClimateAsync(reader.ReadShtAsync(chip.Bus, chip.Address, ShtModel.Sht4x, cancel)),
        LocalChip.Bme280 => ClimateAsync(reader.ReadBme280Async(chip.Bus, chip.Address, cancel)),
        LocalChip.Ads1115 => VoltsAsync(reader.ReadAds1115Async(chip.Bus, chip.Address, chip.Input, MostVolts(points), cancel)),
        LocalChip.Ina219 => SupplyAsync(reader.ReadInaAsync(chip.Bus, chip.Address, InaModel.Ina219, cancel)),
        _ => SupplyAsync(reader.ReadInaAsync(chip.Bus, chip.Address, InaModel.Ina226, cancel)),
    };

    private static async Task<ChipReading> ClimateAsync(Task<Climate> climate) => new(await climate, default, 0);

    private static async Task<ChipReading> SupplyAsync(Task<SupplyReading> supply) => new(default, await supply, 0);

    private static async Task<ChipReading> VoltsAsync(Task<double> volts) => new(default, default, await volts);

    /// <summary>A loop is followed to 24 mA, above the 21 mA that mean a fault; a plain input to 4.096 V.</summary>
    private double MostVolts(List<LocalPoint> points) => points.Max(point => point.Channel == ChipChannel.Loop ? 0.024 * ShuntOf(point) : 4.096);

    private double ShuntOf(LocalPoint point) => access.Shunt ?? point.Shunt;

    private double ValueOf(LocalPoint point, ChipReading reading) => point.Channel switch
    {
        ChipChannel.Temperature => reading.Climate.Temperature,
        ChipChannel.Humidity => reading.Climate.Humidity,
        ChipChannel.DewPoint => reading.Climate.DewPoint,
        ChipChannel.Pressure => reading.Climate.Pressure,
        ChipChannel.Voltage when point.Source is ChipSource { Chip: LocalChip.Ads1115 } => reading.Volts,
        ChipChannel.Voltage => reading.Supply.BusVoltage,
        ChipChannel.Current => reading.Supply.ShuntVoltage / ShuntOf(point),
        ChipChannel.Power => reading.Supply.BusVoltage * reading.Supply.ShuntVoltage / ShuntOf(point),
        _ when point.Range is { } range => new CurrentLoop(ShuntOf(point), range.Low, range.High).Value(reading.Volts),
        _ => new CurrentLoop(ShuntOf(point), 4, 20).Value(reading.Volts),
    };

    /// <summary>Reads one sensor and takes its points, or notes why it gave none.</summary>
    private async Task TryAsync(string place, List<LocalPoint> points, Func<Task<Func<LocalPoint, double>>> read, string device = "", string match = "")
    {
        Func<LocalPoint, double> values;
        try
        {
            values = await read();
        }
        catch (LocalSensorException e)
        {
            Fail(place, points, e, device, match);
            return;
        }

        var sound = true;
        foreach (var point in points)
        {
            try
            {
                samples.Add(new Sample(Instance(point, device, place, match), point.Conversion.Apply(values(point))));
            }
            catch (LocalSensorException e)
            {
                sound = false;
                Fail(place, [point], e, device, match);
            }
        }

        if (sound && failing.Remove(place))
        {
            notes.Add($"{place} measures again");
        }
    }

    /// <summary>A sensor that answers wrongly has a value that is missing; one that is not there has none at all until it was seen.</summary>
    private void Fail(string place, List<LocalPoint> points, LocalSensorException e, string device, string match)
    {
        last = e;
        if (!failing.TryGetValue(place, out var known) || known != e.Fault)
        {
            notes.Add($"{place} gives no value: {e.Message}");
        }

        failing[place] = e.Fault;
        foreach (var point in points)
        {
            var isNamed = match.Length > 0 || point.Part?.Contains('{', StringComparison.Ordinal) != true;
            if (instances.ContainsKey((point, device)) || (isNamed && e.Fault != LocalSensorFault.Absent))
            {
                samples.Add(new Sample(Instance(point, device, place, match), double.NaN));
            }
        }
    }

    private PointInstance Instance(LocalPoint point, string device, string source, string match) => Instance(point, device, source, _ => match);

    private PointInstance Instance(LocalPoint point, string device, string source, Func<string, string> fill)
    {
        if (!instances.TryGetValue((point, device), out var instance))
        {
            var part = point.Part;
            foreach (var key in new[] { "{match}", "{label}", "{file}" })
            {
                part = part?.Contains(key, StringComparison.Ordinal) == true ? part.Replace(key, fill(key), StringComparison.Ordinal) : part;
            }

            instances[(point, device)] = instance = new PointInstance(point, part, source);
        }

        return instance;
    }
}
