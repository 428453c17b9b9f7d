using System.Globalization;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Agent.Drivers.Modbus;

/// <summary>Reads the Modbus part of a profile.</summary>
internal sealed class ModbusProfileReader(ProfileHeader header, YamlMap root)
{
    private const int LastAddress = 65535;
    private ModbusLimits limits = new();

    public ModbusProfile Read()
    {
        var inherited = header.Base as ModbusProfile;
        limits = ReadLimits(root.Map("modbus"), inherited?.Limits ?? new ModbusLimits());
        var points = new List<RegisterPoint>();
        foreach (var (keys, choice, isLast) in PointKeys.Each(root))
        {
            points.AddRange(ReadPoint(keys, choice, isLast));
        }

        var all = ProfileReader.Inherit(header, points);
        RejectDoubles(points);
        var identify = root.Map("identify");
        return new ModbusProfile(header, all, limits)
        {
            Identity = root.Map("identity") is { } identity ? ReadIdentity(identity) : inherited?.Identity ?? new Dictionary<string, RegisterSlot>(),
            Names = identify is null ? inherited?.Names : ReadNames(identify),
            Fingerprints = identify is null ? inherited?.Fingerprints ?? [] : ReadFingerprints(identify),
        };
    }

    private static ModbusLimits ReadLimits(YamlMap? map, ModbusLimits inherited)
    {
        if (map is null)
        {
            return inherited;
        }

        var limits = inherited with
        {
            Table = map.Has("function") ? ReadTable(map, inherited.Table) : inherited.Table,
            Base = map.Enum("base", inherited.Base == 1 ? CountFrom.One : CountFrom.Zero) == CountFrom.One ? 1 : 0,
            Words = map.Enum("word_order", inherited.Words),
            Bytes = map.Enum("byte_order", inherited.Bytes),
            MaxRegisters = map.Integer("max_registers", inherited.MaxRegisters, 1, 125),
            Gap = map.Integer("gap", inherited.Gap, 0, 124),
            Quiet = map.Duration("quiet", inherited.Quiet),
            Turnaround = map.Has("turnaround") ? map.Duration("turnaround", TimeSpan.Zero) : inherited.Turnaround,
            Pace = inherited.Pace with
            {
                ConnectDelay = map.Duration("connect_delay", inherited.Pace.ConnectDelay),
                ReconnectDelay = map.Duration("reconnect_delay", inherited.Pace.ReconnectDelay),
                InFlight = map.Integer("in_flight", inherited.Pace.InFlight, 1, 32),
            },
        };
        limits = limits with { Forbidden = map.Has("forbidden") ? ReadForbidden(map, limits.Base) : inherited.Forbidden };
        map.RejectUnknownKeys();
        return limits;
    }

    private static List<(int, int)> ReadForbidden(YamlMap map, int countFrom)
    {
        var ranges = new List<(int, int)>();
        foreach (var text in map.Strings("forbidden"))
        {
            var dash = text.Text.IndexOf('-', StringComparison.Ordinal);
            if (Quantities.TryInteger(dash < 0 ? text.Text : text.Text[..dash], out var first)
                && Quantities.TryInteger(dash < 0 ? text.Text : text.Text[(dash + 1)..], out var last) && first <= last)
            {
                ranges.Add(((int)first - countFrom, (int)last - countFrom));
            }
            else
            {
                text.Problem($"the forbidden range '{text.Text}' must be an address or first-last, such as 40-63");
            }
        }

        return ranges;
    }

    private static ModbusFunction ReadTable(YamlMap map, ModbusFunction otherwise)
    {
        map.Expect("function", ["holding", "input", "coil", "discrete"]);
        switch (map.Scalar("function")?.Text)
        {
            case null: return otherwise;
            case "holding": return ModbusFunction.ReadHoldingRegisters;
            case "input": return ModbusFunction.ReadInputRegisters;
            case "coil": return ModbusFunction.ReadCoils;
            case "discrete": return ModbusFunction.ReadDiscreteInputs;
            case var other:
                map.Problem("function", $"'function' is '{other}'; write holding, input, coil or discrete");
                return otherwise;
        }
    }

