using EdgeDcim.Protocols.Snmp;
using EdgeDcim.Protocols.Snmp.Ber;
using EdgeDcim.Protocols.Snmp.Wire;

namespace EdgeDcim.Protocols.Tests.Snmp;

/// <summary>Whole messages, put together by hand after RFC 1157 section 4, RFC 1901 section 3 and RFC 3416 section 3.</summary>
public sealed class SnmpWireTests
{
    private const string GetUptimeV1 =
        "30 29 02 01 00 04 06 70 75 62 6C 69 63 A0 1C 02 04 12 34 56 78 02 01 00 02 01 00 30 0E 30 0C 06 08 2B 06 01 02 01 01 03 00 05 00";

    private const string GetBulkV2c =
        "30 29 02 01 01 04 06 70 75 62 6C 69 63 A5 1C 02 04 12 34 56 78 02 01 00 02 01 0A 30 0E 30 0C 06 08 2B 06 01 02 01 01 03 00 05 00";

    private const string AnswerV2c =
        "30 38 02 01 01 04 06 70 75 62 6C 69 63 A2 2B 02 04 12 34 56 78 02 01 00 02 01 00 30 1D" +
        " 30 0D 06 08 2B 06 01 02 01 01 03 00 43 01 2A" +
        " 30 0C 06 08 2B 06 01 02 01 01 05 00 81 00";

    private static readonly Oid Uptime = Oid.Parse("1.3.6.1.2.1.1.3.0");

    [Fact]
    public void Write_of_a_get_is_the_message_of_RFC_1157()
    {
        var writer = new BerWriter(new byte[128]);
        SnmpEnvelope.Write(ref writer, SnmpVersion.V1, "public"u8, new VarBindList([Uptime]).Request(BerTag.Get, 0, 1), 0x12345678);
        Assert.Equal(GetUptimeV1, Hex.Of(writer.Written));
    }

    [Fact]
    public void Write_of_a_getbulk_is_the_message_of_RFC_3416()
    {
        var request = new VarBindList([Uptime]).Request(BerTag.GetBulk, 0, 1) with { Repetitions = 10 };
        var writer = new BerWriter(new byte[128]);
        SnmpEnvelope.Write(ref writer, SnmpVersion.V2c, "public"u8, request, 0x12345678);
        Assert.Equal(GetBulkV2c, Hex.Of(writer.Written));
    }

    [Fact]
    public void ReadCommunityAnswer_gives_head_and_variables()
    {
        var datagram = Hex.Bytes(AnswerV2c);
        Assert.True(SnmpEnvelope.TryPeek(datagram, out var version, out var id));
        Assert.Equal((SnmpVersion.V2c, 0x12345678), (version, id));
        var pdu = SnmpEnvelope.ReadCommunityAnswer(datagram, SnmpVersion.V2c, out var problem);
        Assert.Null(problem);
        var variables = new VarBindReader(datagram.AsSpan(pdu.VarBinds));
        Assert.True(variables.Next(out var uptime));
        Assert.Equal(new SnmpVariable(Uptime, SnmpValue.OfUnsigned(SnmpType.TimeTicks, 42)), uptime);
        Assert.True(variables.Next(out var name));
        Assert.Equal(SnmpType.NoSuchInstance, name.Value.Type);
        Assert.False(variables.Next(out SnmpVariable _));
        Assert.Null(variables.Problem);
    }

    [Fact]
    public void ReadCommunityAnswer_in_another_version_is_a_problem()
    {
        SnmpEnvelope.ReadCommunityAnswer(Hex.Bytes(AnswerV2c), SnmpVersion.V1, out var problem);
        Assert.Equal("another SNMP version than it was asked in", problem);
    }

    [Theory]
    [InlineData(GetUptimeV1)]
    [InlineData("30 03 02 01 01")]
    [InlineData("")]
    [InlineData("30 29 02 01 07 04 06 70 75 62 6C 69 63 A2 1C 02 04 12 34 56 78 02 01 00 02 01 00 30 0E 30 0C 06 08 2B 06 01 02 01 01 03 00 05 00")]
    public void TryPeek_of_what_is_no_answer_is_refused(string octets) => Assert.False(SnmpEnvelope.TryPeek(Hex.Bytes(octets), out _, out _));

    [Fact]
    public void Fit_splits_by_count_and_by_bytes()
    {
        var small = new VarBindList([.. Enumerable.Range(0, 100).Select(i => Uptime.Append((uint)i))]);
        Assert.Equal(24, small.Fit(0, 24));
        Assert.Equal(4, small.Fit(96, 24));
        var large = new VarBindList([.. Enumerable.Range(0, 40).Select(_ => new Oid([2, 5, .. Enumerable.Repeat(uint.MaxValue, 126)]))]);
        Assert.InRange(large.Fit(0, 40), 1, 7);
        Assert.Equal(uint.MaxValue, large.Oids[0].Arcs[127]);
        Assert.True(BerOids.TryRead(large.EncodedOid(39), out var back));
        Assert.Equal(large.Oids[39], back);
    }

    /// <summary>The promise that nothing can ever be switched: the tag of a SetRequest (RFC 3416 section 3) is not known to the code.</summary>
    [Fact]
    public void BerTag_knows_no_set_request() =>
        Assert.DoesNotContain((byte)0xA3, typeof(BerTag).GetFields().Where(field => field.IsLiteral).Select(field => (byte)field.GetRawConstantValue()!));
}
