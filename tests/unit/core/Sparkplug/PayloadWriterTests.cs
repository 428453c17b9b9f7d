using CsCheck;
using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Core.Tests.Sparkplug;

public sealed class PayloadWriterTests
{
    private readonly PayloadWriter writer = new();

    [Fact]
    public void A_data_payload_has_the_bytes_of_the_wire_format()
    {
        writer.Begin(PayloadVectors.TimestampMs);
        ReadingMetric.Finish(writer.BeginMetric(5).At(PayloadVectors.TimestampMs), 230.5, Quality.Good);

        Assert.Equal(PayloadVectors.Data, writer.End(200).ToArray());
    }

    [Fact]
    public void A_birth_payload_has_the_bytes_of_the_wire_format()
    {
        writer.Begin(PayloadVectors.TimestampMs);
        writer.BeginMetric("power", 300).At(PayloadVectors.TimestampMs).Type(DataType.Double).Property("engUnit", "W").Value(1.5).EndMetric();

        Assert.Equal(PayloadVectors.Birth, writer.End(0).ToArray());
    }

    [Fact]
    public void A_death_payload_has_the_bytes_of_the_wire_format()
    {
        writer.Begin(PayloadVectors.TimestampMs);
        writer.BeginMetric("bdSeq").Type(DataType.Int64).Value(3L).EndMetric();

        Assert.Equal(PayloadVectors.Death, writer.End().ToArray());
    }

    [Fact]
    public void A_replayed_missing_reading_has_the_bytes_of_the_wire_format()
    {
        writer.Begin(PayloadVectors.TimestampMs);
        ReadingMetric.Finish(writer.BeginMetric(7).At(PayloadVectors.TimestampMs).Historical(), double.NaN, Quality.Missing);

        Assert.Equal(PayloadVectors.HistoricalNull, writer.End(1).ToArray());
    }

    [Fact]
    public void Alias_double_and_time_cost_twenty_bytes_a_metric()
    {
        writer.Begin(PayloadVectors.TimestampMs);
        var empty = writer.Length;
        for (var i = 0; i < 1_000; i++)
        {
            ReadingMetric.Finish(writer.BeginMetric((ulong)i % 128).At(PayloadVectors.TimestampMs), i, Quality.Good);
        }

        Assert.Equal(1_000, writer.MetricCount);
        Assert.Equal(20_000, writer.Length - empty);
    }

    [Theory]
    [InlineData(Quality.Missing, true)]
    [InlineData(Quality.Good, false)]
    [InlineData(Quality.Suspect, false)]
    public void A_birth_value_carries_unit_and_quality_side_by_side(Quality quality, bool isNull)
    {
        writer.Begin(0);
        ReadingMetric.Finish(writer.BeginMetric("power.active", 1).At(5).Type(DataType.Double), 7, quality, "W");

        var payload = new PayloadReader(writer.End(0).Span);
        Assert.True(payload.TryRead(out var metric));
        Assert.Equal((isNull ? double.NaN : 7, quality), ReadingMetric.Read(metric, DataType.Unknown));
        Assert.Equal(isNull, metric.IsNull);
        var properties = metric.Properties;
        Assert.True(properties.TryRead(out var unit));
        Assert.Equal(("engUnit", "W"), (unit.Key, unit.Value.Text));
    }

    [Fact]
    public void Flags_after_properties_are_refused()
    {
        writer.Begin(0);
        writer.BeginMetric("power.active", 1).Property("engUnit", "W");

        Assert.Throws<InvalidOperationException>(() => writer.Null());
    }

    [Fact]
    public void Negative_integers_go_as_twos_complement_of_their_width()
    {
        writer.Begin(0);
        writer.BeginMetric(1).Type(DataType.Int32).Value(-1).EndMetric();
        writer.BeginMetric(2).Type(DataType.Int64).Value(-1L).EndMetric();

        byte[] expected =
        [
            0x08, 0,
            0x12, 10, 0x10, 1, 0x20, 3, 0x50, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F,
            0x12, 15, 0x10, 2, 0x20, 4, 0x58, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01,
        ];
        Assert.Equal(expected, writer.End().ToArray());
    }

    [Fact]
    public void A_body_of_more_than_127_bytes_gets_a_longer_length()
    {
        var name = new string('n', 300);
        writer.Begin(0);
        writer.BeginMetric(name, 1).Type(DataType.String).Property("key", new string('v', 200)).Value(true).EndMetric();
        writer.BeginMetric(2).Value("after").EndMetric();

        var payload = new PayloadReader(writer.End(3).Span);
        Assert.Equal((2, 3), (payload.MetricCount, payload.Seq));
        Assert.True(payload.TryRead(out var first));
        Assert.Equal((name, true), (first.Name, first.Value.Boolean));
        var properties = first.Properties;
        Assert.True(properties.TryRead(out var property));
        Assert.Equal(200, property.Value.Text!.Length);
        Assert.True(payload.TryRead(out var second));
        Assert.Equal("after", second.Value.Text);
    }

    [Fact]
    public void Every_reading_comes_back_with_its_value_and_quality() =>
        Gen.Select(Gen.ULong, Gen.Long[0, PayloadReader.MaxTimestampMs], Gen.Double.Where(value => !double.IsNaN(value)), Gen.Enum<Quality>()).Array[0, 30].Sample(readings =>
        {
            var own = new PayloadWriter();
            own.Begin(1);
            foreach (var (alias, at, value, quality) in readings)
            {
                ReadingMetric.Finish(own.BeginMetric(alias).At(at), value, quality);
            }

            var payload = new PayloadReader(own.End(255).Span);
            foreach (var (alias, at, value, quality) in readings)
            {
                Assert.True(payload.TryRead(out var metric));
                Assert.Equal((alias, at), (metric.Alias, metric.TimestampMs));
                Assert.Equal((quality == Quality.Missing ? double.NaN : value, quality), ReadingMetric.Read(metric, DataType.Double));
            }
        });

    [Fact]
    public void A_second_message_in_the_same_buffer_allocates_nothing()
    {
        Fill();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Fill();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Fill()
        {
            writer.Begin(PayloadVectors.TimestampMs);
            for (var i = 0; i < 500; i++)
            {
                ReadingMetric.Finish(writer.BeginMetric((ulong)i).At(PayloadVectors.TimestampMs), i * 0.1, Quality.Good);
            }

            writer.End(1);
        }
    }
}