    private IEnumerable<RegisterPoint> ReadPoint(PointKeys keys, Choice? choice, bool isLast)
    {
        var metric = keys.Metric();
        var part = keys.Part("index");
        var slot = ReadSlot(key => keys[key], keys.Problem);
        var scale = keys["scale_from"].Map("scale_from");
        var scaleSlot = scale is null ? null : ReadSlot(_ => scale, scale.Problem);
        var scaleRule = scale is null ? null : PointKeys.ScaleRule(scale);
        scale?.RejectUnknownKeys();
        var every = keys.Every();
        var (count, stride, first) = ReadInstances(keys, part);
        if (metric is null)
        {
            keys.Has("states");
            yield break;
        }

        var conversion = keys.Conversion(metric, choice is { Kind: ChoiceKind.Decide } && !isLast);
        var rollover = keys.Rollover(metric);
        if (slot is null)
        {
            yield break;
        }

        if (slot.Type == RegisterType.Text)
        {
            keys.Problem("type", "text is for 'identity' only; a point is a number");
        }

        for (var i = 0; i < count; i++)
        {
            var moved = slot with { Address = slot.Address + i * stride };
            if (moved.End > LastAddress + 1)
            {
                keys.Problem("address", $"{moved.Source} with {moved.Length} registers lies beyond the last address {LastAddress}");
                yield break;
            }

            if (limits.IsForbidden(moved.Address, moved.End))
            {
                keys.Problem("address", $"{moved.Source} lies in a range that the profile forbids");
            }

            yield return new RegisterPoint
            {
                Metric = metric,
                Part = part?.Replace("{index}", (first + i).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal),
                Every = every,
                Conversion = conversion,
                Rollover = rollover,
                Choice = choice is null || i == 0 ? choice : choice with { Id = choice.Id + i * 100_000 },
                Line = keys.Line,
                Slot = moved,
                ScaleSlot = scaleSlot,
                ScaleRule = scaleRule,
            };
        }
    }

    private static (int Count, int Stride, int First) ReadInstances(PointKeys keys, string? part)
    {
        if (keys["instances"].Map("instances") is not { } map)
        {
            if (part?.Contains("{index}", StringComparison.Ordinal) == true)
            {
                keys.Problem("part", "'{index}' needs 'instances: { count: …, stride: … }'");
            }

            return (1, 0, 1);
        }

        var instances = (map.RequiredInteger("count", 1, 1000), map.RequiredInteger("stride", 1, LastAddress), map.Integer("first", 1, 0, 100_000));
        map.RejectUnknownKeys();
        if (part?.Contains("{index}", StringComparison.Ordinal) != true)
        {
            keys.Problem("part", "'instances' needs a part with '{index}', else they cannot be told apart");
        }

        return instances;
    }

    private RegisterSlot? ReadSlot(Func<string, YamlMap> at, Action<string> problem)
    {
        var table = ReadTable(at("function"), limits.Table);
        var type = at("type").Enum("type", ModbusLimits.IsBits(table) ? RegisterType.Bool : RegisterType.U16);
        if (ModbusLimits.IsBits(table) != (type == RegisterType.Bool))
        {
            problem($"{RegisterSlot.TableName(table)} and type {Quantities.SnakeCase(type.ToString())} do not go together: coils and discrete inputs are bool, registers are not");
        }

        var length = type switch
        {
            RegisterType.U32 or RegisterType.S32 or RegisterType.F32 => 2,
            RegisterType.U64 or RegisterType.S64 or RegisterType.F64 => 4,
            RegisterType.Text => at("length").RequiredInteger("length", 1, 125),
            RegisterType.Bcd or RegisterType.Mod10k or RegisterType.SignMagnitude => at("length").Integer("length", 1, 1, 4),
            _ => 1,
        };
        if (length > limits.MaxRegisters)
        {
            problem($"the value takes {length} registers, but the model answers {limits.MaxRegisters} at most ('max_registers')");
        }

        var address = at("address").RequiredInteger("address", 0, LastAddress + limits.Base) - limits.Base;
        if (address < 0)
        {
            at("address").Problem("address", "'address' is 0, but this profile counts registers from one ('base: one')");
            return null;
        }

        var (bit, bits) = ReadBits(at, length * 16);
        if (bit is not null && type is RegisterType.F32 or RegisterType.F64 or RegisterType.Text or RegisterType.Bool)
        {
            problem("bits are cut out of whole numbers (u16, u32, u64) only");
        }

        return new RegisterSlot(table, address, length, type, at("word_order").Enum("word_order", limits.Words), at("byte_order").Enum("byte_order", limits.Bytes))
        {
            FirstBit = bit,
            BitCount = bits,
        };
    }

