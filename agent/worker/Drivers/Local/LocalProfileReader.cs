using System.Device.Gpio;
using System.Globalization;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Drivers.Local;

/// <summary>Reads the points of a local profile; each says one of <c>hwmon</c>, <c>onewire</c>, <c>gpio</c> and <c>i2c</c>.</summary>
internal sealed class LocalProfileReader(ProfileHeader header, YamlMap root)
{
    private static readonly string[] Places = ["hwmon", "onewire", "gpio", "i2c"];

    /// <summary>The channels of each chip and the address that its data sheet gives it with the address pins low.</summary>
    private static readonly Dictionary<LocalChip, (int Address, ChipChannel[] Channels)> Chips = new()
    {
        [LocalChip.Sht3x] = (0x44, [ChipChannel.Temperature, ChipChannel.Humidity, ChipChannel.DewPoint]),
        [LocalChip.Sht4x] = (0x44, [ChipChannel.Temperature, ChipChannel.Humidity, ChipChannel.DewPoint]),
        [LocalChip.Bme280] = (0x76, [ChipChannel.Temperature, ChipChannel.Humidity, ChipChannel.DewPoint, ChipChannel.Pressure]),
        [LocalChip.Ads1115] = (0x48, [ChipChannel.Voltage, ChipChannel.Loop]),
        [LocalChip.Ina219] = (0x40, [ChipChannel.Voltage, ChipChannel.Current, ChipChannel.Power]),
        [LocalChip.Ina226] = (0x40, [ChipChannel.Voltage, ChipChannel.Current, ChipChannel.Power]),
    };

    public LocalProfile Read()
    {
        var points = new List<LocalPoint>();
        foreach (var (keys, choice, isLast) in PointKeys.Each(root))
        {
            if (choice is not null)
            {
                keys.Problem("a local sensor has no alternatives; write one point for each");
            }

            if (ReadPoint(keys, isLast) is { } point)
            {
                points.Add(point);
            }
        }

        foreach (var twins in points.GroupBy(point => (point.Metric.Name, point.Part)).Where(group => group.Count() > 1))
        {
            var second = twins.ElementAt(1);
            if (second.Part?.Contains('{', StringComparison.Ordinal) != true)
            {
                root.Problems.Add(root.File, second.Line, 1, $"the metric {twins.Key.Name} of part '{twins.Key.Part ?? "(whole device)"}' stands twice; give each its own part");
            }
        }

        return new LocalProfile(header, ProfileReader.Inherit(header, points));
    }

    private static LocalPoint? ReadPoint(PointKeys keys, bool isLast)
    {
        var metric = keys.Metric();
        var part = keys.Part("label", "file", "match");
        keys["hwmon"].May("file", "pull", "debounce", "normally", "bus", "address", "input", "channel", "shunt", "range");
        var said = Places.Where(keys.Has).ToList();
        if (said.Count != 1)
        {
            keys.Problem(said.Count == 0 ? "the point says none of 'hwmon', 'onewire', 'gpio' and 'i2c'" : $"the point says {string.Join(" and ", said.Select(key => $"'{key}'"))}; write one of them");
            return null;
        }

        var chip = said[0] == "i2c" ? keys["i2c"].RequiredEnum<LocalChip>("i2c") : (LocalChip?)null;
        LocalSource? source = said[0] switch
        {
            "hwmon" => ReadHwmon(keys, part),
            "onewire" => ReadOneWire(keys, part),
            "gpio" => ReadGpio(keys),
            _ => new ChipSource(
                chip!.Value, keys["bus"].Integer("bus", 1, 0, 255), keys["address"].Integer("address", Chips[chip.Value].Address, 0x08, 0x77),
                chip is LocalChip.Ads1115 ? keys["input"].RequiredInteger("input", 0, 3) : 0),
        };
        if (metric is null || source is null)
        {
            keys.Has("states");
            return null;
        }

        var point = new LocalPoint
        {
            Metric = metric,
            Part = part,
            Every = keys.Every(),
            Conversion = keys.Conversion(metric, !isLast),
            Rollover = keys.Rollover(metric),
            Line = keys.Line,
            Source = source,
        };
        return chip is null ? point : ReadChannel(keys, point, chip.Value);
    }

