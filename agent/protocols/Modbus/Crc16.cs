namespace EdgeDcim.Protocols.Modbus;

/// <summary>The check of RTU frames (MODBUS over Serial Line 1.02, section 6.2.2): start 0xFFFF, reflected polynomial 0xA001.</summary>
internal static class Crc16
{
    private static readonly ushort[] Table = [.. Enumerable.Range(0, 256).Select(Entry)];

    public static ushort Of(ReadOnlySpan<byte> bytes)
    {
        ushort crc = 0xFFFF;
        foreach (var one in bytes)
        {
            crc = (ushort)((crc >> 8) ^ Table[(crc ^ one) & 0xFF]);
        }

        return crc;
    }

    private static ushort Entry(int index)
    {
        var crc = (ushort)index;
        for (var bit = 0; bit < 8; bit++)
        {
            crc = (ushort)((crc & 1) != 0 ? (crc >> 1) ^ 0xA001 : crc >> 1);
        }

        return crc;
    }
}
