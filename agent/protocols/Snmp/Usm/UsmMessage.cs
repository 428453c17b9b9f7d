using System.Security.Cryptography;
using EdgeDcim.Protocols.Snmp.Ber;
using EdgeDcim.Protocols.Snmp.Wire;

namespace EdgeDcim.Protocols.Snmp.Usm;

/// <summary>
/// An SNMPv3 message with the user-based security model: where its fields stand in the datagram.
///
/// <code>
/// SEQUENCE { version 3,
///   SEQUENCE { msgID, msgMaxSize, msgFlags, msgSecurityModel 3 },                          RFC 3412 section 6
///   OCTET STRING { SEQUENCE { engine id, boots, time, user, authentication, privacy } },   RFC 3414 section 2.4
///   SEQUENCE { context engine id, context name, PDU }  or  OCTET STRING (that, encrypted) }
/// </code>
/// </summary>
internal readonly record struct UsmMessage(
    int Id, byte Flags, Range EngineId, int Boots, int Time, Range User, Range Mac, Range Salt, Range Data)
{
    public const byte AuthenticationFlag = 1;
    public const byte PrivacyFlag = 2;
    public const byte ReportableFlag = 4;

    /// <summary>The security model number of RFC 3411 section 5.</summary>
    private const int UserBased = 3;

    /// <summary>What we can receive.</summary>
    private const int MaxMessageBytes = 65507;

    public bool IsAuthenticated => (Flags & AuthenticationFlag) != 0;

    public bool IsEncrypted => (Flags & PrivacyFlag) != 0;

    public bool IsReportable => (Flags & ReportableFlag) != 0;

    /// <summary>Everything outside the scoped PDU; nothing is verified yet.</summary>
    public static UsmMessage Read(ReadOnlySpan<byte> datagram, out string? problem)
    {
        var reader = new BerReader(datagram);
        reader.Enter(BerTag.Sequence);
        if (reader.Integer32() != (int)SnmpVersion.V3)
        {
            reader.Fail("another SNMP version than 3");
        }

        var outer = reader.Enter(BerTag.Sequence);
        var id = reader.Integer32();
        reader.Integer32();
        var flags = reader.Octets(BerTag.OctetString);
        if (reader.Integer32() != UserBased)
        {
            reader.Fail("another security model than the user-based one");
        }

        reader.Leave(outer);
        outer = reader.Enter(BerTag.OctetString);
        var innerOuter = reader.Enter(BerTag.Sequence);
        var engineId = Field(ref reader);
        var boots = reader.Integer32();
        var time = reader.Integer32();
        var user = Field(ref reader);
        var mac = Field(ref reader);
        var salt = Field(ref reader);
        reader.Leave(innerOuter);
        reader.Leave(outer);
        var dataStart = reader.Position;
        reader.Element(out _);
        problem = reader.Problem ?? (flags.Length != 1 ? "flags that are not one octet" : null);
        return new UsmMessage(id, problem is null ? flags[0] : (byte)0, engineId, boots, time, user, mac, salt, dataStart..reader.Position);
    }

    /// <summary>What is in <see cref="Data"/>, after decryption where there was any. Ranges count from the datagram's beginning.</summary>
    public static UsmScopedPdu ReadScopedPdu(ReadOnlySpan<byte> datagram, Range scopedPdu, out string? problem)
    {
        var (start, length) = scopedPdu.GetOffsetAndLength(datagram.Length);
        var reader = new BerReader(datagram[..(start + length)], start);
        reader.Enter(BerTag.Sequence);
        var contextEngineId = Field(ref reader);
        var contextName = Field(ref reader);
        var pduStart = reader.Position;
        var pdu = SnmpPdu.Read(ref reader);
        problem = reader.Problem;
        return new UsmScopedPdu(contextEngineId, contextName, pduStart..reader.Position, pdu);
    }

    /// <summary>Checks the authentication code. The datagram's code is zeros afterwards.</summary>
    public bool Verify(Span<byte> datagram, UsmKeys keys)
    {
        var length = UsmDigest.MacBytes(keys.User.Authentication);
        var field = datagram[Mac];
        if (field.Length != length)
        {
            return false;
        }

        Span<byte> told = stackalloc byte[UsmDigest.MaxBytes];
        Span<byte> right = stackalloc byte[UsmDigest.MaxBytes];
        told = told[..length];
        right = right[..length];
        field.CopyTo(told);
        field.Clear();
        keys.Sign(datagram, right);

        // As it was: another user of the same name may be tried next.
        told.CopyTo(field);
        return CryptographicOperations.FixedTimeEquals(told, right);
    }

    /// <summary>Decrypts in place; the range of the scoped PDU, or null when that is not possible.</summary>
    public Range? Decrypt(Span<byte> datagram, UsmCipher cipher)
    {
        var (start, length) = Data.GetOffsetAndLength(datagram.Length);
        var reader = new BerReader(datagram[..(start + length)], start);
        var encrypted = reader.Octets(BerTag.OctetString).Length;
        var content = (start + length - encrypted)..(start + length);
        return reader.Problem is null && cipher.TryDecrypt(datagram[content], Boots, Time, datagram[Salt]) ? content : null;
    }

    /// <summary>Writes a whole message around the PDU that <paramref name="writer"/> holds already, signed and encrypted as the flags say.</summary>
    public static void Write(ref BerWriter writer, in UsmHeader header, UsmKeys? keys)
    {
        var mark = 0;
        writer.Octets(BerTag.OctetString, header.ContextName);
        writer.Octets(BerTag.OctetString, header.ContextEngineId);
        writer.Close(BerTag.Sequence, mark);
        Span<byte> salt = stackalloc byte[UsmCipher.SaltBytes];
        var encrypts = (header.Flags & PrivacyFlag) != 0;
        if (encrypts)
        {
            keys!.Cipher!.WriteSalt(header.Boots, header.SaltCounter, salt);
            var encrypted = keys.Cipher.Encrypt(writer.Written, header.Boots, header.Time, salt);
            writer.Clear();
            writer.Octets(BerTag.OctetString, encrypted);
        }

        mark = writer.Length;
        writer.Octets(BerTag.OctetString, encrypts ? salt : default);
        var signs = (header.Flags & AuthenticationFlag) != 0;
        var macBytes = signs ? UsmDigest.MacBytes(keys!.User.Authentication) : 0;
        var macFromEnd = writer.Reserve(BerTag.OctetString, macBytes);
        writer.Octets(BerTag.OctetString, header.User);
        writer.Integer(header.Time);
        writer.Integer(header.Boots);
        writer.Octets(BerTag.OctetString, header.EngineId);
        writer.Close(BerTag.Sequence, mark);
        writer.Close(BerTag.OctetString, mark);
        mark = writer.Length;
        writer.Integer(UserBased);
        writer.Octets(BerTag.OctetString, [header.Flags]);
        writer.Integer(MaxMessageBytes);
        writer.Integer(header.Id);
        writer.Close(BerTag.Sequence, mark);
        writer.Integer((int)SnmpVersion.V3);
        writer.Close(BerTag.Sequence, 0);
        if (signs)
        {
            var message = writer.Written;
            keys!.Sign(message, message.Slice(message.Length - macFromEnd, macBytes));
        }
    }

    private static Range Field(ref BerReader reader)
    {
        var length = reader.Octets(BerTag.OctetString).Length;
        return (reader.Position - length)..reader.Position;
    }
}

/// <summary>A scoped PDU (RFC 3412 section 6.8) where it stands in the datagram.</summary>
internal readonly record struct UsmScopedPdu(Range ContextEngineId, Range ContextName, Range Octets, SnmpPdu Pdu);

/// <summary>What an outgoing SNMPv3 message says around its PDU.</summary>
internal readonly ref struct UsmHeader
{
    public required int Id { get; init; }

    public required byte Flags { get; init; }

    public required ReadOnlySpan<byte> EngineId { get; init; }

    public required int Boots { get; init; }

    public required int Time { get; init; }

    public required ReadOnlySpan<byte> User { get; init; }

    public required ReadOnlySpan<byte> ContextEngineId { get; init; }

    public required ReadOnlySpan<byte> ContextName { get; init; }

    /// <summary>Never the same twice for one key.</summary>
    public ulong SaltCounter { get; init; }
}
