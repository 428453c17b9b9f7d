using System.Security.Cryptography;
using System.Text;
using EdgeDcim.Protocols.Snmp.Ber;
using EdgeDcim.Protocols.Snmp.Wire;

namespace EdgeDcim.Protocols.Snmp.Usm;

/// <summary>What to do about an answer.</summary>
internal enum UsmVerdict
{
    /// <summary>It answers the request and is what it claims to be.</summary>
    Answer,

    /// <summary>It told what was wrong with our message, and now we know better: send again.</summary>
    SendAgain,

    /// <summary>It is not from the agent, or cannot be read: go on waiting for the right one.</summary>
    Ignore,

    /// <summary>The agent refuses, and will refuse again.</summary>
    Refused,
}

/// <summary>
/// The engine behind one target address: its id, its boots and time, and our keys there. Bound to the address and not to the engine id, since
/// cloned devices have the same id and not the same clock. Beginning, reboot, a boots counter that starts over and an exchanged device are
/// all the same to it: the agent reports what does not fit, and the request is sent again with what the report says.
///
/// Nothing here refuses an answer for its age (RFC 3414 section 3.2 step 7b): an answer is only taken for the random msgID of a request that
/// waits for it, once, so that an old one cannot be played back; and the check locks out agents whose boots counter started over.
/// </summary>
internal sealed class UsmSession(SnmpUser user, string context, TimeProvider time)
{
    private readonly byte[] userName = Encoding.UTF8.GetBytes(user.Name);
    private readonly byte[] contextName = Encoding.UTF8.GetBytes(context);
    private readonly Lock gate = new();
    private UsmKeys? keys;
    private int boots;
    private int engineTime;
    private long timeTold;
    private ulong saltCounter = (ulong)Random.Shared.NextInt64();

    /// <summary>Empty until the engine was discovered.</summary>
    public ReadOnlyMemory<byte> EngineId
    {
        get
        {
            lock (gate)
            {
                return keys?.EngineId;
            }
        }
    }

    /// <summary>Writes the request for the engine as it is known now; one that asks for the engine's id when it is not.</summary>
    public void Write(ref BerWriter writer, in SnmpRequest request, int id)
    {
        lock (gate)
        {
            if (keys is null)
            {
                // RFC 3414 section 4: an unauthenticated request without variables to an engine without id.
                new SnmpRequest(BerTag.Get, default, default, 0).WritePdu(ref writer, id);
                UsmMessage.Write(ref writer, Header(id, UsmMessage.ReportableFlag, [], []), null);
                return;
            }

            request.WritePdu(ref writer, id);
            var flags = (byte)(UsmMessage.ReportableFlag
                | (user.Authentication == SnmpAuthentication.None ? 0 : UsmMessage.AuthenticationFlag)
                | (user.Privacy == SnmpPrivacy.None ? 0 : UsmMessage.PrivacyFlag));
            UsmMessage.Write(ref writer, Header(id, flags, keys.EngineId, userName), keys);
        }
    }

    /// <summary>Checks and decrypts an answer in place.</summary>
    public UsmVerdict Read(Span<byte> datagram, int id, out SnmpPdu pdu, out UsmReport report, out string? problem)
    {
        report = UsmReport.Unknown;
        pdu = default;
        var message = UsmMessage.Read(datagram, out problem);
        if (problem is not null || message.Id != id)
        {
            return UsmVerdict.Ignore;
        }

        lock (gate)
        {
            var isAuthentic = keys is not null && message.IsAuthenticated && IsFromEngine(datagram, message) && message.Verify(datagram, keys);
            if (message.IsAuthenticated && !isAuthentic)
            {
                problem = "its authentication code is wrong";
                return UsmVerdict.Ignore;
            }

            var scopedPdu = message.Data;
            if (message.IsEncrypted)
            {
                if (!isAuthentic || keys?.Cipher is not { } cipher || message.Decrypt(datagram, cipher) is not { } decrypted)
                {
                    problem = "it cannot be decrypted";
                    return UsmVerdict.Ignore;
                }

                scopedPdu = decrypted;
            }

            pdu = UsmMessage.ReadScopedPdu(datagram, scopedPdu, out problem).Pdu;
            if (problem is not null)
            {
                problem = message.IsEncrypted ? $"after decryption, {problem}: is the privacy password right?" : problem;
                return UsmVerdict.Ignore;
            }

            return pdu.Kind == BerTag.Report
                ? Obey(datagram, message, pdu, isAuthentic, out report)
                : Accept(message, pdu, isAuthentic, id, out problem);
        }
    }

    private bool IsFromEngine(ReadOnlySpan<byte> datagram, in UsmMessage message) => datagram[message.EngineId].SequenceEqual(keys!.EngineId);

    private UsmVerdict Accept(in UsmMessage message, in SnmpPdu pdu, bool isAuthentic, int id, out string? problem)
    {
        problem = null;
        if (pdu.Kind != BerTag.Response || pdu.RequestId != id)
        {
            problem = "a PDU that is no response to the request";
        }
        else if ((user.Authentication != SnmpAuthentication.None && !isAuthentic) || (user.Privacy != SnmpPrivacy.None && !message.IsEncrypted))
        {
            problem = "it is less protected than the request";
        }

        if (problem is not null)
        {
            return UsmVerdict.Ignore;
        }

        if (isAuthentic && (message.Boots != boots || message.Time > Now()))
        {
            Adopt(message);
        }

        return UsmVerdict.Answer;
    }

    private UsmVerdict Obey(ReadOnlySpan<byte> datagram, in UsmMessage message, in SnmpPdu pdu, bool isAuthentic, out UsmReport report)
    {
        var reader = new VarBindReader(datagram[pdu.VarBinds]);
        report = reader.Next(out var oid, out _, out _) ? UsmReports.KindOf(oid) : UsmReport.Unknown;
        switch (report)
        {
            case UsmReport.UnknownEngineId when datagram[message.EngineId].Length is >= 5 and <= 32:
                // RFC 3411 section 5: an engine id has 5 to 32 octets.
                keys = new UsmKeys(user, datagram[message.EngineId].ToArray());
                Adopt(message);
                return UsmVerdict.SendAgain;
            case UsmReport.NotInTimeWindow when isAuthentic || IsNews(message):
                Adopt(message);
                return UsmVerdict.SendAgain;
            default:
                return UsmVerdict.Refused;
        }
    }

    /// <summary>Some agents do not authenticate this report. It costs one more attempt to believe it, and an answer is verified in any case.</summary>
    private bool IsNews(in UsmMessage message) => message.Boots != boots || message.Time != Now();

    private void Adopt(in UsmMessage message)
    {
        boots = Math.Max(0, message.Boots);
        engineTime = Math.Max(0, message.Time);
        timeTold = time.GetTimestamp();
    }

    private int Now() => (int)Math.Min(int.MaxValue, engineTime + (long)time.GetElapsedTime(timeTold).TotalSeconds);

    private UsmHeader Header(int id, int flags, ReadOnlySpan<byte> engineId, ReadOnlySpan<byte> name) => new()
    {
        Id = id,
        Flags = (byte)flags,
        EngineId = engineId,
        Boots = keys is null ? 0 : boots,
        Time = keys is null ? 0 : Now(),
        User = name,
        ContextEngineId = engineId,
        ContextName = keys is null ? [] : contextName,
        SaltCounter = saltCounter++,
    };
}
