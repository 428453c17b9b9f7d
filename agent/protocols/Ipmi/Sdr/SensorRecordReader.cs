using EdgeDcim.Protocols.Ipmi.Wire;

namespace EdgeDcim.Protocols.Ipmi.Sdr;

/// <summary>Reads the octets of a sensor data record; records of other kinds, and broken ones, give no sensor.</summary>
internal static class SensorRecordReader
{
    public const int HeaderBytes = 5;

    private const byte FullSensor = 0x01;
    private const byte CompactSensor = 0x02;
    private const int FullNameAt = 47;
    private const int CompactNameAt = 31;
    private const int FactorsAt = 24;
    private const int FactorsBytes = 6;

    /// <param name="record">Header and body.</param>
    /// <param name="into">Takes the sensor, or all that share one compact record.</param>
    public static void Read(ReadOnlySpan<byte> record, List<SensorRecord> into)
    {
        if (record.Length <= CompactNameAt || record[3] is not (FullSensor or CompactSensor))
        {
            return;
        }

        var isFull = record[3] == FullSensor;
        var nameAt = isFull ? FullNameAt : CompactNameAt;
        if (record.Length <= nameAt)
        {
            return;
        }

        var nameBytes = Math.Min(record[nameAt] & IpmiText.LengthMask, record.Length - nameAt - 1);
        var sensor = new SensorRecord
        {
            Name = IpmiText.Read(record[nameAt], record.Slice(nameAt + 1, nameBytes)),
            Owner = record[5],
            Channel = (byte)(record[6] >> 4),
            Lun = (byte)(record[6] & 0x03),
            Number = record[7],
            Entity = record[8],
            EntityInstance = (byte)(record[9] & 0x7F),
            Type = record[12],
            ReadingType = record[13],
            IsPercent = (record[20] & 0x01) != 0,
            HasModifier = (record[20] & 0x3E) != 0,
            Unit = (SensorUnit)record[21],
        };
        if (isFull)
        {
            into.Add(sensor with
            {
                Format = record[20] >> 6,
                Linearisation = (Linearisation)(record[23] & 0x7F),
                Factors = SensorFactors.Read(record.Slice(FactorsAt, FactorsBytes)),
            });
            return;
        }

        Share(record, sensor, into);
    }

    /// <summary>One compact record may stand for several sensors in a row (IPMI 2.0 section 43.2, octets 24 and 25).</summary>
    private static void Share(ReadOnlySpan<byte> record, SensorRecord first, List<SensorRecord> into)
    {
        var count = Math.Max(1, record[23] & 0x0F);
        var isLetter = (record[23] & 0x30) == 0x10;
        var offset = record[24] & 0x7F;
        var spreadsEntities = (record[24] & 0x80) != 0;
        for (var i = 0; i < count; i++)
        {
            into.Add(count == 1 ? first : first with
            {
                Number = (byte)(first.Number + i),
                EntityInstance = (byte)(first.EntityInstance + (spreadsEntities ? i : 0)),
                Name = first.Name + (isLetter ? ((char)('A' + ((offset + i) % 26))).ToString() : (offset + i).ToString(System.Globalization.CultureInfo.InvariantCulture)),
            });
        }
    }
}
