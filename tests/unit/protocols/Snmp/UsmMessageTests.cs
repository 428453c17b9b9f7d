using EdgeDcim.Protocols.Snmp;
using EdgeDcim.Protocols.Snmp.Ber;
using EdgeDcim.Protocols.Snmp.Usm;
using EdgeDcim.Protocols.Snmp.Wire;

namespace EdgeDcim.Protocols.Tests.Snmp;

/// <summary>A discovery request and messages put together by hand after RFC 3412 section 6 and RFC 3414 section 2.4.</summary>
public sealed class UsmMessageTests
{
    private const string Discovery =
        "30 3C 02 01 03" +
        " 30 11 02 04 12 34 56 78 02 03 00 FF E3 04 01 04 02 01 03" +
        " 04 10 30 0E 04 00 02 01 00 02 01 00 04 00 04 00 04 00" +
        " 30 12 04 00 04 00 A0 0C 02 02 12 34 02 01 00 02 01 00 30 00";

    [Fact]
    public void Write_of_a_discovery_is_what_RFC_3414_section_4_describes()
    {
        var writer = new BerWriter(new byte[256]);
        new SnmpRequest(BerTag.Get, default, default, 0).WritePdu(ref writer, 0x1234);
        UsmMessage.Write(
            ref writer,
            new UsmHeader { Id = 0x12345678, Flags = UsmMessage.ReportableFlag, EngineId = [], Boots = 0, Time = 0, User = [], ContextEngineId = [], ContextName = [] },
            null);
        Assert.Equal(Discovery, Hex.Of(writer.Written));
    }

    [Fact]
    public void Read_finds_the_fields()
    {
        byte[] datagram =
        [
            .. Hex.Bytes("30 4B 02 01 03 30 11 02 04 12 34 56 78 02 03 00 FF E3 04 01 03 02 01 03"),
            .. Hex.Bytes("04 23 30 21 04 05 80 00 00 00 01 02 01 05 02 02 01 00 04 02 6D 65 04 03 AA BB CC 04 08 01 02 03 04 05 06 07 08"),
            .. Hex.Bytes("04 0E 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D"),
        ];
        var message = UsmMessage.Read(datagram, out var problem);
        Assert.Null(problem);
        Assert.Equal([0x12345678, 3, 5, 256], [message.Id, message.Flags, message.Boots, message.Time]);
        Assert.Equal("80 00 00 00 01", Hex.Of(datagram.AsSpan(message.EngineId)));
        Assert.Equal("6D 65", Hex.Of(datagram.AsSpan(message.User)));
        Assert.Equal("AA BB CC", Hex.Of(datagram.AsSpan(message.Mac)));
        Assert.Equal("01 02 03 04 05 06 07 08", Hex.Of(datagram.AsSpan(message.Salt)));
        Assert.Equal(16, datagram.AsSpan(message.Data).Length);
        Assert.True(message.IsAuthenticated && message.IsEncrypted && !message.IsReportable);
    }

    [Fact]
    public void Read_cut_at_any_byte_is_a_problem()
    {
        var datagram = Hex.Bytes(Discovery);
        for (var cut = 0; cut < datagram.Length; cut++)
        {
            UsmMessage.Read(datagram.AsSpan(0, cut), out var problem);
            Assert.NotNull(problem);
        }
    }

    [Theory]
    [InlineData("1.3.6.1.6.3.15.1.1.1.0", nameof(UsmReport.UnsupportedSecurityLevel))]
    [InlineData("1.3.6.1.6.3.15.1.1.2.0", nameof(UsmReport.NotInTimeWindow))]
    [InlineData("1.3.6.1.6.3.15.1.1.3.0", nameof(UsmReport.UnknownUser))]
    [InlineData("1.3.6.1.6.3.15.1.1.4.0", nameof(UsmReport.UnknownEngineId))]
    [InlineData("1.3.6.1.6.3.15.1.1.5.0", nameof(UsmReport.WrongDigest))]
    [InlineData("1.3.6.1.6.3.15.1.1.6.0", nameof(UsmReport.DecryptionError))]
    [InlineData("1.3.6.1.6.3.12.1.5.0", nameof(UsmReport.UnknownContext))]
    [InlineData("1.3.6.1.6.3.15.1.1.7.0", nameof(UsmReport.Unknown))]
    [InlineData("1.3.6.1.6.3.15.1.1", nameof(UsmReport.Unknown))]
    [InlineData("1.3.6.1.2.1.1.1.0", nameof(UsmReport.Unknown))]
    public void KindOf_reads_the_counters_of_RFC_3414_section_5(string oid, string name)
    {
        var kind = Enum.Parse<UsmReport>(name);
        Assert.Equal(kind, UsmReports.KindOf(Tlv.ObjectId(oid).AsSpan(2)));
        if (kind is > UsmReport.Unknown and < UsmReport.UnknownContext)
        {
            Assert.Equal(oid, UsmReports.OidOf(kind).ToString());
        }
    }
}
