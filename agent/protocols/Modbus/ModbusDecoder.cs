using System.Buffers.Binary;
using System.Text;

namespace EdgeDcim.Protocols.Modbus;

/// <summary>Which register of a value comes first.</summary>
public enum WordOrder
{
    /// <summary>High word first ("ABCD").</summary>
    Big,

    /// <summary>Low word first ("CDAB").</summary>
    Little,
}

/// <summary>Which byte of a register comes first.</summary>
public enum ByteOrder
{
    /// <summary>As the specification says.</summary>
    Big,

    /// <summary>Swapped by the device ("BADC" with the high word first, "DCBA" with the low word first).</summary>
    Little,
}

/// <summary>
/// Turns register bytes as they came over the wire into values. Every method reads from the beginning of its span and throws
/// <see cref="ArgumentOutOfRangeException"/> when the span is shorter than the value.
/// </summary>
public static class ModbusDecoder
{
    // IEEE and Modbus know no longer number than four registers.
    private const int MaxBytes = 8;

    public static ushort UInt16(ReadOnlySpan<byte> registers, ByteOrder bytes = ByteOrder.Big) => (ushort)Bits(registers, 2, WordOrder.Big, bytes);

    public static short Int16(ReadOnlySpan<byte> registers, ByteOrder bytes = ByteOrder.Big) => (short)Bits(registers, 2, WordOrder.Big, bytes);

    public static uint UInt32(ReadOnlySpan<byte> registers, WordOrder words = WordOrder.Big, ByteOrder bytes = ByteOrder.Big) => (uint)Bits(registers, 4, words, bytes);

    public static int Int32(ReadOnlySpan<byte> registers, WordOrder words = WordOrder.Big, ByteOrder bytes = ByteOrder.Big) => (int)Bits(registers, 4, words, bytes);

    public static ulong UInt64(ReadOnlySpan<byte> registers, WordOrder words = WordOrder.Big, ByteOrder bytes = ByteOrder.Big) => Bits(registers, 8, words, bytes);

    public static long Int64(ReadOnlySpan<byte> registers, WordOrder words = WordOrder.Big, ByteOrder bytes = ByteOrder.Big) => (long)Bits(registers, 8, words, bytes);

    /// <summary>IEEE 754 single; NaN and infinities are given as they are.</summary>
    public static float Float32(ReadOnlySpan<byte> registers, WordOrder words = WordOrder.Big, ByteOrder bytes = ByteOrder.Big) =>
        BitConverter.UInt32BitsToSingle((uint)Bits(registers, 4, words, bytes));

    /// <summary>IEEE 754 double; NaN and infinities are given as they are.</summary>
    public static double Float64(ReadOnlySpan<byte> registers, WordOrder words = WordOrder.Big, ByteOrder bytes = ByteOrder.Big) =>
        BitConverter.UInt64BitsToDouble(Bits(registers, 8, words, bytes));

    /// <summary>Packed decimal digits over 1 to 4 registers (4 to 16 digits); false when a nibble is no digit.</summary>
    /// <param name="registers">All registers of the value and no more.</param>
    /// <param name="value">0 to 9 999 999 999 999 999.</param>
    /// <param name="words">Order of the registers.</param>
    /// <param name="bytes">Order inside a register.</param>
    public static bool TryBcd(ReadOnlySpan<byte> registers, out long value, WordOrder words = WordOrder.Big, ByteOrder bytes = ByteOrder.Big)
    {
        var packed = Bits(registers, Whole(registers), words, bytes);
        value = 0;
        for (var shift = registers.Length * 8 - 4; shift >= 0; shift -= 4)
        {
            var digit = (int)(packed >> shift) & 0xF;
            if (digit > 9)
            {
                value = 0;
                return false;
            }

            value = value * 10 + digit;
        }

        return true;
    }

