using System.Text;

namespace EdgeDcim.Core.Sparkplug;

/// <summary>Which field of the wire format carries the value.</summary>
public enum ValueForm : byte
{
    None,
    Int,
    Long,
    Float,
    Double,
    Boolean,
    String,
    Bytes,

    /// <summary>A data set, template, property set or extension; kept as bytes.</summary>
    Other,
}

/// <summary>The value of a metric or property where it lies in the payload; nothing is copied until it is asked for.</summary>
public readonly ref struct SparkplugValue(ValueForm form, ulong bits, ReadOnlySpan<byte> bytes)
{
    private readonly ulong bits = bits;

    public ValueForm Form { get; } = form;

    /// <summary>The raw bytes of a string, byte array or structure; empty otherwise.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>The text of a string value, else null.</summary>
    public string? Text => Form == ValueForm.String ? Encoding.UTF8.GetString(Bytes) : null;

    public bool? Boolean => Form == ValueForm.Boolean ? bits != 0 : null;

    /// <summary>
    /// A number or boolean as double. <paramref name="type"/> is what the birth declared: the wire carries integers as unsigned two's
    /// complement, so the declared width and sign decide what the bits mean. False for text, bytes, structures and no value.
    /// </summary>
    public bool TryGetNumber(DataType type, out double number)
    {
        number = Form switch
        {
            ValueForm.Double => BitConverter.UInt64BitsToDouble(bits),
            ValueForm.Float => BitConverter.UInt32BitsToSingle((uint)bits),
            ValueForm.Boolean => bits,
            ValueForm.Int or ValueForm.Long => type switch
            {
                DataType.UInt64 or DataType.DateTime => bits,
                _ => WholeNumber(type),
            },
            _ => double.NaN,
        };
        return Form is ValueForm.Double or ValueForm.Float or ValueForm.Boolean or ValueForm.Int or ValueForm.Long;
    }

    /// <summary>An integer value, else null. Unsigned 64-bit values above 2^63 come out negative.</summary>
    public long? ToInt64(DataType type) => Form is ValueForm.Int or ValueForm.Long ? WholeNumber(type) : null;

    private long WholeNumber(DataType type) => type switch
    {
        DataType.Int8 => (sbyte)bits,
        DataType.Int16 => (short)bits,
        DataType.Int32 => (int)bits,
        DataType.UInt8 => (byte)bits,
        DataType.UInt16 => (ushort)bits,
        DataType.UInt32 => (uint)bits,
        _ => (long)bits,
    };
}
