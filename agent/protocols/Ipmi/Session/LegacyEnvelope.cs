using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using EdgeDcim.Protocols.Ipmi.Wire;

namespace EdgeDcim.Protocols.Ipmi.Session;

/// <summary>
/// The session format of IPMI 1.5 (IPMI 2.0 table 13-10): without a session for the questions before one, and with MD5 for controllers that
/// know nothing newer.
/// </summary>
[SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "IPMI 1.5 knows nothing better")]
internal sealed class LegacyEnvelope : IpmiEnvelope
{
    public const byte NoAuthentication = 0;
    public const byte Md5Authentication = 2;
    public const int PasswordBytes = 16;

    private const int CodeBytes = 16;
    private const int HeaderBytes = 10;

    /// <summary>Old network chips lose frames of these lengths; the specification adds an octet (table 13-10).</summary>
    private static readonly int[] UnluckyLengths = [56, 84, 112, 128, 156];

    private readonly byte type;
    private readonly byte[] password = new byte[PasswordBytes];
    private uint sequence;
    private ReplayWindow window;

    /// <summary>Outside of any session.</summary>
    public LegacyEnvelope()
    {
    }

    /// <param name="type">What the controller wants from now on.</param>
    /// <param name="sessionId">The controller's, also the temporary one.</param>
    /// <param name="firstSequence">Of the first message; 0 keeps it at 0, as activation demands.</param>
    /// <param name="password">At most 16 octets count.</param>
    public LegacyEnvelope(byte type, uint sessionId, uint firstSequence, ReadOnlySpan<byte> password)
    {
        this.type = type;
        SessionId = sessionId;
        sequence = firstSequence;
        password[..Math.Min(password.Length, PasswordBytes)].CopyTo(this.password);
    }

    public uint SessionId { get; }

    public override int Write(Span<byte> datagram, ReadOnlySpan<byte> message)
    {
        Rmcp.WriteHeader(datagram);
        var session = datagram[Rmcp.HeaderBytes..];
        var own = sequence;
        if (sequence != 0)
        {
            sequence = sequence == uint.MaxValue ? 1 : sequence + 1;
        }

        session[0] = type;
        BinaryPrimitives.WriteUInt32LittleEndian(session[1..], own);
        BinaryPrimitives.WriteUInt32LittleEndian(session[5..], SessionId);
        var at = HeaderBytes - 1;
        if (type != NoAuthentication)
        {
            Code(own, message, session.Slice(at, CodeBytes));
            at += CodeBytes;
        }

        session[at] = (byte)message.Length;
        message.CopyTo(session[(at + 1)..]);
        var length = Rmcp.HeaderBytes + at + 1 + message.Length;
        if (UnluckyLengths.Contains(length))
        {
            datagram[length++] = 0;
        }

        return length;
    }

    public override bool TryRead(ReadOnlySpan<byte> session, Span<byte> scratch, out ReadOnlySpan<byte> message)
    {
        message = default;
        if (type == NoAuthentication && SessionId == 0 && PlusPacket.TryRead(session, out var plus))
        {
            // Some controllers answer a question outside of any session in the newer format.
            message = plus.Payload;
            return plus is { Type: PlusPayload.Message, SessionId: 0, IsEncrypted: false, IsAuthenticated: false };
        }

        if (session.Length < HeaderBytes || session[0] != type)
        {
            return false;
        }

        var number = BinaryPrimitives.ReadUInt32LittleEndian(session[1..]);
        var at = type == NoAuthentication ? HeaderBytes - 1 : HeaderBytes - 1 + CodeBytes;
        if (BinaryPrimitives.ReadUInt32LittleEndian(session[5..]) != SessionId || session.Length <= at || session.Length < at + 1 + session[at])
        {
            return false;
        }

        message = session.Slice(at + 1, session[at]);
        if (type == NoAuthentication)
        {
            return true;
        }

        Span<byte> own = stackalloc byte[CodeBytes];
        Code(number, message, own);
        return CryptographicOperations.FixedTimeEquals(own, session.Slice(HeaderBytes - 1, CodeBytes)) && (number == 0 || window.Accept(number));
    }

    /// <summary>Section 22.17.1: password, session, message, sequence, password.</summary>
    private void Code(uint number, ReadOnlySpan<byte> message, Span<byte> code)
    {
        Span<byte> word = stackalloc byte[sizeof(uint)];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        hash.AppendData(password);
        BinaryPrimitives.WriteUInt32LittleEndian(word, SessionId);
        hash.AppendData(word);
        hash.AppendData(message);
        BinaryPrimitives.WriteUInt32LittleEndian(word, number);
        hash.AppendData(word);
        hash.AppendData(password);
        hash.GetHashAndReset(code);
    }
}
