using CsCheck;
using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Core.Tests.Sparkplug;

public sealed class PayloadReaderTests
{
    [Fact]
    public void A_data_payload_gives_alias_time_and_value()
    {
        var payload = new PayloadReader(PayloadVectors.Data);

        Assert.Equal((PayloadVectors.TimestampMs, 200, 1), (payload.TimestampMs!.Value, payload.Seq, payload.MetricCount));
        Assert.True(payload.TryRead(out var metric));
        Assert.True(metric.HasAlias);
        Assert.Equal((5UL, PayloadVectors.TimestampMs), (metric.Alias, metric.TimestampMs));
        Assert.True(metric.NameUtf8.IsEmpty);
        Assert.False(metric.IsHistorical || metric.IsNull || metric.IsTransient);
        Assert.True(metric.Value.TryGetNumber(DataType.Double, out var number));
        Assert.Equal(230.5, number);
        Assert.False(payload.TryRead(out _));
    }

    [Fact]
    public void A_birth_payload_gives_name_datatype_and_unit()
    {
        var payload = new PayloadReader(PayloadVectors.Birth);

        Assert.Equal(0, payload.Seq);
        Assert.True(payload.TryRead(out var metric));
        Assert.Equal(("power", 300UL, DataType.Double), (metric.Name, metric.Alias, metric.Type));
        var properties = metric.Properties;
        Assert.True(properties.TryRead(out var unit));
        Assert.Equal(("engUnit", "W", DataType.String), (unit.Key, unit.Value.Text, unit.Type));
        Assert.False(properties.TryRead(out _));
        Assert.Equal((1.5, Quality.Good), ReadingMetric.Read(metric, DataType.Unknown));
    }

    [Fact]
    public void A_death_payload_gives_bdSeq_and_no_seq()
    {
        var payload = new PayloadReader(PayloadVectors.Death);

        Assert.Equal(PayloadReader.NoSeq, payload.Seq);
        Assert.True(payload.TryRead(out var metric));
        Assert.Equal(("bdSeq", 3L), (metric.Name, metric.Value.ToInt64(metric.Type)));
    }

    [Fact]
    public void A_historical_null_is_a_missing_reading()
    {
        var payload = new PayloadReader(PayloadVectors.HistoricalNull);

        Assert.True(payload.TryRead(out var metric));
        Assert.True(metric.IsHistorical && metric.IsNull);
        Assert.Equal((double.NaN, Quality.Missing), ReadingMetric.Read(metric, DataType.Double));
    }

    [Fact]
    public void Properties_pair_the_nth_key_with_the_nth_value_whatever_their_order()
    {
        var payload = new PayloadReader(PayloadVectors.KeysThenValues);

        Assert.True(payload.TryRead(out var metric));
        var properties = metric.Properties;
        Assert.True(properties.TryRead(out var first));
        Assert.Equal(("a", "x"), (first.Key, first.Value.Text));
        Assert.True(properties.TryRead(out var second));
        Assert.Equal(("b", 0x1000000L), (second.Key, second.Value.ToInt64(second.Type)));
        Assert.False(properties.TryRead(out _));
    }

    [Theory]
    [InlineData(DataType.Int8, 0xFFFFFFFFUL, -1)]
    [InlineData(DataType.Int16, 0xFFFEUL, -2)]
    [InlineData(DataType.Int32, 0xFFFFFFFDUL, -3)]
    [InlineData(DataType.UInt8, 0xFFUL, 255)]
    [InlineData(DataType.UInt16, 0xFFFFUL, 65535)]
    [InlineData(DataType.UInt32, 0xFFFFFFFFUL, 4294967295)]
    public void An_integer_is_read_with_the_width_and_sign_that_the_birth_declared(DataType type, ulong bits, double expected)
    {
        var value = new SparkplugValue(ValueForm.Int, bits, default);

        Assert.True(value.TryGetNumber(type, out var number));
        Assert.Equal(expected, number);
    }

    [Fact]
    public void Sixty_four_bit_integers_keep_their_sign_unless_declared_unsigned()
    {
        var value = new SparkplugValue(ValueForm.Long, ulong.MaxValue, default);

        Assert.True(value.TryGetNumber(DataType.Int64, out var signed));
        Assert.True(value.TryGetNumber(DataType.UInt64, out var unsigned));
        Assert.Equal((-1, 18446744073709551615), (signed, unsigned));
    }

