using System.Buffers.Binary;
using System.Globalization;

namespace EdgeDcim.Protocols.Ipmi;

/// <summary>What a controller says about itself (IPMI 2.0 table 20-2).</summary>
/// <param name="Manufacturer">An enterprise number of IANA.</param>
/// <param name="Product">Chosen by the manufacturer.</param>
/// <param name="Firmware">Major and minor.</param>
/// <param name="IpmiVersion">Such as 2.0.</param>
/// <param name="HasSdrRepository">It describes the sensors of the whole machine.</param>
/// <param name="HasDeviceSdrs">It describes its own sensors only.</param>
public sealed record IpmiDeviceId(uint Manufacturer, ushort Product, string Firmware, string IpmiVersion, bool HasSdrRepository, bool HasDeviceSdrs)
{
    private const byte ProvidesDeviceSdrs = 0x80;
    private const byte FirmwareMask = 0x7F;
    private const byte SdrRepositoryBit = 0x02;
    private const int LeastBytes = 11;

    internal static bool TryParse(ReadOnlySpan<byte> data, out IpmiDeviceId value)
    {
        value = null!;
        if (data.Length < LeastBytes)
        {
            return false;
        }

        var manufacturer = data[6] | (data[7] << 8) | ((data[8] & 0x0F) << 16);
        value = new IpmiDeviceId(
            (uint)manufacturer,
            BinaryPrimitives.ReadUInt16LittleEndian(data[9..]),
            string.Create(CultureInfo.InvariantCulture, $"{data[2] & FirmwareMask}.{data[3]:X2}"),
            string.Create(CultureInfo.InvariantCulture, $"{data[4] & 0x0F}.{data[4] >> 4}"),
            (data[5] & SdrRepositoryBit) != 0,
            (data[1] & ProvidesDeviceSdrs) != 0);
        return true;
    }
}
