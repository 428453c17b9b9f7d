using System.Security.Cryptography;
using EdgeDcim.Protocols.Ipmi.Wire;

namespace EdgeDcim.Protocols.Ipmi.Session;

/// <summary>The session of IPMI 2.0: every packet encrypted with AES-CBC-128 and authenticated (sections 13.28 and 13.29).</summary>
internal sealed class PlusEnvelope : IpmiEnvelope
{
    private const int BlockBytes = 16;
    private const byte NextHeader = 7;
    private const byte IntegrityPad = 0xFF;

    private readonly CipherSuite suite;
    private readonly uint consoleId;
    private readonly byte[] integrityKey;
    private readonly Aes encrypting = Aes.Create();

    /// <summary>Reading and writing happen at the same time, so each has its own.</summary>
    private readonly Aes decrypting = Aes.Create();

    private uint sequence;
    private ReplayWindow window;

    public PlusEnvelope(RakpExchange exchange, byte[] sessionKey)
    {
        suite = exchange.Suite;
        consoleId = exchange.ConsoleId;
        BmcId = exchange.BmcId;
        integrityKey = exchange.IntegrityKey(sessionKey);
        encrypting.Key = decrypting.Key = exchange.AesKey(sessionKey);
    }

    public uint BmcId { get; }

    public override int Write(Span<byte> datagram, ReadOnlySpan<byte> message)
    {
        Rmcp.WriteHeader(datagram);
        var session = datagram[Rmcp.HeaderBytes..];
        sequence = sequence == uint.MaxValue ? 1 : sequence + 1;
        var payload = Encrypt(session[PlusPacket.HeaderBytes..], message);
        PlusPacket.WriteHeader(session, PlusPayload.Message, isProtected: true, BmcId, sequence, payload);
        var length = PlusPacket.HeaderBytes + payload;
        var pad = -(length + 2) & 3;
        session.Slice(length, pad).Fill(IntegrityPad);
        length += pad;
        session[length++] = (byte)pad;
        session[length++] = NextHeader;
        suite.Code(integrityKey, session[..length], session.Slice(length, suite.CodeBytes));
        return Rmcp.HeaderBytes + length + suite.CodeBytes;
    }

    public override bool TryRead(ReadOnlySpan<byte> session, Span<byte> scratch, out ReadOnlySpan<byte> message)
    {
        message = default;
        if (!PlusPacket.TryRead(session, out var packet)
            || packet.Type != PlusPayload.Message || packet.SessionId != consoleId || !packet.IsEncrypted || !packet.IsAuthenticated
            || packet.Trailer.Length < suite.CodeBytes + 2)
        {
            return false;
        }

        // Authenticity first: nothing that could be forged is decrypted or counted.
        Span<byte> own = stackalloc byte[suite.CodeBytes];
        suite.Code(integrityKey, session[..^suite.CodeBytes], own);
        return CryptographicOperations.FixedTimeEquals(own, session[^suite.CodeBytes..])
            && TryDecrypt(packet.Payload, scratch, out message)
            && window.Accept(packet.Sequence);
    }

    public override void Dispose()
    {
        encrypting.Dispose();
        decrypting.Dispose();
        CryptographicOperations.ZeroMemory(integrityKey);
        base.Dispose();
    }

    /// <summary>An initialisation vector, then the message padded with 1, 2, 3 … and the number of pads.</summary>
    private int Encrypt(Span<byte> into, ReadOnlySpan<byte> message)
    {
        var pad = -(message.Length + 1) & (BlockBytes - 1);
        Span<byte> plain = stackalloc byte[message.Length + pad + 1];
        message.CopyTo(plain);
        for (var i = 0; i < pad; i++)
        {
            plain[message.Length + i] = (byte)(i + 1);
        }

        plain[^1] = (byte)pad;
        var vector = into[..BlockBytes];
        RandomNumberGenerator.Fill(vector);
        return BlockBytes + encrypting.EncryptCbc(plain, vector, into[BlockBytes..], PaddingMode.None);
    }

    private bool TryDecrypt(ReadOnlySpan<byte> payload, Span<byte> scratch, out ReadOnlySpan<byte> message)
    {
        message = default;
        var cipher = payload.Length - BlockBytes;
        if (cipher <= 0 || cipher % BlockBytes != 0 || cipher > scratch.Length)
        {
            return false;
        }

        var length = decrypting.DecryptCbc(payload[BlockBytes..], payload[..BlockBytes], scratch, PaddingMode.None);
        var pad = scratch[length - 1];
        if (pad >= BlockBytes || pad >= length)
        {
            return false;
        }

        message = scratch[..(length - 1 - pad)];
        return true;
    }
}
