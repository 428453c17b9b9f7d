using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace EdgeDcim.Simulator.Ipmi;

/// <summary>The controller's side of one RMCP+ session: its half of the key exchange, and the packets under its keys.</summary>
[SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "the specification names it")]
[SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "the specification names it")]
internal sealed class BmcSession(uint consoleId, uint id, byte suite, byte[] password)
{
    private byte[] _role = [];
    private byte[] _consoleRandom = [];
    private byte[] _sessionKey = [];
    private uint _sequence;

    public uint ConsoleId => consoleId;

    public byte[] Random { get; } = RandomNumberGenerator.GetBytes(16);

    public bool IsOpen { get; private set; }

    private int CodeBytes => suite == 3 ? 12 : 16;

    /// <summary>RAKP 2 for the RAKP 1 that came.</summary>
    public byte[] Prove(byte[] rakp1, byte[] guid)
    {
        _consoleRandom = rakp1[8..24];
        _role = [rakp1[24], rakp1[27], .. rakp1.AsSpan(28, rakp1[27])];
        return [rakp1[0], 0, 0, 0, .. Word(consoleId), .. Random, .. guid, .. Hash(password, [.. Word(consoleId), .. Word(id), .. _consoleRandom, .. Random, .. guid, .. _role])];
    }

    /// <summary>RAKP 4 for the RAKP 3 that came; the status says when the console's proof is wrong.</summary>
    public byte[] Finish(byte[] rakp3, byte[] guid)
    {
        byte[] expected = Hash(password, [.. Random, .. Word(consoleId), .. _role]);
        if (!rakp3.AsSpan(8).SequenceEqual(expected))
        {
            return [rakp3[0], 0x0F, 0, 0, .. Word(consoleId)];
        }

        IsOpen = true;
        _sessionKey = Hash(password, [.. _consoleRandom, .. Random, .. _role]);
        return [rakp3[0], 0, 0, 0, .. Word(consoleId), .. Hash(_sessionKey, [.. _consoleRandom, .. Word(id), .. guid]).AsSpan(0, suite == 3 ? 12 : 16)];
    }

    /// <summary>The message inside a packet; null when the packet is not authentic.</summary>
    public byte[]? Open(byte[] session)
    {
        var length = BinaryPrimitives.ReadUInt16LittleEndian(session.AsSpan(10));
        if (session.Length < 12 + length + CodeBytes || !Code(session[..^CodeBytes]).AsSpan().SequenceEqual(session.AsSpan(session.Length - CodeBytes)))
        {
            return null;
        }

        using var aes = Aes.Create();
        aes.Key = Key(2)[..16];
        var plain = aes.DecryptCbc(session.AsSpan(28, length - 16), session.AsSpan(12, 16), PaddingMode.None);
        return plain[..(plain.Length - 1 - plain[^1])];
    }

    /// <summary>A packet behind the RMCP header.</summary>
    public byte[] Seal(byte[] message)
    {
        using var aes = Aes.Create();
        aes.Key = Key(2)[..16];
        var vector = RandomNumberGenerator.GetBytes(16);
        var pads = (16 - ((message.Length + 1) % 16)) % 16;
        byte[] plain = [.. message, .. Enumerable.Range(1, pads).Select(pad => (byte)pad), (byte)pads];
        byte[] payload = [.. vector, .. aes.EncryptCbc(plain, vector, PaddingMode.None)];
        byte[] head = [6, 0xC0, .. Word(consoleId), .. Word(++_sequence), (byte)payload.Length, (byte)(payload.Length >> 8)];
        var fill = (4 - ((head.Length + payload.Length + 2) % 4)) % 4;
        byte[] packet = [.. head, .. payload, .. Enumerable.Repeat((byte)0xFF, fill), (byte)fill, 7];
        return [.. packet, .. Code(packet)];
    }

    private byte[] Code(byte[] packet) => suite switch
    {
        12 => MD5.HashData([.. Padded(), .. packet, .. Padded()]),
        _ => Hash(Key(1), packet)[..CodeBytes],
    };

    private byte[] Padded() => [.. password, .. new byte[20 - password.Length]];

    private byte[] Key(byte constant) => Hash(_sessionKey, [.. Enumerable.Repeat(constant, 20)]);

    private byte[] Hash(byte[] key, byte[] message) => suite switch
    {
        3 => HMACSHA1.HashData(key, message),
        17 => HMACSHA256.HashData(key, message),
        _ => HMACMD5.HashData(key, message),
    };

    private static byte[] Word(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