    /// <summary>
    /// Modulo-10 000 form over 1 to 4 registers: each register holds four decimal digits, signed registers make a signed value
    /// (Schneider's "Mod10", ION's "M10k"). False when a register is outside -9999 to 9999 or the signs disagree.
    /// </summary>
    /// <param name="registers">All registers of the value and no more.</param>
    /// <param name="value">Within 16 decimal digits.</param>
    /// <param name="words">Order of the registers.</param>
    /// <param name="bytes">Order inside a register.</param>
    public static bool TryMod10k(ReadOnlySpan<byte> registers, out long value, WordOrder words = WordOrder.Big, ByteOrder bytes = ByteOrder.Big)
    {
        var packed = Bits(registers, Whole(registers), words, bytes);
        value = 0;
        var positive = false;
        var negative = false;
        for (var shift = registers.Length * 8 - 16; shift >= 0; shift -= 16)
        {
            var part = (short)(packed >> shift);
            positive |= part > 0;
            negative |= part < 0;
            if (part is < -9999 or > 9999 || (positive && negative))
            {
                value = 0;
                return false;
            }

            value = value * 10_000 + part;
        }

        return true;
    }

    /// <summary>Sign and magnitude: the top bit is the sign, the others the absolute value; 1 to 4 registers.</summary>
    public static long SignMagnitude(ReadOnlySpan<byte> registers, WordOrder words = WordOrder.Big, ByteOrder bytes = ByteOrder.Big)
    {
        var packed = Bits(registers, Whole(registers), words, bytes);
        var sign = 1UL << (registers.Length * 8 - 1);
        var magnitude = (long)(packed & (sign - 1));
        return (packed & sign) == 0 ? magnitude : -magnitude;
    }

    /// <summary>Cuts <paramref name="count"/> bits out of a value, beginning at bit <paramref name="first"/> (0 is the lowest).</summary>
    public static ulong BitField(ulong value, int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, 64);
        return count == 64 ? value : (value >> first) & ((1UL << count) - 1);
    }

    /// <summary>One coil or discrete input of an answer to function 1 or 2; the first asked is index 0.</summary>
    public static bool Bit(ReadOnlySpan<byte> packedBits, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, packedBits.Length * 8);
        return (packedBits[index >> 3] >> (index & 7) & 1) != 0;
    }

    /// <summary>Text of 8-bit characters, two a register, up to the first NUL, without blanks at the end; characters below 0x20 become blanks.</summary>
    public static string Text(ReadOnlySpan<byte> registers, ByteOrder bytes = ByteOrder.Big)
    {
        Span<byte> ordered = stackalloc byte[Math.Min(registers.Length, ModbusPdu.MaxLength)];
        for (var i = 0; i < ordered.Length; i++)
        {
            var from = bytes == ByteOrder.Big || (i | 1) >= registers.Length ? i : i ^ 1;
            ordered[i] = registers[from];
        }

        var end = ordered.IndexOf((byte)0);
        ordered = end < 0 ? ordered : ordered[..end];
        foreach (ref var character in ordered)
        {
            character = character < 0x20 ? (byte)' ' : character;
        }

        return Encoding.Latin1.GetString(ordered).Trim(' ');
    }

    /// <summary>The value's bits in the order of their weight.</summary>
    private static ulong Bits(ReadOnlySpan<byte> registers, int length, WordOrder words, ByteOrder bytes)
    {
        if (registers.Length < length)
        {
            throw new ArgumentOutOfRangeException(nameof(registers), registers.Length, $"The value takes {length} bytes.");
        }

        var value = 0UL;
        for (var i = 0; i < length; i += 2)
        {
            var at = words == WordOrder.Big ? i : length - 2 - i;
            var word = bytes == ByteOrder.Big ? BinaryPrimitives.ReadUInt16BigEndian(registers[at..]) : BinaryPrimitives.ReadUInt16LittleEndian(registers[at..]);
            value = (value << 16) | word;
        }

        return value;
    }

    private static int Whole(ReadOnlySpan<byte> registers)
    {
        ArgumentOutOfRangeException.ThrowIfZero(registers.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(registers.Length, MaxBytes);
        if (registers.Length % 2 != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(registers), registers.Length, "Registers have two bytes each.");
        }

        return registers.Length;
    }
}
