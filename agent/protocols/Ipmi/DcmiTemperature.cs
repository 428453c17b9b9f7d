using EdgeDcim.Protocols.Ipmi.Session;

namespace EdgeDcim.Protocols.Ipmi;

/// <summary>Where DCMI measures temperatures (DCMI 1.5 table 5-2).</summary>
public enum DcmiPlace : byte
{
    Inlet = 0x40,
    Processor = 0x41,
    Board = 0x42,
}

/// <summary>One temperature of DCMI (Get Temperature Readings, DCMI 1.5 section 6.7.3), whether or not a sensor record describes it.</summary>
/// <param name="Instance">Which of the places of its kind.</param>
/// <param name="Celsius">In °C, -128 to 127.</param>
public readonly record struct DcmiTemperature(byte Instance, int Celsius)
{
    private const byte DcmiGroup = 0xDC;
    private const byte TemperatureType = 1;
    private const byte AllInstances = 0;
    private const int HeadBytes = 3;

    /// <summary>What one answer holds at most.</summary>
    private const int MostAtOnce = 8;

    internal static async ValueTask<IReadOnlyList<DcmiTemperature>> ReadAsync(IpmiSession session, DcmiPlace place, ReadOnlyMemory<byte> absent, CancellationToken cancel)
    {
        var found = new List<DcmiTemperature>();
        for (var total = 1; found.Count < total;)
        {
            byte[] request = [DcmiGroup, TemperatureType, (byte)place, AllInstances, (byte)found.Count];
            var page = await session.AskAsync<(int Total, DcmiTemperature[] Values)?>(new IpmiRequest(IpmiCommand.DcmiTemperatures, request) { Absent = absent }, TryParse, cancel);
            if (page is not { Values.Length: > 0 } more)
            {
                break;
            }

            found.AddRange(more.Values);
            total = more.Total;
        }

        return found;
    }

    internal static bool TryParse(ReadOnlySpan<byte> data, out (int Total, DcmiTemperature[] Values)? page)
    {
        page = null;
        if (data.Length < HeadBytes || data[0] != DcmiGroup || data[2] > MostAtOnce || data.Length < HeadBytes + (2 * data[2]))
        {
            return false;
        }

        var values = new DcmiTemperature[data[2]];
        for (var i = 0; i < values.Length; i++)
        {
            // Sign and magnitude.
            var octet = data[HeadBytes + (2 * i)];
            values[i] = new DcmiTemperature(data[HeadBytes + (2 * i) + 1], (octet & 0x80) != 0 ? -(octet & 0x7F) : octet);
        }

        page = (data[1], values);
        return true;
    }
}
