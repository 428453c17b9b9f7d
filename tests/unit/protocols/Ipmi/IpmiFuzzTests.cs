using CsCheck;
using EdgeDcim.Protocols.Ipmi;
using EdgeDcim.Protocols.Ipmi.Fru;
using EdgeDcim.Protocols.Ipmi.Sdr;
using EdgeDcim.Protocols.Ipmi.Sel;
using EdgeDcim.Protocols.Ipmi.Session;
using EdgeDcim.Protocols.Ipmi.Wire;
using EdgeDcim.Simulator.Ipmi;

namespace EdgeDcim.Protocols.Tests.Ipmi;

/// <summary>Whatever arrives, decoding ends with a value or without one, throws nothing and never allocates out of proportion.</summary>
public sealed class IpmiFuzzTests
{
    private static readonly byte[][] Corpus =
    [
        SdrBytes.Full(1, "CPU1 Temp", 1, 3, 1, 1, 243, 7, 4, -5, 2, 7),
        SdrBytes.Full(2, "A sensor with a name", 4, 29, 1, 18, 392, 0, 0, -1),
        SdrBytes.Compact(9, "PS", 8, 10, 1, 0x6F, 0x1F, 0xFF),
        SdrBytes.FruLocator("System"),
        SdrBytes.Fru("Acme", "Rack Server 9", "RS-9", "SN-1", "BSN-1"),
        Convert.FromHexString("DCAE085704050DD20473B6445DAABBCCDD40"),
        Convert.FromHexString("811C632004380000A4"),
        Convert.FromHexString("811C63200434002014CC2C042D0028C0C01BA8"),
        Convert.FromHexString("DC0B080501060285030704080509060A070B08"),
        Convert.FromHexString("06C002030000030000002000A93E1C9A3A9BB2B3BB07F9F84E8027D230087347D74C6269182060E5DA6A5879FFFF0207BBE3B6F2FE34F99F2D65712D"),
        Convert.FromHexString("0200000000000000000000000000000000000000000000000000" + "09" + "811C632004380000A4"),
        Convert.FromHexString("06130000000000000000" + "3C00" + "00000000A4A3A2A0BFD71E3756E4580A1D70430DC81B6852A123456789ABCDEFA123456789ABCDEF47AF35D254137924B168BCBFC216AAD216453856"),
        Convert.FromHexString("C0030141" + "81" + "C1FEDCBA000141" + "C011034481"),
    ];

    private static readonly RakpExchange Exchange = new(CipherSuite.Accepted[1], [1, 2, 3], [], "edge", 0x12) { ConsoleId = 0x302 };
    private static readonly byte[] SessionKey = Exchange.SessionKey();
    private static readonly IpmiEnvelope[] Envelopes =
    [
        new PlusEnvelope(Exchange, SessionKey), new LegacyEnvelope(), new LegacyEnvelope(LegacyEnvelope.Md5Authentication, 0, 1, [1, 2, 3]),
    ];

    [Fact]
    public void Decode_of_random_octets_gives_a_value_or_none() => Gen.Byte.Array[0, 300].Sample(Decode, iter: Fuzz.Inputs(20_000), threads: 1);

    [Fact]
    public void Decode_of_mutated_octets_gives_a_value_or_none() =>
        Gen.Select(Gen.Int[0, Corpus.Length - 1], Fuzz.Mutations)
            .Sample((which, mutations) => Decode(Fuzz.Mutate(Corpus[which], mutations)), iter: Fuzz.Inputs(40_000), threads: 1);

    /// <summary>Behind the integrity check stands what a controller itself encrypted, which may be wrong too.</summary>
    [Fact]
    public void Opening_an_authentic_packet_with_any_content_gives_a_message_or_none() =>
        Gen.Select(Gen.Byte.Array[1, 120], Gen.Byte.Array[1, 80]).Sample(
            (payload, message) =>
            {
                using var envelope = new PlusEnvelope(Exchange with { BmcId = Exchange.ConsoleId }, SessionKey);
                using var reader = new PlusEnvelope(Exchange, SessionKey);
                var datagram = new byte[512];
                var length = envelope.Write(datagram, message);
                Assert.True(reader.TryRead(datagram.AsSpan(Rmcp.HeaderBytes, length - Rmcp.HeaderBytes), new byte[512], out var got));
                IpmiMessage.TryReadAnswer(got, IpmiCommand.SensorReading, out _, out _);
                reader.TryRead(Forged(payload), new byte[512], out _);
            },
            iter: Fuzz.Inputs(2_000),
            threads: 1);

    private static byte[] Forged(byte[] payload)
    {
        var fill = -(PlusPacket.HeaderBytes + payload.Length + 2) & 3;
        byte[] packet = [.. new byte[PlusPacket.HeaderBytes], .. payload, .. Enumerable.Repeat((byte)0xFF, fill), (byte)fill, 7];
        PlusPacket.WriteHeader(packet, PlusPayload.Message, isProtected: true, Exchange.ConsoleId, 77, payload.Length);
        var code = new byte[Exchange.Suite.CodeBytes];
        Exchange.Suite.Code(Exchange.IntegrityKey(SessionKey), packet, code);
        return [.. packet, .. code];
    }

    private static void Decode(byte[] datagram)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Rmcp.TryOpen(datagram, out _);
        PlusPacket.TryRead(datagram, out _);
        IpmiMessage.TryReadAnswer(datagram, IpmiCommand.ChannelAuthentication, out _, out _);
        BridgedMessage.TryReadAnswer(datagram, IpmiCommand.SensorReading, out _, out _);
        Assert.True(!DcmiTemperature.TryParse(datagram, out _) || datagram.Length >= 3);
        Span<byte> scratch = stackalloc byte[512];
        foreach (var envelope in Envelopes)
        {
            envelope.TryRead(datagram, scratch, out _);
        }

        SuiteRecords.Ids(datagram);
        var sensors = new List<SensorRecord>();
        SensorRecordReader.Read(datagram, sensors);
        foreach (var sensor in sensors)
        {
            Assert.False(double.IsInfinity(sensor.Convert(0x80, sensor.Factors)));
        }

        FruInventory.Read(datagram);
        FruInventory.BytesNeeded(datagram, 4096);
        Assert.True(SelEntry.TryParse(datagram, out _) == datagram.Length >= 16);
        Assert.True(!DcmiPower.TryParse(datagram, out _) || datagram.Length >= 18);
        Assert.True(ChassisStatus.TryParse(datagram, out _) == datagram.Length >= 3);
        Assert.True(IpmiDeviceId.TryParse(datagram, out _) == datagram.Length >= 11);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }
}
