using CsCheck;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Core.Tests.Durability;

public sealed class ReadingBatchTests
{
    [Fact]
    public void Payload_has_the_documented_bytes()
    {
        var batch = new ReadingBatchWriter();
        batch.Add(seriesId: 5, atMs: 1_000, value: -3, Quality.Good);
        batch.Add(seriesId: 5, atMs: 999, value: 0.5, Quality.Suspect);
        batch.Add(seriesId: 300, atMs: 999, value: 0.1, Quality.Estimated);
        batch.Add(seriesId: 1, atMs: 999, value: double.NaN, Quality.Missing);

        byte[] expected =
        [
            5 << 4 | 3 << 2 | 3, 0xD0, 0x0F, 5,                       // whole, 1000 zigzag = 2000, -3 zigzag = 5
            5 << 4 | 2 << 2 | 2, 1, 0, 0, 0, 0x3F,                    // float 0.5, one ms back
            0xC5, 0x25, 0, 0x9A, 0x99, 0x99, 0x99, 0x99, 0x99, 0xB9, 0x3F, // 300 * 16 + 5, double 0.1
            1 << 4, 0,                                                // no value
        ];
        Assert.Equal(expected, batch.Payload.ToArray());
        Assert.Equal(4, batch.Count);
    }

    [Fact]
    public void Every_reading_comes_back_bit_for_bit()
    {
        var reading = Gen.Select(Gen.Int[1, int.MaxValue], Gen.Long[0, 4_000_000_000_000], Gen.OneOf(Gen.Double, Gen.Float.Select(f => (double)f), Gen.Int.Select(i => (double)i), Gen.Const(-0.0)), Gen.Enum<Quality>());

        reading.Array[0, 50].Sample(readings =>
        {
            var batch = new ReadingBatchWriter();
            foreach (var (id, at, value, quality) in readings)
            {
                batch.Add(id, at, value, quality);
            }

            var reader = new ReadingBatchReader(batch.Payload);
            foreach (var (id, at, value, quality) in readings)
            {
                Assert.True(reader.TryRead(out var back));
                Assert.Equal((id, at, quality), (back.SeriesId, back.AtMs, back.Quality));
                Assert.Equal(BitConverter.DoubleToInt64Bits(quality == Quality.Missing ? double.NaN : value), BitConverter.DoubleToInt64Bits(back.Value));
            }

            Assert.False(reader.TryRead(out _));
        });
    }

    [Fact]
    public void Garbage_ends_or_throws_a_journal_exception_and_nothing_else() =>
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            var reader = new ReadingBatchReader(bytes);
            try
            {
                while (reader.TryRead(out _))
                {
                }
            }
            catch (JournalException damaged)
            {
                Assert.Equal(JournalFault.Damaged, damaged.Fault);
            }
        });

    [Fact]
    public void Clear_starts_the_time_and_the_count_anew()
    {
        var batch = new ReadingBatchWriter();
        batch.Add(1, 5_000, 1, Quality.Good);
        var first = batch.Payload.ToArray();

        batch.Clear();
        Assert.Equal(0, batch.Count);
        batch.Add(1, 5_000, 1, Quality.Good);

        Assert.Equal(first, batch.Payload.ToArray());
    }
}