    private static (int? First, int Count) ReadBits(Func<string, YamlMap> at, int width)
    {
        var single = at("bit").OptionalInteger("bit", 0, width - 1);
        if (at("bits").Scalar("bits") is not { } range)
        {
            return (single, 1);
        }

        var dash = range.Text.IndexOf('-', StringComparison.Ordinal);
        if (dash > 0 && int.TryParse(range.Text.AsSpan(0, dash), out var first) && int.TryParse(range.Text.AsSpan(dash + 1), out var last)
            && first >= 0 && first <= last && last < width && single is null)
        {
            return (first, last - first + 1);
        }

        range.Problem($"'bits' is '{range.Text}'; write lowest-highest between 0 and {width - 1}, such as 0-3, or 'bit' for one");
        return (null, 1);
    }

    private Dictionary<string, RegisterSlot> ReadIdentity(YamlMap map)
    {
        var slots = new Dictionary<string, RegisterSlot>(StringComparer.Ordinal);
        foreach (var key in new[] { "vendor", "model", "serial", "firmware" })
        {
            if (map.Map(key) is { } entry && ReadSlot(_ => entry, entry.Problem) is { } slot)
            {
                slots[key] = slot;
                entry.RejectUnknownKeys();
            }
        }

        map.RejectUnknownKeys();
        return slots;
    }

    private static ModbusNames? ReadNames(YamlMap map) =>
        map.Has("vendor") | map.Has("product") ? new ModbusNames(map.String("vendor"), map.String("product")) : null;

    /// <summary>Names alone, a register alone, or both.</summary>
    private IReadOnlyList<ModbusFingerprint> ReadFingerprints(YamlMap map)
    {
        if (!map.Has("address") && (map.Has("vendor") | map.Has("product")))
        {
            map.RejectUnknownKeys();
            return [];
        }

        return [ReadFingerprint(map)];
    }

    private ModbusFingerprint ReadFingerprint(YamlMap map)
    {
        var slot = ReadSlot(_ => map, map.Problem);
        var text = map.String("contains");
        var between = map.Strings("between");
        var low = double.NegativeInfinity;
        var high = double.PositiveInfinity;
        if (map.OptionalNumber("equals") is { } exact)
        {
            low = high = exact;
        }
        else if (between.Count > 0 && !(between.Count == 2
            && double.TryParse(between[0].Text, NumberStyles.Float, CultureInfo.InvariantCulture, out low)
            && double.TryParse(between[1].Text, NumberStyles.Float, CultureInfo.InvariantCulture, out high) && low < high))
        {
            map.Problem("between", "'between' must be the lowest and the highest raw value, such as [80, 300]");
        }

        if (text is null == (slot?.Type == RegisterType.Text))
        {
            map.Problem("a text register is identified by 'contains', a number by 'equals' or 'between'");
        }

        map.RejectUnknownKeys();
        return new ModbusFingerprint(slot ?? new RegisterSlot(limits.Table, 0, 1, RegisterType.U16, WordOrder.Big, ByteOrder.Big), low, high, text);
    }

    private void RejectDoubles(List<RegisterPoint> points)
    {
        foreach (var twins in points.GroupBy(point => (point.Metric.Name, point.Part)).Where(group => group.Count() > 1))
        {
            var second = twins.FirstOrDefault(point => point.Choice is null) ?? twins.Last();
            if (twins.Select(point => point.Choice?.Id).Distinct().Count() > 1 || second.Choice is null)
            {
                root.Problems.Add(root.File, second.Line, 1, $"the metric {twins.Key.Name} of part '{twins.Key.Part ?? "(whole device)"}' stands twice; give each its own part, or write them as alternatives under 'first_of'");
            }
        }
    }

    private enum CountFrom
    {
        Zero,
        One,
    }
}
