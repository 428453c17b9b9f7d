using System.Buffers.Binary;
using System.Globalization;

namespace EdgeDcim.Protocols.Ipmi.Sel;

/// <summary>An entry of a controller's event log (IPMI 2.0 section 32.1).</summary>
/// <param name="Id">Of the record.</param>
/// <param name="At">By the controller's clock; null when its clock was not set, or the entry has none.</param>
/// <param name="SensorType">IPMI 2.0 table 42-3.</param>
/// <param name="SensorNumber">Of the sensor that caused it.</param>
/// <param name="EventType">1 threshold, 2 to 12 generic, 0x6F of the sensor's type.</param>
/// <param name="IsAsserted">False when the state went away.</param>
/// <param name="State">Which of the states of its type.</param>
/// <param name="IsStandard">False for entries of the maker's own form, whose other fields mean nothing.</param>
public sealed record SelEntry(ushort Id, DateTimeOffset? At, byte SensorType, byte SensorNumber, byte EventType, bool IsAsserted, byte State, bool IsStandard)
{
    private const byte SystemEvent = 0x02;
    private const byte FirstWithoutTime = 0xE0;
    private const byte DeassertedBit = 0x80;
    private const int Bytes = 16;

    /// <summary>Below this the stamp counts seconds since the controller started (IPMI 2.0 section 37).</summary>
    private const uint FirstRealTime = 0x2000_0000;

    /// <summary>Address of the controller, or number of the software, that made it.</summary>
    public byte Generator { get; private init; }

    /// <summary>What the entry holds, to tell it from another one of its number.</summary>
    internal ulong Held { get; private init; }

    internal static bool TryParse(ReadOnlySpan<byte> record, out SelEntry entry)
    {
        entry = null!;
        if (record.Length < Bytes)
        {
            return false;
        }

        var stamp = BinaryPrimitives.ReadUInt32LittleEndian(record[3..]);
        DateTimeOffset? at = record[2] < FirstWithoutTime && stamp is >= FirstRealTime and < uint.MaxValue ? DateTimeOffset.FromUnixTimeSeconds(stamp) : null;
        entry = new SelEntry(
            BinaryPrimitives.ReadUInt16LittleEndian(record), at, record[10], record[11], (byte)(record[12] & ~DeassertedBit),
            (record[12] & DeassertedBit) == 0, (byte)(record[13] & 0x0F), record[2] == SystemEvent)
        {
            Generator = record[7],

            // Of the sixteen octets the first two are the number; what is left is folded.
            Held = BinaryPrimitives.ReadUInt64LittleEndian(record[8..]) ^ (BinaryPrimitives.ReadUInt64LittleEndian(record[2..]) * 0x9E37_79B9_7F4A_7C15),
        };
        return true;
    }
}

/// <summary>How far an event log was read: the last entry, when the log was last erased, and what that entry held, since numbers are used again.</summary>
public readonly record struct SelPosition(ushort LastId, uint Erased, ulong LastHeld)
{
    /// <summary>As text that <see cref="TryParse"/> reads.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{LastId}:{Erased}:{LastHeld:X16}");

    public static bool TryParse(string text, out SelPosition position)
    {
        position = default;
        if (text.Split(':') is not [var id, var erased, var held]
            || !ushort.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var lastId)
            || !uint.TryParse(erased, NumberStyles.None, CultureInfo.InvariantCulture, out var erasedAt)
            || !ulong.TryParse(held, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var lastHeld))
        {
            return false;
        }

        position = new SelPosition(lastId, erasedAt, lastHeld);
        return true;
    }
}

/// <summary>Entries that came since, and where to go on.</summary>
public sealed record SelPage(IReadOnlyList<SelEntry> Entries, SelPosition Position);
