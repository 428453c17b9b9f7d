using EdgeDcim.Protocols.Snmp;
using EdgeDcim.Protocols.Snmp.Usm;

namespace EdgeDcim.Protocols.Tests.Snmp;

/// <summary>Keys, codes and ciphers against the vectors of their specifications.</summary>
public sealed class UsmKeyTests
{
    /// <summary>The password and the engine id of RFC 3414 A.3.</summary>
    private static readonly byte[] EngineId = Hex.Bytes("00 00 00 00 00 00 00 00 00 00 00 02");

    [Theory]
    [InlineData(SnmpAuthentication.Md5, "9F AF 32 83 88 4E 92 83 4E BC 98 47 D8 ED D9 63", "52 6F 5E ED 9F CC E2 6F 89 64 C2 93 07 87 D8 2B")]
    [InlineData(SnmpAuthentication.Sha1, "9F B5 CC 03 81 49 7B 37 93 52 89 39 FF 78 8D 5D 79 14 52 11", "66 95 FE BC 92 88 E3 62 82 23 5F C7 15 1F 12 84 97 B3 8F 3F")]
    public void Keys_of_a_password_are_those_of_RFC_3414_A3(SnmpAuthentication authentication, string userKey, string localizedKey)
    {
        var key = UsmDigest.PasswordToKey(authentication, "maplesyrup");
        Assert.Equal(userKey, Hex.Of(key));
        Assert.Equal(localizedKey, Hex.Of(UsmDigest.Localize(authentication, key, EngineId)));
    }

    /// <summary>draft-reeder-snmpv3-usm-3desede appendix B.1 and B.2: the same keys, extended to 32 and 40 octets.</summary>
    [Theory]
    [InlineData(SnmpAuthentication.Md5, "52 6F 5E ED 9F CC E2 6F 89 64 C2 93 07 87 D8 2B", "79 EF F4 4A 90 65 0E E0 A3 A4 0A BF AC 5A CC 12")]
    [InlineData(SnmpAuthentication.Sha1, "66 95 FE BC 92 88 E3 62 82 23 5F C7 15 1F 12 84 97 B3 8F 3F", "9B 8B 6D 78 93 6B A6 E7 D1 9D FD 9C")]
    public void Keys_extended_after_Reeder_are_those_of_the_draft(SnmpAuthentication authentication, string localizedKey, string extension) =>
        Assert.Equal($"{localizedKey} {extension}", Hex.Of(UsmCipher.ExtendKey(SnmpPrivacy.Aes256Reeder, authentication, Hex.Bytes(localizedKey), EngineId)));

    [Fact]
    public void Keys_extended_after_Blumenthal_end_with_the_hash_of_their_beginning()
    {
        var key = Hex.Bytes("52 6F 5E ED 9F CC E2 6F 89 64 C2 93 07 87 D8 2B");
        Assert.Equal([.. key, .. UsmDigest.Hash(SnmpAuthentication.Md5, key)], UsmCipher.ExtendKey(SnmpPrivacy.Aes256, SnmpAuthentication.Md5, key, EngineId));
        Assert.Equal(24, UsmCipher.ExtendKey(SnmpPrivacy.Aes192, SnmpAuthentication.Md5, key, EngineId).Length);
        Assert.Equal(key, UsmCipher.ExtendKey(SnmpPrivacy.Aes128, SnmpAuthentication.Md5, key, EngineId));
    }

