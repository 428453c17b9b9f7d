namespace EdgeDcim.Simulator.Modbus;

/// <summary>How a number lies in registers. Bytes within a register are always high first; "low word first" turns the order of the registers.</summary>
internal enum Encoding
{
    UInt16,
    Int16,
    UInt32,
    Int32,
    Int32LowWordFirst,
    Int64,
    Float32,
    Float32LowWordFirst,
    Float64,
}

/// <summary>Writes numbers the way real devices do: integers are rounded and stop at their limits.</summary>
internal static class Encodings
{
    public static int Words(this Encoding encoding) => encoding switch
    {
        Encoding.UInt16 or Encoding.Int16 => 1,
        Encoding.Int64 or Encoding.Float64 => 4,
        _ => 2,
    };

    public static void Write(this Encoding encoding, double value, Span<ushort> words)
    {
        switch (encoding)
        {
            case Encoding.UInt16:
                words[0] = (ushort)Whole(value, ushort.MinValue, ushort.MaxValue);
                break;
            case Encoding.Int16:
                words[0] = (ushort)(short)Whole(value, short.MinValue, short.MaxValue);
                break;
            case Encoding.UInt32:
                HighFirst((ulong)Whole(value, uint.MinValue, uint.MaxValue), words[..2]);
                break;
            case Encoding.Int32:
                HighFirst((uint)(int)Whole(value, int.MinValue, int.MaxValue), words[..2]);
                break;
            case Encoding.Int32LowWordFirst:
                HighFirst((uint)(int)Whole(value, int.MinValue, int.MaxValue), words[..2]);
                (words[0], words[1]) = (words[1], words[0]);
                break;
            case Encoding.Int64:
                HighFirst((ulong)(long)Math.Round(value), words[..4]);
                break;
            case Encoding.Float32:
                HighFirst(BitConverter.SingleToUInt32Bits((float)value), words[..2]);
                break;
            case Encoding.Float32LowWordFirst:
                HighFirst(BitConverter.SingleToUInt32Bits((float)value), words[..2]);
                (words[0], words[1]) = (words[1], words[0]);
                break;
            case Encoding.Float64:
                HighFirst(BitConverter.DoubleToUInt64Bits(value), words[..4]);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "No such register encoding.");
        }
    }

    private static double Whole(double value, double least, double most) => double.IsNaN(value) ? 0 : Math.Clamp(Math.Round(value), least, most);

    private static void HighFirst(ulong bits, Span<ushort> words)
    {
        for (var i = words.Length - 1; i >= 0; i--)
        {
            words[i] = (ushort)bits;
            bits >>= 16;
        }
    }
}
