using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace EdgeDcim.Protocols.Snmp.Usm;

/// <summary>The privacy protocols: DES-CBC (RFC 3414 section 8), AES-CFB128 (RFC 3826 section 3) and the two ways in which vendors extend keys for AES-192 and AES-256.</summary>
[SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "RFC 3414 names it; devices offer nothing else")]
[SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "RFC 3414 names it; devices offer nothing else")]
[SuppressMessage("Security", "CA5401:Do not use CreateEncryptor with non-default IV", Justification = "the RFCs say how the IV is made")]
internal sealed class UsmCipher
{
    /// <summary>msgPrivacyParameters of every protocol here.</summary>
    public const int SaltBytes = 8;

    private const int AesBlockBytes = 16;
    private const int DesBlockBytes = 8;

    private readonly byte[] key;
    private readonly byte[]? desPreIv;

    private UsmCipher(byte[] key, byte[]? desPreIv)
    {
        this.key = key;
        this.desPreIv = desPreIv;
    }

    /// <param name="privacy">Not None.</param>
    /// <param name="authentication">The hash that made the key.</param>
    /// <param name="localizedKey">Out of the privacy password, localised.</param>
    /// <param name="engineId">For Reeder's extension.</param>
    public static UsmCipher Create(SnmpPrivacy privacy, SnmpAuthentication authentication, byte[] localizedKey, byte[] engineId)
    {
        // RFC 3414 section 8.1.1.1: eight octets of key, eight of pre-IV.
        return privacy == SnmpPrivacy.Des
            ? new UsmCipher(localizedKey[..DesBlockBytes], localizedKey[DesBlockBytes..(2 * DesBlockBytes)])
            : new UsmCipher(ExtendKey(privacy, authentication, localizedKey, engineId), null);
    }

    /// <summary>
    /// A key of the length that AES needs. Blumenthal appends the hash of what there is (draft-blumenthal-aes-usm-04 section 3.1.2.1), Reeder
    /// takes what there is for a password and localises again (draft-reeder-snmpv3-usm-3desede section 2.1).
    /// </summary>
    public static byte[] ExtendKey(SnmpPrivacy privacy, SnmpAuthentication authentication, byte[] localizedKey, byte[] engineId)
    {
        var length = privacy switch
        {
            SnmpPrivacy.Aes192 or SnmpPrivacy.Aes192Reeder => 24,
            SnmpPrivacy.Aes256 or SnmpPrivacy.Aes256Reeder => 32,
            _ => 16,
        };
        var reeder = privacy is SnmpPrivacy.Aes192Reeder or SnmpPrivacy.Aes256Reeder;
        var extended = localizedKey;
        var last = localizedKey;
        while (extended.Length < length)
        {
            last = reeder
                ? UsmDigest.Localize(authentication, UsmDigest.PasswordToKey(authentication, last), engineId)
                : UsmDigest.Hash(authentication, extended);
            extended = [.. extended, .. last];
        }

        return extended[..length];
    }

    /// <summary>The salt that goes into the message: RFC 3414 section 8.1.1.1 wants boots and a counter, RFC 3826 section 3.1.2.1 a 64-bit counter.</summary>
    public void WriteSalt(int boots, ulong counter, Span<byte> salt)
    {
        BinaryPrimitives.WriteUInt64BigEndian(salt, counter);
        if (desPreIv is not null)
        {
            BinaryPrimitives.WriteInt32BigEndian(salt, boots);
        }
    }

    /// <summary>Ciphertext of the plaintext's length, for DES filled up to whole blocks.</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> plain, int boots, int time, ReadOnlySpan<byte> salt)
    {
        Span<byte> iv = stackalloc byte[AesBlockBytes];
        var block = WriteIv(boots, time, salt, iv);
        var padded = new byte[RoundUp(plain.Length, block)];
        plain.CopyTo(padded);
        var encrypted = new byte[padded.Length];
        using var algorithm = Open();
        if (desPreIv is not null)
        {
            algorithm.EncryptCbc(padded, iv[..block], encrypted, PaddingMode.None);
            return encrypted;
        }

        // CFB is a stream: what stands behind the plaintext does not change what stands before.
        algorithm.EncryptCfb(padded, iv, encrypted, PaddingMode.None, feedbackSizeInBits: AesBlockBytes * 8);
        return encrypted[..plain.Length];
    }

    /// <summary>In place. False when the length is not possible.</summary>
    public bool TryDecrypt(Span<byte> data, int boots, int time, ReadOnlySpan<byte> salt)
    {
        if (salt.Length != SaltBytes || data.IsEmpty || (desPreIv is not null && data.Length % DesBlockBytes != 0))
        {
            return false;
        }

        Span<byte> iv = stackalloc byte[AesBlockBytes];
        var block = WriteIv(boots, time, salt, iv);
        var padded = new byte[RoundUp(data.Length, block)];
        var plain = new byte[padded.Length];
        data.CopyTo(padded);
        using var algorithm = Open();
        if (desPreIv is not null)
        {
            algorithm.DecryptCbc(padded, iv[..block], plain, PaddingMode.None);
        }
        else
        {
            algorithm.DecryptCfb(padded, iv, plain, PaddingMode.None, feedbackSizeInBits: AesBlockBytes * 8);
        }

        plain.AsSpan(0, data.Length).CopyTo(data);
        return true;
    }

    private SymmetricAlgorithm Open()
    {
        SymmetricAlgorithm algorithm = desPreIv is null ? Aes.Create() : DES.Create();
        algorithm.Key = key;
        return algorithm;
    }

    private static int RoundUp(int length, int block) => (length + block - 1) / block * block;

    private int WriteIv(int boots, int time, ReadOnlySpan<byte> salt, Span<byte> iv)
    {
        if (desPreIv is { } preIv)
        {
            for (var i = 0; i < DesBlockBytes; i++)
            {
                iv[i] = (byte)(preIv[i] ^ salt[i]);
            }

            return DesBlockBytes;
        }

        // RFC 3826 section 3.1.2.1: boots, time, salt.
        BinaryPrimitives.WriteInt32BigEndian(iv, boots);
        BinaryPrimitives.WriteInt32BigEndian(iv[4..], time);
        salt.CopyTo(iv[8..]);
        return AesBlockBytes;
    }
}
