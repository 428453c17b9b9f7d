using System.Buffers.Binary;

namespace EdgeDcim.Protocols.Ipmi.Wire;

/// <summary>What an RMCP+ packet carries (IPMI 2.0 table 13-16).</summary>
internal enum PlusPayload : byte
{
    Message = 0x00,
    OpenSessionRequest = 0x10,
    OpenSessionResponse = 0x11,
    Rakp1 = 0x12,
    Rakp2 = 0x13,
    Rakp3 = 0x14,
    Rakp4 = 0x15,
}

/// <summary>The session header of IPMI 2.0 (section 13.6).</summary>
internal readonly ref struct PlusPacket
{
    public const int HeaderBytes = 12;

    private const byte EncryptedBit = 0x80;
    private const byte AuthenticatedBit = 0x40;
    private const byte TypeMask = 0x3F;

    public PlusPayload Type { get; private init; }

    public bool IsEncrypted { get; private init; }

    public bool IsAuthenticated { get; private init; }

    public uint SessionId { get; private init; }

    public uint Sequence { get; private init; }

    public ReadOnlySpan<byte> Payload { get; private init; }

    /// <summary>Padding and authentication code behind the payload.</summary>
    public ReadOnlySpan<byte> Trailer { get; private init; }

    /// <summary>Header and payload without trailer; the payload is in place already.</summary>
    public static void WriteHeader(Span<byte> session, PlusPayload type, bool isProtected, uint sessionId, uint sequence, int payloadBytes)
    {
        session[0] = Rmcp.PlusFormat;
        session[1] = (byte)((byte)type | (isProtected ? EncryptedBit | AuthenticatedBit : 0));
        BinaryPrimitives.WriteUInt32LittleEndian(session[2..], sessionId);
        BinaryPrimitives.WriteUInt32LittleEndian(session[6..], sequence);
        BinaryPrimitives.WriteUInt16LittleEndian(session[10..], (ushort)payloadBytes);
    }

    public static bool TryRead(ReadOnlySpan<byte> session, out PlusPacket packet)
    {
        packet = default;
        if (session.Length < HeaderBytes || session[0] != Rmcp.PlusFormat)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16LittleEndian(session[10..]);
        if (session.Length < HeaderBytes + length)
        {
            return false;
        }

        packet = new PlusPacket
        {
            Type = (PlusPayload)(session[1] & TypeMask),
            IsEncrypted = (session[1] & EncryptedBit) != 0,
            IsAuthenticated = (session[1] & AuthenticatedBit) != 0,
            SessionId = BinaryPrimitives.ReadUInt32LittleEndian(session[2..]),
            Sequence = BinaryPrimitives.ReadUInt32LittleEndian(session[6..]),
            Payload = session.Slice(HeaderBytes, length),
            Trailer = session[(HeaderBytes + length)..],
        };
        return true;
    }
}
