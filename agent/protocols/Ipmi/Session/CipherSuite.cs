using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace EdgeDcim.Protocols.Ipmi.Session;

/// <summary>How the integrity code of a packet is made (IPMI 2.0 table 13-18).</summary>
internal enum Integrity : byte
{
    HmacSha1 = 1,
    HmacMd5 = 2,
    Md5 = 3,
    HmacSha256 = 4,
}

/// <summary>How the two sides prove that they know the password (IPMI 2.0 table 13-17).</summary>
internal enum RakpHash : byte
{
    Sha1 = 1,
    Md5 = 2,
    Sha256 = 3,
}

/// <summary>
/// A set of algorithms that encrypts, authenticates and proves the password (IPMI 2.0 table 22-20). Suites that leave one of the three out,
/// and suite 0 which leaves out all, are not here and so cannot be agreed upon.
/// </summary>
[SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "IPMI 2.0 names it; many controllers offer nothing else")]
[SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "IPMI 2.0 names it; some controllers offer nothing else")]
internal sealed record CipherSuite(byte Id, RakpHash Rakp, Integrity Integrity)
{
    public const byte AesCbc128 = 1;

    public const int MaxHashBytes = 32;

    /// <summary>The best first; the last two only where a controller offers nothing better.</summary>
    public static IReadOnlyList<CipherSuite> Accepted { get; } =
    [
        new(17, RakpHash.Sha256, Integrity.HmacSha256),
        new(3, RakpHash.Sha1, Integrity.HmacSha1),
        new(8, RakpHash.Md5, Integrity.HmacMd5),
        new(12, RakpHash.Md5, Integrity.Md5),
    ];

    public int HashBytes => Rakp switch { RakpHash.Sha1 => 20, RakpHash.Md5 => 16, _ => 32 };

    /// <summary>Of the code in every packet.</summary>
    public int CodeBytes => Integrity == Integrity.HmacSha1 ? 12 : 16;

    /// <summary>Of the check in the last message of the key exchange, which is cut like the packets' code.</summary>
    public int ExchangeCheckBytes => Rakp == RakpHash.Sha1 ? 12 : 16;

    /// <summary>The keyed hash of the key exchange.</summary>
    public byte[] Mac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message) => Rakp switch
    {
        RakpHash.Sha1 => HMACSHA1.HashData(key, message),
        RakpHash.Md5 => HMACMD5.HashData(key, message),
        _ => HMACSHA256.HashData(key, message),
    };

    /// <summary>The code of a packet, cut to its length.</summary>
    /// <param name="key">K1, or the padded password for plain MD5.</param>
    /// <param name="packet">From the authentication type to the next-header octet.</param>
    /// <param name="code">Takes <see cref="CodeBytes"/>.</param>
    public void Code(ReadOnlySpan<byte> key, ReadOnlySpan<byte> packet, Span<byte> code)
    {
        Span<byte> full = stackalloc byte[MaxHashBytes];
        switch (Integrity)
        {
            case Integrity.HmacSha1:
                HMACSHA1.HashData(key, packet, full);
                break;
            case Integrity.HmacMd5:
                HMACMD5.HashData(key, packet, full);
                break;
            case Integrity.HmacSha256:
                HMACSHA256.HashData(key, packet, full);
                break;
            default:
                Md5(key, packet, full);
                break;
        }

        full[..CodeBytes].CopyTo(code);
    }

    /// <summary>Section 13.28.4: the password before and behind the packet.</summary>
    private static void Md5(ReadOnlySpan<byte> password, ReadOnlySpan<byte> packet, Span<byte> code)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        hash.AppendData(password);
        hash.AppendData(packet);
        hash.AppendData(password);
        hash.GetHashAndReset(code);
    }
}
