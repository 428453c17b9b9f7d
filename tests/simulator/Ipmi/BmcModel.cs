using System.Buffers.Binary;

namespace EdgeDcim.Simulator.Ipmi;

/// <summary>A controller's inside: what it answers to each command, whatever session the command came in.</summary>
internal sealed class BmcModel
{
    public List<byte[]> Records { get; } = [];

    /// <summary>By sensor number: the octets of a reading (raw, flags, states).</summary>
    public Dictionary<byte, byte[]> Readings { get; } = [];

    /// <summary>By sensor number and raw value: six octets M to exponents, for sensors that are not linear.</summary>
    public Dictionary<(byte Number, byte Raw), byte[]> Factors { get; } = [];

    public byte[] Fru { get; set; } = [];

    /// <summary>Now, least, most, mean; null: no DCMI.</summary>
    public (ushort Now, ushort Min, ushort Max, ushort Mean)? Power { get; set; }

    public bool PowerIsActive { get; set; } = true;

    /// <summary>Null: no chassis.</summary>
    public byte[]? Chassis { get; set; } = [0x21, 0, 0x40];

    public List<byte[]> Log { get; } = [];

    public uint LogErased { get; set; } = 0x5000_0000;

    public uint SdrStamp { get; set; } = 0x5EED_0001;

    public uint Manufacturer { get; set; } = 674;

    public ushort Product { get; set; } = 256;

    /// <summary>The largest piece of a record that it returns.</summary>
    public int LargestPiece { get; set; } = 255;

    public byte SdrSupport { get; set; } = 0x9F;

    public ushort Reservation { get; set; } = 1;

    /// <summary>Controllers behind this one, by their address on its bus.</summary>
    public Dictionary<byte, BmcModel> Behind { get; } = [];

    /// <summary>Temperatures of DCMI in the order of their instances from 1, by place (0x40 inlet, 0x41 processor, 0x42 board).</summary>
    public Dictionary<byte, int[]> Temperatures { get; } = [];

    /// <summary>Asked first; null leaves the answer to the model, an empty array is silence.</summary>
    public Func<int, byte[], byte[]?>? Override { get; set; }

    /// <summary>Adds a sensor with the reading that it has.</summary>
    public void Add(byte[] record, params byte[] reading)
    {
        Records.Add(record);
        SdrBytes.SetId(record, (ushort)Records.Count);
        Readings[record[7]] = reading;
    }

    /// <summary>An event of a sensor, numbered in order.</summary>
    public void LogEvent(byte sensorType, byte number, byte eventType, byte state, uint at)
    {
        var record = new byte[16];
        BinaryPrimitives.WriteUInt16LittleEndian(record, (ushort)(Log.Count + 1));
        record[2] = 0x02;
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(3), at);
        record[7] = 0x20;
        record[9] = 0x04;
        record[10] = sensorType;
        record[11] = number;
        record[12] = eventType;
        record[13] = state;
        Log.Add(record);
    }

    /// <summary>Completion code and data; empty is silence.</summary>
    public byte[] Answer(int command, byte[] data) => Override?.Invoke(command, data) ?? command switch
    {
        0x0001 => Chassis is null ? [0xC1] : [0, .. Chassis],
        0x0601 => [0, 0x20, 0x01, 0x09, 0x08, 0x02, SdrSupport, (byte)Manufacturer, (byte)(Manufacturer >> 8), (byte)(Manufacturer >> 16), (byte)Product, (byte)(Product >> 8), 0, 0, 0, 0],
        0x042D => Readings.TryGetValue(data[0], out var reading) ? [0, .. reading] : [0xCB],
        0x0423 => Factors.TryGetValue((data[0], data[1]), out var factors) ? [0, 0, .. factors] : [0xCB],
        0x0A10 => Fru.Length == 0 ? [0xCB] : [0, (byte)Fru.Length, (byte)(Fru.Length >> 8), 0],
        0x0A11 => Piece(Fru, data[1] | (data[2] << 8), data[3]),
        0x0A20 => [0, 0x51, (byte)Records.Count, (byte)(Records.Count >> 8), 0xFF, 0xFF, .. Word(SdrStamp), .. Word(1), 0x02],
        0x0A22 => [0, (byte)Reservation, (byte)(Reservation >> 8)],
        0x0A23 => Record(data),
        0x0A40 => [0, 0x51, (byte)Log.Count, (byte)(Log.Count >> 8), 0xFF, 0xFF, .. Word(1), .. Word(LogErased), 0x02],
        0x0A43 => Entry(data[2] | (data[3] << 8)),
        0x2C02 => Power is { } power && data[0] == 0xDC ? [0, .. Dcmi(power)] : [0xC1],
        0x2C10 => Temperatures.TryGetValue(data[2], out var celsius) ? [0, .. Degrees(celsius, data[4])] : [0xCB],
        _ => [0xC1],
    };

    /// <summary>At most eight at once, sign and magnitude.</summary>
    private static byte[] Degrees(int[] celsius, int from)
    {
        byte[] page = [.. celsius.Select((each, i) => (byte[])[(byte)(each < 0 ? 0x80 | -each : each), (byte)(i + 1)]).Skip(from).Take(8).SelectMany(pair => pair)];
        return [0xDC, (byte)celsius.Length, (byte)(page.Length / 2), .. page];
    }

    private byte[] Dcmi((ushort Now, ushort Min, ushort Max, ushort Mean) power)
    {
        var data = new byte[18];
        data[0] = 0xDC;
        BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(1), power.Now);
        BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(3), power.Min);
        BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(5), power.Max);
        BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(7), power.Mean);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(9), 0x5D44_B673);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(13), 60_000);
        data[17] = PowerIsActive ? (byte)0x40 : (byte)0;
        return data;
    }

    private byte[] Record(byte[] data)
    {
        var reservation = data[0] | (data[1] << 8);
        var id = data[2] | (data[3] << 8);
        var index = id == 0 ? 0 : id - 1;
        if (index >= Records.Count)
        {
            return [0xCB];
        }

        if (data[4] != 0 && reservation != Reservation)
        {
            return [0xC5];
        }

        var count = data[5] == 0xFF ? Records[index].Length : data[5];
        if (count > LargestPiece)
        {
            return [0xCA];
        }

        var next = index + 1 < Records.Count ? index + 2 : 0xFFFF;
        var from = Math.Min(data[4], Records[index].Length);
        return [0, (byte)next, (byte)(next >> 8), .. Records[index].AsSpan(from, Math.Min(count, Records[index].Length - from))];
    }

    private byte[] Entry(int id)
    {
        var index = id == 0 ? 0 : id == 0xFFFF ? Log.Count - 1 : Log.FindIndex(record => (record[0] | (record[1] << 8)) == id);
        if (index < 0 || index >= Log.Count)
        {
            return [0xCB];
        }

        byte[] next = index + 1 < Log.Count ? [Log[index + 1][0], Log[index + 1][1]] : [0xFF, 0xFF];
        return [0, .. next, .. Log[index]];
    }

    private byte[] Piece(byte[] all, int from, int count)
    {
        if (from >= all.Length)
        {
            return [0xC9];
        }

        if (count > LargestPiece)
        {
            return [0xCA];
        }

        var part = all.AsSpan(from, Math.Min(count, all.Length - from));
        return [0, (byte)part.Length, .. part];
    }

    private static byte[] Word(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
