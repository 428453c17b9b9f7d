using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace EdgeDcim.Core.Sparkplug;

/// <summary>
/// Writes payloads into one buffer that is used again and again, so that a data message costs no allocation.
/// Order of calls: <see cref="Begin"/>, then for each metric BeginMetric, its time, type and flags, its properties, its value and
/// <see cref="EndMetric"/>, then End. Not thread-safe.
/// </summary>
public sealed class PayloadWriter
{
    /// <summary>The most that one call writes besides text: a tag, a ten-byte varint or a double, twice over.</summary>
    private const int Slack = 48;

    private byte[] buffer = new byte[4096];
    private int length;
    private int metricStart;
    private int propertiesStart;

    /// <summary>Bytes written so far, to end a message before it grows beyond what a broker takes.</summary>
    public int Length => length;

    public int MetricCount { get; private set; }

    /// <summary>Starts a message; what <see cref="End(int)"/> returned before is overwritten.</summary>
    /// <param name="timestampMs">Milliseconds since 1970-01-01 UTC.</param>
    public PayloadWriter Begin(long timestampMs)
    {
        length = 0;
        MetricCount = 0;
        metricStart = 0;
        propertiesStart = 0;
        Number(1, (ulong)timestampMs);
        return this;
    }

    /// <summary>A metric by its name alone, as in commands and in metrics without alias.</summary>
    public PayloadWriter BeginMetric(string name)
    {
        Open();
        Text(1, name);
        return this;
    }

    /// <summary>A metric of a birth: name and alias together.</summary>
    public PayloadWriter BeginMetric(string name, ulong alias)
    {
        BeginMetric(name);
        Number(2, alias);
        return this;
    }

    /// <summary>A metric of a data message: the alias alone.</summary>
    public PayloadWriter BeginMetric(ulong alias)
    {
        Open();
        Number(2, alias);
        return this;
    }

    public PayloadWriter At(long timestampMs)
    {
        BeforeProperties();
        Number(3, (ulong)timestampMs);
        return this;
    }

    public PayloadWriter Type(DataType type)
    {
        BeforeProperties();
        Number(4, (ulong)type);
        return this;
    }

    /// <summary>Marks the value as history: hosts store it and do not show it as current.</summary>
    public PayloadWriter Historical()
    {
        BeforeProperties();
        Number(5, 1);
        return this;
    }

    public PayloadWriter Null()
    {
        BeforeProperties();
        Number(7, 1);
        return this;
    }

    public PayloadWriter Value(double value)
    {
        CloseProperties();
        Reserve(Slack);
        buffer[length++] = (13 << 3) | (int)WireReader.Fixed64;
        BinaryPrimitives.WriteDoubleLittleEndian(buffer.AsSpan(length), value);
        length += 8;
        return this;
    }

    /// <summary>For the 64-bit integer types and DateTime; negative numbers as two's complement.</summary>
    public PayloadWriter Value(long value)
    {
        CloseProperties();
        Number(11, (ulong)value);
        return this;
    }

    /// <summary>For the integer types up to 32 bits; negative numbers as two's complement of 32 bits.</summary>
    public PayloadWriter Value(int value)
    {
        CloseProperties();
        Number(10, (uint)value);
        return this;
    }

    public PayloadWriter Value(bool value)
    {
        CloseProperties();
        Number(14, value ? 1UL : 0);
        return this;
    }

    public PayloadWriter Value(string value)
    {
        CloseProperties();
        Text(15, value);
        return this;
    }

    public PayloadWriter Property(string key, string value)
    {
        OpenProperty(key);
        var start = OpenNested(2);
        Number(1, (ulong)DataType.String);
        Text(8, value);
        CloseNested(start);
        return this;
    }

    public PayloadWriter Property(string key, int value)
    {
        OpenProperty(key);
        var start = OpenNested(2);
        Number(1, (ulong)DataType.Int32);
        Number(3, (uint)value);
        CloseNested(start);
        return this;
    }

    public void EndMetric()
    {
        CloseProperties();
        CloseNested(metricStart);
        metricStart = 0;
        MetricCount++;
    }

    /// <summary>Ends a message that carries a sequence number. The memory stays valid until the next <see cref="Begin"/>.</summary>
    /// <param name="seq">0 to 255.</param>
    public ReadOnlyMemory<byte> End(int seq)
    {
        Number(3, (ulong)seq);
        return End();
    }

    /// <summary>Ends a message without a sequence number: NDEATH and commands.</summary>
    public ReadOnlyMemory<byte> End() => buffer.AsMemory(0, length);

    private void Open()
    {
        metricStart = OpenNested(2);
    }

    /// <summary>Properties are one block behind the other fields, since a second block would not be read alike everywhere.</summary>
    private void BeforeProperties()
    {
        if (propertiesStart != 0)
        {
            throw new InvalidOperationException("time, type and flags of a metric come before its properties");
        }
    }

    private void OpenProperty(string key)
    {
        if (propertiesStart == 0)
        {
            propertiesStart = OpenNested(9);
        }

        Text(1, key);
    }

    private void CloseProperties()
    {
        if (propertiesStart != 0)
        {
            CloseNested(propertiesStart);
            propertiesStart = 0;
        }
    }

    /// <summary>Leaves one byte for the length, enough below 128 bytes; longer bodies are moved up when they close.</summary>
    private int OpenNested(int field)
    {
        Reserve(Slack);
        buffer[length++] = (byte)((field << 3) | (int)WireReader.Delimited);
        buffer[length++] = 0;
        return length;
    }

    private void CloseNested(int start)
    {
        var size = length - start;
        if (size < 0x80)
        {
            buffer[start - 1] = (byte)size;
            return;
        }

        Reserve(Slack);
        var extra = VarintSize((ulong)size) - 1;
        buffer.AsSpan(start, size).CopyTo(buffer.AsSpan(start + extra));
        length = start - 1;
        Varint((ulong)size);
        length += size;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Number(int field, ulong value)
    {
        Reserve(Slack);
        buffer[length++] = (byte)((field << 3) | (int)WireReader.Varint);
        Varint(value);
    }

    private void Text(int field, string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        Reserve(size + Slack);
        buffer[length++] = (byte)((field << 3) | (int)WireReader.Delimited);
        Varint((ulong)size);
        length += Encoding.UTF8.GetBytes(text, buffer.AsSpan(length));
    }

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

    private void Reserve(int bytes)
    {
        if (buffer.Length - length < bytes)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + bytes));
        }
    }

    private static int VarintSize(ulong value)
    {
        var size = 1;
        while (value >= 0x80)
        {
            value >>= 7;
            size++;
        }

        return size;
    }
}