    /// <summary>NIST's example values for SHA-224 (one block, empty, two blocks).</summary>
    [Theory]
    [InlineData("abc", "23097D22 3405D822 8642A477 BDA255B3 2AADBCE4 BDA0B3F7 E36C9DA7")]
    [InlineData("", "D14A028C 2A3A2BC9 476102BB 288234C4 15A2B01F 828EA62A C5B3E42F")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "75388B16 512776CC 5DBA5DA1 FD890150 B0C6455C B4F58B19 52522525")]
    public void Sha224_is_that_of_FIPS_180(string text, string digest) =>
        Assert.Equal(Hex.Of(Hex.Bytes(digest)), Hex.Of(Sha224.Hash(System.Text.Encoding.ASCII.GetBytes(text))));

    /// <summary>RFC 4231 sections 4.2, 4.3 and 4.7.</summary>
    [Theory]
    [InlineData("0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B", "Hi There", "896FB1128ABBDF196832107CD49DF33F47B4B1169912BA4F53684B22")]
    [InlineData("4A656665", "what do ya want for nothing?", "A30E01098BC6DBBF45690F3A7E9E6D0F8BBEA2A39E6148008FD05E44")]
    [InlineData(null, "Test Using Larger Than Block-Size Key - Hash Key First", "95E9A0DB962095ADAEBE9B2D6F0DBCE2D499F112F2D2B7273FA6870E")]
    public void Mac_over_Sha224_is_that_of_RFC_4231(string? key, string text, string mac)
    {
        var bytes = key is null ? [.. Enumerable.Repeat((byte)0xAA, 131)] : Hex.Bytes(key);
        Assert.Equal(mac, Convert.ToHexString(Sha224.Mac(bytes, System.Text.Encoding.ASCII.GetBytes(text))));
    }

    [Theory]
    [InlineData(SnmpAuthentication.Md5, 12)]
    [InlineData(SnmpAuthentication.Sha1, 12)]
    [InlineData(SnmpAuthentication.Sha224, 16)]
    [InlineData(SnmpAuthentication.Sha256, 24)]
    [InlineData(SnmpAuthentication.Sha384, 32)]
    [InlineData(SnmpAuthentication.Sha512, 48)]
    public void Codes_are_cut_as_RFC_3414_and_RFC_7860_say(SnmpAuthentication authentication, int bytes) => Assert.Equal(bytes, UsmDigest.MacBytes(authentication));

    /// <summary>NIST SP 800-38A section F.3.13: CFB128 with AES-128, whose IV is here boots, time and salt.</summary>
    [Theory]
    [InlineData(32)]
    [InlineData(20)]
    [InlineData(1)]
    public void Aes_in_CFB_mode_is_that_of_SP_800_38A_at_any_length(int length)
    {
        var cipher = UsmCipher.Create(SnmpPrivacy.Aes128, SnmpAuthentication.Md5, Hex.Bytes("2B7E151628AED2A6ABF7158809CF4F3C"), EngineId);
        var plain = Hex.Bytes("6BC1BEE22E409F96E93D7E117393172A AE2D8A571E03AC9C9EB76FAC45AF8E51")[..length];
        var expected = Hex.Bytes("3B3FD92EB72DAD20333449F8E83CFB4A C8A64537A0B3A93FCDE3CDAD9F1CE58B")[..length];
        var encrypted = cipher.Encrypt(plain, 0x00010203, 0x04050607, Hex.Bytes("08090A0B0C0D0E0F"));
        Assert.Equal(expected, encrypted);
        Assert.True(cipher.TryDecrypt(encrypted, 0x00010203, 0x04050607, Hex.Bytes("08090A0B0C0D0E0F")));
        Assert.Equal(plain, encrypted);
    }

    [Fact]
    public void Des_fills_up_to_whole_blocks_and_refuses_others()
    {
        var cipher = UsmCipher.Create(SnmpPrivacy.Des, SnmpAuthentication.Md5, Hex.Bytes("0123456789ABCDEF 0000000000000000"), EngineId);

        // FIPS 81 appendix C: "Now is the time for all " in CBC mode.
        var salt = Hex.Bytes("1234567890ABCDEF");
        var encrypted = cipher.Encrypt("Now is the time for all "u8, 0, 0, salt);
        Assert.Equal("E5C7CDDE872BF27C43E934008C389C0F683788499A7C05F6", Convert.ToHexString(encrypted));
        Assert.True(cipher.TryDecrypt(encrypted, 0, 0, salt));
        Assert.Equal("Now is the time for all "u8, encrypted);
        Assert.Equal(16, cipher.Encrypt(new byte[9], 0, 0, salt).Length);
        Assert.False(cipher.TryDecrypt(new byte[9], 0, 0, salt));
        Assert.False(cipher.TryDecrypt([], 0, 0, salt));
        Assert.False(cipher.TryDecrypt(new byte[8], 0, 0, salt.AsSpan(1)));
    }

    [Fact]
    public void WriteSalt_of_des_begins_with_boots_and_that_of_aes_is_a_counter()
    {
        var salt = new byte[8];
        UsmCipher.Create(SnmpPrivacy.Des, SnmpAuthentication.Md5, new byte[16], EngineId).WriteSalt(7, 0x0102030405060708, salt);
        Assert.Equal("00 00 00 07 05 06 07 08", Hex.Of(salt));
        UsmCipher.Create(SnmpPrivacy.Aes128, SnmpAuthentication.Md5, new byte[16], EngineId).WriteSalt(7, 0x0102030405060708, salt);
        Assert.Equal("01 02 03 04 05 06 07 08", Hex.Of(salt));
    }

    [Fact]
    public void A_user_with_a_short_password_or_privacy_alone_is_refused_and_tells_no_secret()
    {
        Assert.Throws<ArgumentException>(() => new SnmpUser("u", SnmpAuthentication.Sha1, "short"));
        Assert.Throws<ArgumentException>(() => new SnmpUser("u", SnmpAuthentication.None, null, SnmpPrivacy.Aes128, "longenough"));
        Assert.Throws<ArgumentException>(() => new SnmpUser("u", SnmpAuthentication.Sha1, "longenough", SnmpPrivacy.Aes128));
        Assert.Equal("u", new SnmpUser("u", SnmpAuthentication.Sha1, "longenough").ToString());
    }
}
