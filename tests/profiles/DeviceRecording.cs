using System.Globalization;
using System.Text;
using EdgeDcim.Profiles.Tests.Peers;
using EdgeDcim.Protocols.Modbus;
using EdgeDcim.Protocols.Tests.Snmp;

namespace EdgeDcim.Profiles.Tests;

/// <summary>
/// The raw values of one device as a text file: a line an object. SNMP as snmpsim writes it (<c>OID|tag|value</c>), Modbus as
/// <c>holding/3027|4366 199A</c> (words in hexadecimal), <c>coil/12|1</c>, or <c>input/11/alone|06D0</c> for a register that gives something else when asked for by itself. Lines that begin with # are comments.
/// </summary>
internal sealed class DeviceRecording
{
    public SortedDictionary<uint[], byte[]> Objects { get; } = new(Comparer<uint[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right)));

    public Dictionary<ModbusFunction, SortedDictionary<int, ushort>> Registers { get; } = [];

    /// <summary>What a register gives when it is asked for alone, where that is something else.</summary>
    public Dictionary<(ModbusFunction Table, int Address), ushort> Alone { get; } = [];

    public static DeviceRecording Load(string file)
    {
        var recording = new DeviceRecording();
        foreach (var line in File.ReadLines(file).Where(line => line.Length > 0 && line[0] != '#'))
        {
            recording.Add(line, file);
        }

        return recording;
    }

    public void Add(string line, string file)
    {
        var fields = line.Split('|', 3);
        if (char.IsAsciiDigit(line[0]))
        {
            SetObject(fields[0], Encode(fields[1], fields[2]));
        }
        else if (fields.Length == 2 && fields[0].Split('/') is [var lone, var place, "alone"])
        {
            Alone[(TableOf(lone), int.Parse(place, CultureInfo.InvariantCulture))] = ushort.Parse(fields[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }
        else if (fields.Length == 2 && fields[0].Split('/') is [var table, var address])
        {
            var words = fields[1].Split(' ').Select(word => ushort.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            SetRegisters(TableOf(table), int.Parse(address, CultureInfo.InvariantCulture), [.. words]);
        }
        else
        {
            throw new FormatException($"{file}: '{line}' is neither OID|tag|value nor table/address|words");
        }
    }

    public void SetObject(string oid, byte[] value) => Objects[Arcs(oid)] = value;

    public void SetRegisters(ModbusFunction table, int address, params IReadOnlyList<ushort> words)
    {
        if (!Registers.TryGetValue(table, out var registers))
        {
            Registers[table] = registers = [];
        }

        for (var i = 0; i < words.Count; i++)
        {
            registers[address + i] = words[i];
        }
    }

    public static uint[] Arcs(string oid) => [.. oid.Split('.').Select(arc => uint.Parse(arc, CultureInfo.InvariantCulture))];

    public static ModbusFunction TableOf(string table) => table switch
    {
        "holding" => ModbusFunction.ReadHoldingRegisters,
        "input" => ModbusFunction.ReadInputRegisters,
        "coil" => ModbusFunction.ReadCoils,
        "discrete" => ModbusFunction.ReadDiscreteInputs,
        _ => throw new FormatException($"'{table}' is no table; write holding, input, coil or discrete"),
    };

    private static byte[] Encode(string tag, string value) => tag switch
    {
        "4" => Tlv.Text(value),
        "4x" => Tlv.Of(0x04, Convert.FromHexString(value)),
        "5" => [0x05, 0x00],
        "6" => Tlv.ObjectId(value),
        "64" => Tlv.Of(0x40, [.. value.Split('.').Select(byte.Parse)]),
        _ => Tlv.Integer(long.Parse(value, CultureInfo.InvariantCulture), byte.Parse(tag, CultureInfo.InvariantCulture)),
    };
}
