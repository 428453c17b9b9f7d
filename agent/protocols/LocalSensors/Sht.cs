using System.Buffers.Binary;

namespace EdgeDcim.Protocols.LocalSensors;

/// <summary>Sensirion's humidity sensors, which are read alike and calculate differently.</summary>
public enum ShtModel
{
    Sht3x,
    Sht4x,
}

/// <summary>The bytes of SHT3x and SHT4x: one command, a conversion, two words with a check each.</summary>
public static class Sht
{
    public const int AnswerLength = 6;

    /// <summary>Single measurement at high repeatability without clock stretching: SHT3x data sheet table 9, SHT4x data sheet table 7.</summary>
    public static ReadOnlyMemory<byte> Question(ShtModel model) => model == ShtModel.Sht3x ? Sht3xCommand : Sht4xCommand;

    /// <summary>The longest conversion: 15.5 ms (SHT3x table 4), 8.3 ms (SHT4x table 5); and more, since a timer may fire a tick early.</summary>
    public static TimeSpan Conversion(ShtModel model) => TimeSpan.FromMilliseconds(model == ShtModel.Sht3x ? 20 : 12);

    private static readonly byte[] Sht3xCommand = [0x24, 0x00];
    private static readonly byte[] Sht4xCommand = [0xFD];

    /// <exception cref="LocalSensorException">A check is wrong.</exception>
    public static Climate Decode(ShtModel model, ReadOnlySpan<byte> answer)
    {
        if (answer.Length != AnswerLength || Crc8.Sensirion(answer[..2]) != answer[2] || Crc8.Sensirion(answer[3..5]) != answer[5])
        {
            throw new LocalSensorException(LocalSensorFault.BadReply, $"wrong CRC in the answer {Convert.ToHexString(answer)}");
        }

        var temperature = -45 + 175 * BinaryPrimitives.ReadUInt16BigEndian(answer) / 65535.0;
        var part = BinaryPrimitives.ReadUInt16BigEndian(answer[3..]) / 65535.0;
        return new Climate(temperature, model == ShtModel.Sht3x ? 100 * part : Math.Clamp(-6 + 125 * part, 0, 100));
    }
}