    [Fact]
    public void An_unknown_field_is_passed_over()
    {
        // Field 20 of the metric and field 30 of the payload, as a later version might add them.
        byte[] bytes = [0x12, 7, 0x10, 1, 0xA2, 0x01, 2, 9, 9, 0xF2, 0x01, 1, 7, 0x18, 4];

        var payload = new PayloadReader(bytes);

        Assert.Equal(4, payload.Seq);
        Assert.True(payload.TryRead(out var metric));
        Assert.Equal(1UL, metric.Alias);
    }

    [Theory]
    [InlineData("0A03", "wrong wire type")] // the time stamp as text
    [InlineData("188002", "seq above 255")]
    [InlineData("12051001", "beyond the end")]
    [InlineData("0880", "end inside a number")]
    [InlineData("08FFFFFFFFFFFFFFFFFF7F", "more than 64 bits")]
    [InlineData("08FFFFFFFFFFFFFFFF7F", "year 9999")]
    [InlineData("00", "field number")]
    [InlineData("33", "a group")]
    [InlineData("1200", "neither name nor alias")]
    [InlineData("12041001205F", "datatype")]
    [InlineData("12040A02C328", "UTF-8")]
    [InlineData("120410012802", "neither 0 nor 1")]
    [InlineData("1203100169", "end inside a 64-bit value")]
    [InlineData("12051001650000", "end inside a 32-bit value")]
    public void A_malformed_payload_is_refused_with_the_reason(string hex, string reason)
    {
        var refused = Assert.Throws<SparkplugException>(() => Walk(Convert.FromHexString(hex)));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_property_set_with_a_key_too_many_is_refused()
    {
        byte[] bytes = [0x12, 7, 0x10, 1, 0x4A, 3, 0x0A, 1, (byte)'a'];

        Assert.Throws<SparkplugException>(() => Walk(bytes));
    }

    [Fact]
    public void Random_bytes_give_a_payload_or_a_sparkplug_exception_and_nothing_else() =>
        Gen.Byte.Array[0, 300].Sample(bytes => Survives(bytes), iter: 20_000);

    [Fact]
    public void A_valid_payload_with_any_bytes_changed_cut_or_doubled_does_no_harm()
    {
        byte[][] seeds = [PayloadVectors.Data, PayloadVectors.Birth, PayloadVectors.Death, PayloadVectors.HistoricalNull, PayloadVectors.KeysThenValues];
        var mutation = Gen.Select(Gen.Int[0, seeds.Length - 1], Gen.Int[0, 199], Gen.Byte, Gen.Int[0, 2]);

        mutation.Array[1, 4].Sample(
            steps =>
            {
                var bytes = seeds[steps[0].Item1];
                foreach (var (_, place, value, how) in steps)
                {
                    var at = bytes.Length == 0 ? 0 : place % bytes.Length;
                    bytes = how switch
                    {
                        0 when bytes.Length > 0 => [.. bytes[..at], value, .. bytes[(at + 1)..]],
                        1 => bytes[..at],
                        _ => [.. bytes, .. bytes[at..]],
                    };
                }

                Survives(bytes);
            },
            iter: 20_000);
    }

    [Fact]
    public void Reading_a_data_payload_allocates_nothing()
    {
        var bytes = PayloadVectors.Data;
        Sum(bytes);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = Sum(bytes);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(230.5, sum);
        Assert.Equal(0, allocated);
    }

    private static double Sum(byte[] bytes)
    {
        var payload = new PayloadReader(bytes);
        var sum = 0.0;
        while (payload.TryRead(out var metric))
        {
            sum += ReadingMetric.Read(metric, DataType.Double).Value;
        }

        return sum;
    }

    private static void Survives(byte[] bytes)
    {
        try
        {
            Walk(bytes);
        }
        catch (SparkplugException)
        {
            // The one answer that is allowed.
        }
    }

    private static void Walk(byte[] bytes)
    {
        var payload = new PayloadReader(bytes);
        var metrics = 0;
        while (payload.TryRead(out var metric))
        {
            metrics++;
            _ = metric.Name;
            _ = metric.Value.Text;
            _ = ReadingMetric.Read(metric, DataType.Int32);
            var properties = metric.Properties;
            while (properties.TryRead(out var property))
            {
                _ = property.Key;
                _ = property.Value.Text;
            }
        }

        Assert.Equal(payload.MetricCount, metrics);
    }
}
