using System.Buffers.Binary;
using System.Numerics;

namespace EdgeDcim.Protocols.Snmp.Usm;

/// <summary>SHA-224 (FIPS 180-4 section 6.3), which .NET does not have and RFC 7860 asks for: SHA-256 from other initial values, cut to 28 octets.</summary>
internal sealed class Sha224
{
    public const int DigestBytes = 28;
    public const int BlockBytes = 64;

    /// <summary>FIPS 180-4 section 5.3.2.</summary>
    private static readonly uint[] InitialState =
        [0xC1059ED8, 0x367CD507, 0x3070DD17, 0xF70E5939, 0xFFC00B31, 0x68581511, 0x64F98FA7, 0xBEFA4FA4];

    /// <summary>FIPS 180-4 section 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes.</summary>
    private static readonly uint[] RoundConstants =
    [
        0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
        0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
        0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
        0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
        0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
        0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
        0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
        0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
    ];

    private readonly uint[] state = [.. InitialState];
    private readonly byte[] block = new byte[BlockBytes];
    private long length;

    public static byte[] Hash(params ReadOnlySpan<byte[]> parts)
    {
        var hash = new Sha224();
        foreach (var part in parts)
        {
            hash.Append(part);
        }

        return hash.Finish();
    }

    /// <summary>HMAC (RFC 2104) over SHA-224.</summary>
    public static byte[] Mac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message)
    {
        Span<byte> pad = stackalloc byte[BlockBytes];
        pad.Clear();
        if (key.Length > BlockBytes)
        {
            Hash([key.ToArray()]).CopyTo(pad);
        }
        else
        {
            key.CopyTo(pad);
        }

        // RFC 2104 section 2: the inner pad is 0x36, the outer 0x5C.
        Toggle(pad, 0x36);
        var inner = new Sha224();
        inner.Append(pad);
        inner.Append(message);
        Toggle(pad, 0x36 ^ 0x5C);
        var outer = new Sha224();
        outer.Append(pad);
        outer.Append(inner.Finish());
        return outer.Finish();
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var filled = (int)(length % BlockBytes);
            var taken = Math.Min(BlockBytes - filled, bytes.Length);
            bytes[..taken].CopyTo(block.AsSpan(filled));
            length += taken;
            bytes = bytes[taken..];
            if (filled + taken == BlockBytes)
            {
                Compress();
            }
        }
    }

    public byte[] Finish()
    {
        // FIPS 180-4 section 5.1.1: a one bit, zeros up to 8 octets before the end of a block, the length in bits.
        var bits = length * 8;
        Append([0x80]);
        while (length % BlockBytes != BlockBytes - 8)
        {
            Append([0]);
        }

        Span<byte> tail = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(tail, bits);
        Append(tail);
        var digest = new byte[DigestBytes];
        for (var i = 0; i < DigestBytes / 4; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest.AsSpan(i * 4), state[i]);
        }

        return digest;
    }

    private static void Toggle(Span<byte> pad, int mask)
    {
        foreach (ref var octet in pad)
        {
            octet ^= (byte)mask;
        }
    }

    private void Compress()
    {
        Span<uint> w = stackalloc uint[64];
        for (var t = 0; t < 16; t++)
        {
            w[t] = BinaryPrimitives.ReadUInt32BigEndian(block.AsSpan(t * 4));
        }

        for (var t = 16; t < 64; t++)
        {
            var s0 = BitOperations.RotateRight(w[t - 15], 7) ^ BitOperations.RotateRight(w[t - 15], 18) ^ (w[t - 15] >> 3);
            var s1 = BitOperations.RotateRight(w[t - 2], 17) ^ BitOperations.RotateRight(w[t - 2], 19) ^ (w[t - 2] >> 10);
            w[t] = w[t - 16] + s0 + w[t - 7] + s1;
        }

        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        var (e, f, g, h) = (state[4], state[5], state[6], state[7]);
        for (var t = 0; t < 64; t++)
        {
            var sum1 = BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25);
            var first = h + sum1 + ((e & f) ^ (~e & g)) + RoundConstants[t] + w[t];
            var sum0 = BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22);
            var second = sum0 + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + first, c, b, a, first + second);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }
}
