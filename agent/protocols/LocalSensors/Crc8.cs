namespace EdgeDcim.Protocols.LocalSensors;

/// <summary>The two 8-bit checks of the chips.</summary>
public static class Crc8
{
    /// <summary>Sensirion: polynomial 0x31, start 0xFF, highest bit first (SHT3x data sheet, section 4.12).</summary>
    public static byte Sensirion(ReadOnlySpan<byte> data)
    {
        var crc = 0xFF;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x80) != 0 ? (crc << 1 ^ 0x31) & 0xFF : crc << 1;
            }
        }

        return (byte)crc;
    }

    /// <summary>1-Wire: x^8 + x^5 + x^4 + 1, start 0, lowest bit first (DS18B20 data sheet, "CRC generation").</summary>
    public static byte OneWire(ReadOnlySpan<byte> data)
    {
        var crc = 0;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0x8C : crc >> 1;
            }
        }

        return (byte)crc;
    }
}
