using System.Diagnostics.CodeAnalysis;
using System.Text;
using EdgeDcim.Protocols.Ipmi.Session;
using EdgeDcim.Protocols.Ipmi.Wire;

namespace EdgeDcim.Protocols.Tests.Ipmi;

/// <summary>Keys and packets, octet by octet, as ipmitool 1.8.19 printed them while it talked to ipmi_sim (suite 3) and to the controller of these tests (suite 17).</summary>
public sealed class IpmiSessionTests
{
    private static readonly CipherSuite Suite3 = CipherSuite.Accepted.Single(suite => suite.Id == 3);
    private static readonly CipherSuite Suite17 = CipherSuite.Accepted.Single(suite => suite.Id == 17);

    private static readonly RakpExchange Recorded3 = new(Suite3, Encoding.ASCII.GetBytes("test"), [], "ipmiusr", 0x14)
    {
        ConsoleId = 0xA0A2A3A4,
        BmcId = 0x00000302,
        ConsoleRandom = Hex("579583a786a6c05574ed5d1f945f4a7e"),
        BmcRandom = Hex("bfd71e3756e4580a1d70430dc81b6852"),
        BmcGuid = Hex("a123456789abcdefa123456789abcdef"),
    };

    [Fact]
    public void Proofs_and_keys_of_suite_3_are_those_of_ipmitool()
    {
        var key = Recorded3.SessionKey();

        Assert.Equal(Hex("47af35d254137924b168bcbfc216aad216453856"), Recorded3.BmcProof());
        Assert.Equal(Hex("96b3f69c68984a28a9ba1871a13ecca934160af2"), Recorded3.ConsoleProof());
        Assert.Equal(Hex("407f4ac084c1ff1ceb004dbfbc404c266633419b"), key);
        Assert.Equal(Hex("0995eb7638a44a4976ea991db69a4b9cc8d47ac6"), Recorded3.IntegrityKey(key));
        Assert.Equal(Hex("b3ce9e250ee91759236d82fd3c71a761"), Recorded3.AesKey(key));
        Assert.Equal(Hex("d8821f0cb61284fde261ac31"), Recorded3.SessionProof(key));
    }

    [Fact]
    public void Proofs_and_keys_of_suite_17_are_those_of_ipmitool()
    {
        var recorded = new RakpExchange(Suite17, Encoding.ASCII.GetBytes("s3cret-word"), [], "edge", 0x14)
        {
            ConsoleId = 0xA0A2A3A4,
            BmcId = 0x00001001,
            ConsoleRandom = Hex("d53c85e87a513df0fe4217b900384c25"),
            BmcRandom = Hex("88e93d636384fa05ab9ac001caf1884d"),
            BmcGuid = Hex("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"),
        };
        var key = recorded.SessionKey();

        Assert.Equal(Hex("dc7af2467a6be7c852a14420f376e3a1ebb4b0fca1c3b2cdceb52eb0b8e1a500"), recorded.BmcProof());
        Assert.Equal(Hex("e8694ab93eb960ee0a2ec848f57a796a981c35669143ccb1c183b947fb8ffbfa"), recorded.ConsoleProof());
        Assert.Equal(Hex("ed1411197ca7744e3803ebc7efe239ac79e025a74a8eb7ef8394ffb48f9af361"), key);
        Assert.Equal(Hex("2981fcdca9ba7e7e7e408e4a457c258f2c884ae6c7b337d8c5c09232a69b4e08"), recorded.IntegrityKey(key));
        Assert.Equal(Hex("11ede748b384520997effa0c9131f61b"), recorded.AesKey(key));
        Assert.Equal(Hex("ae9529d136a7801e89833031deb352e9"), recorded.SessionProof(key));
    }

    [Fact]
    public void A_packet_of_ipmitool_in_suite_3_is_authentic_and_opens()
    {
        // The packet went to the controller, so the controller's id is the one that it carries.
        using var envelope = new PlusEnvelope(Recorded3 with { ConsoleId = 0x00000302 }, Recorded3.SessionKey());
        var packet = Hex("06c002030000030000002000a93e1c9a3a9bb2b3bb07f9f84e8027d230087347d74c6269182060e5da6a5879ffff0207bbe3b6f2fe34f99f2d65712d");
        var scratch = new byte[256];

        Assert.True(envelope.TryRead(packet, scratch, out var message));
        Assert.Equal(Hex("2018c881043b043c"), message);
        Assert.False(envelope.TryRead(packet, scratch, out _));
    }

    [Fact]
    public void Without_a_key_of_the_controller_the_password_takes_its_place() =>
        Assert.NotEqual(Recorded3.SessionKey(), (Recorded3 with { BmcKey = Encoding.ASCII.GetBytes("second key") }).SessionKey());

    /// <summary>RFC 2202 case 2, RFC 4231 case 2.</summary>
    [Theory]
    [InlineData(3, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")]
    [InlineData(17, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    [InlineData(8, "750c783e6ab0b503eaa86e310a5db738")]
    public void The_keyed_hash_of_a_suite_is_the_one_of_its_standard(int suite, string mac) =>
        Assert.Equal(Hex(mac), CipherSuite.Accepted.Single(each => each.Id == suite).Mac(Encoding.ASCII.GetBytes("Jefe"), Encoding.ASCII.GetBytes("what do ya want for nothing?")));

    [Theory]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(8)]
    [InlineData(12)]
    public void Messages_of_every_length_come_back_from_their_packet(int id)
    {
        var exchange = Recorded3 with { Suite = CipherSuite.Accepted.Single(suite => suite.Id == id), BmcId = Recorded3.ConsoleId };
        using var writer = new PlusEnvelope(exchange, exchange.SessionKey());
        using var reader = new PlusEnvelope(exchange, exchange.SessionKey());
        var datagram = new byte[512];
        var scratch = new byte[512];
        for (var length = 1; length < 100; length++)
        {
            byte[] sent = [.. Enumerable.Range(0, length).Select(each => (byte)each)];
            var bytes = writer.Write(datagram, sent);
            Assert.True(reader.TryRead(datagram.AsSpan(Rmcp.HeaderBytes, bytes - Rmcp.HeaderBytes), scratch, out var got));
            Assert.Equal(sent, got);

            // From the authentication type to the next-header octet it is a multiple of four.
            Assert.Equal(0, (bytes - Rmcp.HeaderBytes - exchange.Suite.CodeBytes) % 4);
        }
    }

    [Fact]
    public void Messages_of_IPMI_1_5_carry_the_MD5_of_password_session_message_and_sequence()
    {
        var envelope = new LegacyEnvelope(LegacyEnvelope.Md5Authentication, 0x11223344, 7, Encoding.ASCII.GetBytes("test"));
        var datagram = new byte[128];
        byte[] message = [0x20, 0x18, 0xC8, 0x81, 0x04, 0x01, 0x7A];
        var length = envelope.Write(datagram, message);

        byte[] password = [.. "test"u8, .. new byte[12]];
        byte[] expected = [6, 0, 0xFF, 7, 2, 7, 0, 0, 0, 0x44, 0x33, 0x22, 0x11, .. Md5([.. password, 0x44, 0x33, 0x22, 0x11, .. message, 7, 0, 0, 0, .. password]), 7, .. message];
        Assert.Equal(expected, datagram[..length]);
        Assert.Equal(8, datagram[.. envelope.Write(datagram, message)][5]);
    }

    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "the specification names it")]
    private static byte[] Md5(byte[] bytes) => System.Security.Cryptography.MD5.HashData(bytes);

    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));
}
