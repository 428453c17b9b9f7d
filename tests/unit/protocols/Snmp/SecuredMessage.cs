using EdgeDcim.Protocols.Snmp;
using EdgeDcim.Protocols.Snmp.Usm;

namespace EdgeDcim.Protocols.Tests.Snmp;

/// <summary>SNMPv3 messages put together octet by octet, so that what is signed and encrypted may be anything.</summary>
internal static class SecuredMessage
{
    private static readonly byte[] Salt = [0, 0, 0, 5, 1, 2, 3, 4];

    /// <summary>A scoped PDU as the agent's engine writes it.</summary>
    public static byte[] Scoped(byte[] engineId, byte[] pdu) => Tlv.Of(0x30, Tlv.Of(0x04, engineId), Tlv.Text(""), pdu);

    public static byte[] Pdu(byte kind, int id, params byte[][] varBinds) => Tlv.Of(kind, Tlv.Integer(id), Tlv.Integer(0), Tlv.Integer(0), Tlv.Of(0x30, varBinds));

    /// <summary>Encrypted as the user's keys want it, signed with <see cref="Sign"/>.</summary>
    public static byte[] Of(UsmKeys keys, int id, bool isReportable, int boots, int time, byte[] scopedPdu)
    {
        var isAuthenticated = keys.User.Authentication != SnmpAuthentication.None;
        var flags = (byte)((isAuthenticated ? 1 : 0) | (keys.Cipher is null ? 0 : 2) | (isReportable ? 4 : 0));
        var message = Tlv.Of(
            0x30,
            Tlv.Integer(3),
            Tlv.Of(0x30, Tlv.Integer(id), Tlv.Integer(65507), Tlv.Of(0x04, [flags]), Tlv.Integer(3)),
            Tlv.Of(
                0x04,
                Tlv.Of(
                    0x30,
                    Tlv.Of(0x04, keys.EngineId),
                    Tlv.Integer(boots),
                    Tlv.Integer(time),
                    Tlv.Text(keys.User.Name),
                    Tlv.Of(0x04, new byte[isAuthenticated ? UsmDigest.MacBytes(keys.User.Authentication) : 0]),
                    Tlv.Of(0x04, keys.Cipher is null ? [] : Salt))),
            keys.Cipher is { } cipher ? Tlv.Of(0x04, cipher.Encrypt(scopedPdu, boots, time, Salt)) : scopedPdu);
        return Sign(keys, message);
    }

    /// <summary>Makes the code of a message right, in place, if it still has room for one.</summary>
    public static byte[] Sign(UsmKeys keys, byte[] message)
    {
        var read = UsmMessage.Read(message, out var problem);
        if (problem is null && read.IsAuthenticated && keys.User.Authentication != SnmpAuthentication.None)
        {
            var code = message.AsSpan(read.Mac);
            if (code.Length == UsmDigest.MacBytes(keys.User.Authentication))
            {
                code.Clear();
                keys.Sign(message, code);
            }
        }

        return message;
    }
}
