using System.Buffers.Binary;

namespace EdgeDcim.Protocols.Ipmi;

/// <summary>Watts that the whole system takes (DCMI 1.5 table 6-16): now, and the least, most and mean of the controller's own period.</summary>
/// <param name="IsActive">Whether it is measuring; without that the other figures mean nothing.</param>
public sealed record DcmiPower(bool IsActive, int Now, int Min, int Max, int Mean, TimeSpan Period)
{
    private const byte DcmiGroup = 0xDC;
    private const byte SystemPower = 1;
    private const byte ActiveBit = 0x40;
    private const int LeastBytes = 18;

    internal static ReadOnlyMemory<byte> Request { get; } = new byte[] { DcmiGroup, SystemPower, 0, 0 };

    internal static bool TryParse(ReadOnlySpan<byte> data, out DcmiPower? value)
    {
        value = null;
        if (data.Length < LeastBytes || data[0] != DcmiGroup)
        {
            return false;
        }

        value = new DcmiPower(
            (data[17] & ActiveBit) != 0,
            BinaryPrimitives.ReadUInt16LittleEndian(data[1..]),
            BinaryPrimitives.ReadUInt16LittleEndian(data[3..]),
            BinaryPrimitives.ReadUInt16LittleEndian(data[5..]),
            BinaryPrimitives.ReadUInt16LittleEndian(data[7..]),
            TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32LittleEndian(data[13..])));
        return true;
    }
}