    private static HwmonSource ReadHwmon(PointKeys keys, string? part)
    {
        var file = keys["file"].RequiredString("file");
        if (file.Contains('/', StringComparison.Ordinal) || file.Count(letter => letter == '*') > 1)
        {
            keys.Problem("file", $"'file' is '{file}'; write a file of the chip, with one * at most, such as temp1_input or temp*_input");
        }

        RequirePart(keys, part, file.Contains('*', StringComparison.Ordinal), "{label} or {file}");
        return new HwmonSource(keys["hwmon"].RequiredString("hwmon"), file);
    }

    private static OneWireSource ReadOneWire(PointKeys keys, string? part)
    {
        var probe = keys["onewire"].RequiredString("onewire");
        if (!probe.StartsWith("28-", StringComparison.Ordinal) || probe.Contains('/', StringComparison.Ordinal) || probe.Count(letter => letter == '*') > 1)
        {
            keys.Problem("onewire", $"'onewire' is '{probe}'; write the id of a DS18B20, such as 28-0316a2795b01, or 28-* for all of them");
        }

        RequirePart(keys, part, probe.Contains('*', StringComparison.Ordinal), "{match}");
        return new OneWireSource(probe);
    }

    private static GpioSource ReadGpio(PointKeys keys)
    {
        var pull = keys["pull"].Enum("pull", ContactPull.Up) switch
        {
            ContactPull.Down => PinMode.InputPullDown,
            ContactPull.None => PinMode.Input,
            _ => PinMode.InputPullUp,
        };
        var debounce = keys["debounce"].Duration("debounce", TimeSpan.FromMilliseconds(50));
        if (debounce > TimeSpan.FromSeconds(1))
        {
            keys.Problem("debounce", "'debounce' must be at most 1s, since the lane waits for it");
        }

        return new GpioSource(keys["gpio"].RequiredInteger("gpio", 0, 1023), pull, keys["normally"].Enum("normally", NormalPosition.Open) == NormalPosition.Closed, debounce);
    }

    private static LocalPoint ReadChannel(PointKeys keys, LocalPoint point, LocalChip chip)
    {
        var channel = keys["channel"].RequiredEnum<ChipChannel>("channel");
        if (!Chips[chip].Channels.Contains(channel))
        {
            keys.Problem("channel", $"a {chip.ToString().ToLowerInvariant()} has no channel '{Quantities.SnakeCase(channel.ToString())}'; it has {string.Join(", ", Chips[chip].Channels.Select(each => Quantities.SnakeCase(each.ToString())))}");
        }

        var needsShunt = channel is ChipChannel.Loop or ChipChannel.Current or ChipChannel.Power;
        var shunt = needsShunt ? keys["shunt"].RequiredNumber("shunt") : 0;
        if (needsShunt && shunt <= 0)
        {
            keys.Problem("shunt", "'shunt' is the resistance in Ω that the current flows through, above 0");
        }

        if (channel is not ChipChannel.Loop || !keys.Has("range"))
        {
            return point with { Channel = channel, Shunt = shunt };
        }

        var range = keys["range"].Strings("range");
        if (range.Count == 2
            && double.TryParse(range[0].Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var low)
            && double.TryParse(range[1].Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var high) && low != high)
        {
            return point with { Channel = channel, Shunt = shunt, Range = (low, high) };
        }

        keys.Problem("range", "'range' is what 4 mA and 20 mA stand for, such as [0, 1000]");
        return point;
    }

    private static void RequirePart(PointKeys keys, string? part, bool several, string wanted)
    {
        if (several && part?.Contains('{', StringComparison.Ordinal) != true)
        {
            keys.Problem("part", $"the * may fit several; tell them apart by a part with {wanted}");
        }
    }

    private enum ContactPull
    {
        Up,
        Down,
        None,
    }

    private enum NormalPosition
    {
        Open,
        Closed,
    }
}
