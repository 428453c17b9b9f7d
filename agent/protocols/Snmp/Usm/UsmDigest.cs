using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace EdgeDcim.Protocols.Snmp.Usm;

/// <summary>The hash behind an authentication protocol: message authentication codes and keys out of passwords (RFC 3414 section 6 and A.2, RFC 7860).</summary>
[SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "RFC 3414 names it; devices offer nothing else")]
[SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "RFC 3414 names it; devices offer nothing else")]
internal static class UsmDigest
{
    public const int MaxBytes = 64;

    /// <summary>RFC 3414 A.2: the password is repeated up to this many octets, which makes guessing slow.</summary>
    private const int PasswordBytes = 1_048_576;

    /// <summary>The octets of the authentication code in a message: RFC 3414 sections 6.3.1 and 7.3.1, RFC 7860 section 4.2.1.</summary>
    public static int MacBytes(SnmpAuthentication authentication) => authentication switch
    {
        SnmpAuthentication.Md5 or SnmpAuthentication.Sha1 => 12,
        SnmpAuthentication.Sha224 => 16,
        SnmpAuthentication.Sha256 => 24,
        SnmpAuthentication.Sha384 => 32,
        SnmpAuthentication.Sha512 => 48,
        _ => 0,
    };

    /// <summary>The authentication code, already cut.</summary>
    public static void Mac(SnmpAuthentication authentication, ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, Span<byte> mac)
    {
        Span<byte> full = stackalloc byte[MaxBytes];
        switch (authentication)
        {
            case SnmpAuthentication.Md5:
                HMACMD5.HashData(key, message, full);
                break;
            case SnmpAuthentication.Sha1:
                HMACSHA1.HashData(key, message, full);
                break;
            case SnmpAuthentication.Sha224:
                Sha224.Mac(key, message).CopyTo(full);
                break;
            case SnmpAuthentication.Sha256:
                HMACSHA256.HashData(key, message, full);
                break;
            case SnmpAuthentication.Sha384:
                HMACSHA384.HashData(key, message, full);
                break;
            default:
                HMACSHA512.HashData(key, message, full);
                break;
        }

        full[..mac.Length].CopyTo(mac);
    }

    public static byte[] Hash(SnmpAuthentication authentication, params ReadOnlySpan<byte[]> parts)
    {
        if (authentication == SnmpAuthentication.Sha224)
        {
            return Sha224.Hash(parts);
        }

        using var hash = IncrementalHash.CreateHash(NameOf(authentication));
        foreach (var part in parts)
        {
            hash.AppendData(part);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>RFC 3414 A.2.1: the user's key Ku.</summary>
    public static byte[] PasswordToKey(SnmpAuthentication authentication, string password) => PasswordToKey(authentication, Encoding.UTF8.GetBytes(password));

    public static byte[] PasswordToKey(SnmpAuthentication authentication, ReadOnlySpan<byte> password)
    {
        var repeated = new byte[PasswordBytes];
        for (var at = 0; at < PasswordBytes; at += password.Length)
        {
            password[..Math.Min(password.Length, PasswordBytes - at)].CopyTo(repeated.AsSpan(at));
        }

        var key = Hash(authentication, repeated);
        CryptographicOperations.ZeroMemory(repeated);
        return key;
    }

    /// <summary>RFC 3414 A.2.2: the key that is good at one engine only, H(Ku, engine id, Ku).</summary>
    public static byte[] Localize(SnmpAuthentication authentication, byte[] userKey, byte[] engineId) => Hash(authentication, userKey, engineId, userKey);

    private static HashAlgorithmName NameOf(SnmpAuthentication authentication) => authentication switch
    {
        SnmpAuthentication.Md5 => HashAlgorithmName.MD5,
        SnmpAuthentication.Sha1 => HashAlgorithmName.SHA1,
        SnmpAuthentication.Sha256 => HashAlgorithmName.SHA256,
        SnmpAuthentication.Sha384 => HashAlgorithmName.SHA384,
        _ => HashAlgorithmName.SHA512,
    };
}
