using EdgeDcim.Protocols.Ipmi.Session;
using EdgeDcim.Protocols.Ipmi.Wire;

namespace EdgeDcim.Protocols.Ipmi.Sdr;

/// <summary>Asks sensors for their readings.</summary>
internal sealed class SensorReader(IpmiSession session)
{
    /// <summary>The sensor is not there or not for reading now: no value, and no fault of the controller.</summary>
    private static readonly byte[] NoReading =
    [
        CompletionCode.NodeBusy, CompletionCode.UnknownCommand, 0xC9, CompletionCode.NotPresent, 0xCC, 0xCD,
        CompletionCode.InitialisingSystem, CompletionCode.BusLost, CompletionCode.BusError, CompletionCode.NobodyThere, 0xD3, CompletionCode.NotInThisState, 0xD6, CompletionCode.Unspecified,
    ];

    public async ValueTask<SensorReading> ReadAsync(SensorRecord sensor, CancellationToken cancel)
    {
        var raw = await session.AskAsync<RawReading>(
            new IpmiRequest(IpmiCommand.SensorReading, NumberOf(sensor), sensor.Lun) { Owner = sensor.Owner, Channel = sensor.Channel, Absent = NoReading }, RawReading.TryParse, cancel);
        if (!raw.IsAvailable)
        {
            return default;
        }

        var factors = sensor.Factors;
        if (sensor is { IsAnalog: true, IsNonLinear: true })
        {
            var asked = await session.AskAsync<SensorFactors?>(
                new IpmiRequest(IpmiCommand.SensorFactors, new[] { sensor.Number, raw.Octet }, sensor.Lun) { Owner = sensor.Owner, Channel = sensor.Channel, Absent = NoReading }, TryParseFactors, cancel);
            if (asked is null)
            {
                return default;
            }

            factors = asked.Value;
        }

        return new SensorReading(true, sensor.Convert(raw.Octet, factors), raw.States);
    }

    /// <summary>One octet of a table, so that a reading allocates no request.</summary>
    private static ReadOnlyMemory<byte> NumberOf(SensorRecord sensor) => AllNumbers.AsMemory(sensor.Number, 1);

    private static readonly byte[] AllNumbers = [.. Enumerable.Range(0, 256).Select(number => (byte)number)];

    /// <summary>The next raw value with factors of its own comes first.</summary>
    private static bool TryParseFactors(ReadOnlySpan<byte> data, out SensorFactors? factors)
    {
        factors = data.Length < 7 ? null : SensorFactors.Read(data[1..]);
        return factors is not null;
    }

    private readonly record struct RawReading(bool IsAvailable, byte Octet, ushort States)
    {
        private const byte ScanningBit = 0x40;
        private const byte UnavailableBit = 0x20;

        public static bool TryParse(ReadOnlySpan<byte> data, out RawReading value)
        {
            value = default;
            if (data.Length < 2)
            {
                return false;
            }

            var isAvailable = (data[1] & (ScanningBit | UnavailableBit)) == ScanningBit;
            var states = (data.Length > 2 ? data[2] : 0) | (data.Length > 3 ? (data[3] & 0x7F) << 8 : 0);
            value = new RawReading(isAvailable, data[0], (ushort)states);
            return true;
        }
    }
}
