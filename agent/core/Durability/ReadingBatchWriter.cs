using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Core.Durability;

// One reading of a batch, nothing between readings:
//
//   varint  series id * 16 + form * 4 + quality       form: 0 no value, 1 double, 2 float, 3 whole number
//   varint  zigzag of (time - time of the reading before), ms; the first reading counts from 0
//   value   8 bytes | 4 bytes | zigzag varint | nothing, little-endian, by form
//
// The form is the shortest that gives back the very same bits: devices deal in 32-bit floats and small integers, so most readings need
// 7 to 9 bytes.

/// <summary>Encodes readings one after another into a buffer that is used again, without allocation per reading. Not thread-safe.</summary>
public sealed class ReadingBatchWriter
{
    /// <summary>Two varints of ten bytes and a double.</summary>
    private const int MaxReadingBytes = 28;

    private byte[] buffer = new byte[4096];
    private int length;
    private long previousMs;

    public int Count { get; private set; }

    /// <summary>Valid until the next call.</summary>
    public ReadOnlySpan<byte> Payload => buffer.AsSpan(0, length);

    public void Clear()
    {
        Count = 0;
        length = 0;
        previousMs = 0;
    }

    /// <param name="seriesId">From <see cref="Journal.SeriesId"/>.</param>
    public void Add(int seriesId, long atMs, double value, Quality quality)
    {
        if (buffer.Length - length < MaxReadingBytes)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        var form = quality == Quality.Missing ? ReadingForm.None : ChooseForm(value);
        Varint(((ulong)(uint)seriesId << 4) | ((ulong)form << 2) | (ulong)quality);
        Varint(Zigzag(atMs - previousMs));
        previousMs = atMs;
        switch (form)
        {
            case ReadingForm.Double:
                BinaryPrimitives.WriteDoubleLittleEndian(buffer.AsSpan(length), value);
                length += 8;
                break;
            case ReadingForm.Float:
                BinaryPrimitives.WriteSingleLittleEndian(buffer.AsSpan(length), (float)value);
                length += 4;
                break;
            case ReadingForm.Whole:
                Varint(Zigzag((long)value));
                break;
        }

        Count++;
    }

    private static ReadingForm ChooseForm(double value)
    {
        // Up to 2^27 a varint is no longer than a float; the comparison of bits keeps -0.0 a double.
        if (Math.Abs(value) < 1 << 27 && BitConverter.DoubleToInt64Bits((long)value) == BitConverter.DoubleToInt64Bits(value))
        {
            return ReadingForm.Whole;
        }

        return (float)value == value ? ReadingForm.Float : ReadingForm.Double;
    }

    private static ulong Zigzag(long number) => (ulong)((number << 1) ^ (number >> 63));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            buffer[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        buffer[length++] = (byte)value;
    }
}

internal enum ReadingForm : byte
{
    None,
    Double,
    Float,
    Whole,
}
