using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Core.Durability;

/// <summary>Walks the readings that a <see cref="ReadingBatchWriter"/> wrote, without allocation.</summary>
public ref struct ReadingBatchReader(ReadOnlySpan<byte> payload)
{
    private readonly ReadOnlySpan<byte> payload = payload;
    private int position;
    private long previousMs;

    /// <summary>Moves to the next reading; false at the end.</summary>
    /// <exception cref="JournalException">The bytes are not a batch of readings (<see cref="JournalFault.Damaged"/>).</exception>
    public bool TryRead(out StoredReading reading)
    {
        if (position >= payload.Length)
        {
            reading = default;
            return false;
        }

        var head = Varint();
        if (head >> 4 > int.MaxValue)
        {
            throw Damaged();
        }

        previousMs += Unzigzag(Varint());
        var value = (ReadingForm)((head >> 2) & 3) switch
        {
            ReadingForm.Double => BinaryPrimitives.ReadDoubleLittleEndian(Take(8)),
            ReadingForm.Float => BinaryPrimitives.ReadSingleLittleEndian(Take(4)),
            ReadingForm.Whole => Unzigzag(Varint()),
            _ => double.NaN,
        };
        reading = new StoredReading((int)(head >> 4), previousMs, value, (Quality)(head & 3));
        return true;
    }

    private static long Unzigzag(ulong number) => (long)(number >> 1) ^ -(long)(number & 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64 && position < payload.Length; shift += 7)
        {
            var next = payload[position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Damaged();
    }

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (payload.Length - position < bytes)
        {
            throw Damaged();
        }

        position += bytes;
        return payload.Slice(position - bytes, bytes);
    }

    private readonly JournalException Damaged() =>
        new(JournalFault.Damaged, $"a batch of readings is malformed at byte {position} of {payload.Length}");
}

/// <summary>A reading as a batch holds it; <see cref="Journal.SeriesOf"/> gives the series.</summary>
public readonly record struct StoredReading(int SeriesId, long AtMs, double Value, Quality Quality);
