using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EdgeDcim.Protocols.Ipmi.Session;

/// <summary>
/// What the two sides have told each other in the key exchange, and the keys that follow from it (IPMI 2.0 sections 13.20 to 13.32). The password
/// proves itself in hashes and is never sent.
/// </summary>
internal sealed record RakpExchange(CipherSuite Suite, byte[] Password, byte[] BmcKey, string User, byte Role)
{
    public const int RandomBytes = 16;

    private const int ConstantBytes = 20;
    private const int AesKeyBytes = 16;

    public uint ConsoleId { get; init; }

    public uint BmcId { get; init; }

    public byte[] ConsoleRandom { get; init; } = new byte[RandomBytes];

    public byte[] BmcRandom { get; init; } = new byte[RandomBytes];

    public byte[] BmcGuid { get; init; } = new byte[RandomBytes];

    /// <summary>RAKP 2: the controller's proof that it knows the password.</summary>
    public byte[] BmcProof() => Suite.Mac(Password, [.. Id(ConsoleId), .. Id(BmcId), .. ConsoleRandom, .. BmcRandom, .. BmcGuid, .. RoleAndUser()]);

    /// <summary>RAKP 3: ours.</summary>
    public byte[] ConsoleProof() => Suite.Mac(Password, [.. BmcRandom, .. Id(ConsoleId), .. RoleAndUser()]);

    /// <summary>The session integrity key, out of which the others are made. Without a key of the controller its place is the password's.</summary>
    public byte[] SessionKey() => Suite.Mac(BmcKey.Length == 0 ? Password : BmcKey, [.. ConsoleRandom, .. BmcRandom, .. RoleAndUser()]);

    /// <summary>RAKP 4: the controller's proof that it made the same session key.</summary>
    public byte[] SessionProof(byte[] sessionKey) => Suite.Mac(sessionKey, [.. ConsoleRandom, .. Id(BmcId), .. BmcGuid])[..Suite.ExchangeCheckBytes];

    /// <summary>K1, or the padded password where the suite's integrity is plain MD5.</summary>
    public byte[] IntegrityKey(byte[] sessionKey)
    {
        if (Suite.Integrity != Integrity.Md5)
        {
            return Suite.Mac(sessionKey, Constant(1));
        }

        var padded = new byte[ConstantBytes];
        Password.CopyTo(padded, 0);
        return padded;
    }

    /// <summary>The first half of K2.</summary>
    public byte[] AesKey(byte[] sessionKey) => Suite.Mac(sessionKey, Constant(2))[..AesKeyBytes];

    public static bool SameProof(ReadOnlySpan<byte> told, ReadOnlySpan<byte> own) => CryptographicOperations.FixedTimeEquals(told, own);

    private static byte[] Constant(byte value)
    {
        var constant = new byte[ConstantBytes];
        Array.Fill(constant, value);
        return constant;
    }

    private static byte[] Id(uint id)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, id);
        return bytes;
    }

    private byte[] RoleAndUser()
    {
        var user = Encoding.UTF8.GetBytes(User);
        return [Role, (byte)user.Length, .. user];
    }
}
