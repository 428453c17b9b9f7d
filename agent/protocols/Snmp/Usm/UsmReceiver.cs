using System.Security.Cryptography;
using System.Text;
using EdgeDcim.Protocols.Snmp.Ber;
using EdgeDcim.Protocols.Snmp.Wire;

namespace EdgeDcim.Protocols.Snmp.Usm;

/// <summary>
/// The receiving half of the user-based security model (RFC 3414 section 3.2). For informs we are the engine that counts, with our id, boots
/// and time, and report what does not fit; for traps the sender is, and its id in the message says which keys are meant.
/// </summary>
internal sealed class UsmReceiver
{
    /// <summary>RFC 3414 section 2.2.3.</summary>
    private const int TimeWindowSeconds = 150;

    /// <summary>Engines whose keys are kept; beyond it they are made anew.</summary>
    private const int MaxEngines = 4096;

    private readonly TimeProvider time;
    private readonly long began;
    private readonly int boots;
    private readonly ILookup<string, SnmpUser> users;
    private readonly Dictionary<(string EngineId, SnmpUser User), Engine> engines = [];
    private ulong saltCounter = (ulong)RandomNumberGenerator.GetInt32(int.MaxValue);

    public UsmReceiver(IEnumerable<SnmpUser> users, byte[]? engineId, int boots, TimeProvider time)
    {
        this.time = time;
        this.boots = boots;
        // Devices that share a user name may differ in its passwords: the code of the message tells whose it is.
        this.users = users.ToLookup(user => user.Name, StringComparer.Ordinal);
        EngineId = engineId ?? NewEngineId();
        began = time.GetTimestamp();
    }

    public byte[] EngineId { get; }

    /// <summary>
    /// The scoped PDU of a message that may be believed, decrypted in place; null otherwise. <paramref name="reply"/> is what RFC 3414 wants
    /// sent back about a message that does not fit, or null; <paramref name="refusal"/> is null when the message cannot even be read.
    /// </summary>
    public UsmReceived? Read(byte[] datagram, out byte[]? reply, out UsmReport? refusal)
    {
        reply = null;
        refusal = null;
        var message = UsmMessage.Read(datagram, out var problem);
        if (problem is not null)
        {
            return null;
        }

        var engineId = datagram[message.EngineId];
        var isOurs = engineId.AsSpan().SequenceEqual(EngineId);
        if (!isOurs && (message.IsReportable || engineId.Length is < 5 or > 32))
        {
            return Report(UsmReport.UnknownEngineId, datagram, message, null, out reply, out refusal);
        }

        var namesakes = users[Encoding.UTF8.GetString(datagram[message.User])];
        if (!namesakes.Any())
        {
            return Report(UsmReport.UnknownUser, datagram, message, null, out reply, out refusal);
        }

        var engineText = Convert.ToHexString(engineId);
        Engine? engine = null;
        Engine? known = null;
        var hasLevel = false;
        foreach (var user in namesakes.Where(user => HasLevel(user, message)))
        {
            hasLevel = true;
            known = engines.GetValueOrDefault((engineText, user));
            var candidate = known ?? new Engine(new UsmKeys(user, engineId));
            if (!message.IsAuthenticated || message.Verify(datagram, candidate.Keys))
            {
                engine = candidate;
                break;
            }
        }

        if (engine is null)
        {
            return Report(hasLevel ? UsmReport.WrongDigest : UsmReport.UnsupportedSecurityLevel, datagram, message, null, out reply, out refusal);
        }

        var key = (engineText, engine.Keys.User);
        if (known is null)
        {
            Keep(key, engine);
        }

        var isTimely = true;
        if (isOurs && message.IsAuthenticated)
        {
            if (message.Boots != boots || Math.Abs((long)message.Time - Now()) > TimeWindowSeconds)
            {
                return Report(UsmReport.NotInTimeWindow, datagram, message, engine.Keys, out reply, out refusal);
            }
        }
        else if (message.IsAuthenticated)
        {
            isTimely = engine.IsTimely(message, time);
        }

        var scopedPdu = message.Data;
        if (message.IsEncrypted)
        {
            if (message.Decrypt(datagram, engine.Keys.Cipher!) is not { } decrypted)
            {
                return Report(UsmReport.DecryptionError, datagram, message, engine.Keys, out reply, out refusal);
            }

            scopedPdu = decrypted;
        }

        var scoped = UsmMessage.ReadScopedPdu(datagram, scopedPdu, out problem);
        return problem is null ? new UsmReceived(message, scoped, engine.Keys, isTimely) : null;
    }

    /// <summary>The response that confirms an inform, as protected as the inform was.</summary>
    public byte[] Confirm(ReadOnlySpan<byte> datagram, UsmReceived received)
    {
        var pdu = datagram[received.Scoped.Octets].ToArray();
        pdu[0] = BerTag.Response;
        var flags = (byte)(received.Message.Flags & (UsmMessage.AuthenticationFlag | UsmMessage.PrivacyFlag));
        return Write(pdu, received.Message, flags, datagram[received.Message.User], datagram[received.Scoped.ContextEngineId], datagram[received.Scoped.ContextName], received.Keys);
    }

    /// <summary>A message may be no less protected than its user.</summary>
    private static bool HasLevel(SnmpUser user, in UsmMessage message) =>
        (user.Authentication != SnmpAuthentication.None) == message.IsAuthenticated && (user.Privacy != SnmpPrivacy.None) == message.IsEncrypted;

    /// <summary>RFC 3411 section 5, format 5 (octets): the first bit set, enterprise number 0 for want of an own one.</summary>
    private static byte[] NewEngineId() => [0x80, 0, 0, 0, 5, .. RandomNumberGenerator.GetBytes(12)];

    private int Now() => (int)Math.Min(int.MaxValue, (long)time.GetElapsedTime(began).TotalSeconds);

    private void Keep((string EngineId, SnmpUser User) key, Engine engine)
    {
        if (engines.Count >= MaxEngines)
        {
            engines.Clear();
        }

        engines[key] = engine;
    }

    private UsmReceived? Report(UsmReport report, byte[] datagram, in UsmMessage message, UsmKeys? keys, out byte[]? reply, out UsmReport? refusal)
    {
        refusal = report;
        reply = null;
        if (!message.IsReportable)
        {
            return null;
        }

        // RFC 3412 section 7.1 step 3: the request-id where it can be read, else 0.
        var requestId = 0;
        if (!message.IsEncrypted)
        {
            var scoped = UsmMessage.ReadScopedPdu(datagram, message.Data, out var unreadable);
            requestId = unreadable is null ? scoped.Pdu.RequestId : 0;
        }

        var writer = new BerWriter(stackalloc byte[128]);
        writer.Unsigned(1, BerTag.Counter32);
        writer.Oid(UsmReports.OidOf(report));
        writer.Close(BerTag.Sequence, 0);
        writer.Close(BerTag.Sequence, 0);
        writer.Integer(0);
        writer.Integer(0);
        writer.Integer(requestId);
        writer.Close(BerTag.Report, 0);
        reply = Write(writer.Written, message, keys is null ? (byte)0 : UsmMessage.AuthenticationFlag, keys is null ? [] : datagram.AsSpan(message.User), EngineId, [], keys);
        return null;
    }

    private byte[] Write(ReadOnlySpan<byte> pdu, in UsmMessage message, byte flags, ReadOnlySpan<byte> user, ReadOnlySpan<byte> contextEngineId, ReadOnlySpan<byte> contextName, UsmKeys? keys)
    {
        const int envelopeBytes = 512;
        var writer = new BerWriter(new byte[pdu.Length + contextEngineId.Length + contextName.Length + user.Length + envelopeBytes]);
        writer.Raw(pdu);
        var header = new UsmHeader
        {
            Id = message.Id,
            Flags = flags,
            EngineId = EngineId,
            Boots = boots,
            Time = Now(),
            User = user,
            ContextEngineId = contextEngineId,
            ContextName = contextName,
            SaltCounter = saltCounter++,
        };
        UsmMessage.Write(ref writer, header, keys);
        return writer.Written.ToArray();
    }

    /// <summary>A sender of traps: its keys, and the latest boots and time that it has shown.</summary>
    private sealed class Engine(UsmKeys keys)
    {
        private int latestBoots = -1;
        private int latestTime;
        private long latestAt;

        public UsmKeys Keys => keys;

        /// <summary>RFC 3414 section 3.2 step 7b.</summary>
        public bool IsTimely(in UsmMessage message, TimeProvider time)
        {
            var now = latestTime + (long)time.GetElapsedTime(latestAt).TotalSeconds;
            if (message.Boots > latestBoots || (message.Boots == latestBoots && message.Time > latestTime))
            {
                (latestBoots, latestTime, latestAt) = (message.Boots, message.Time, time.GetTimestamp());
                return true;
            }

            return message.Boots == latestBoots && message.Time >= now - TimeWindowSeconds;
        }
    }
}

/// <summary>A message that passed every check.</summary>
internal sealed record UsmReceived(UsmMessage Message, UsmScopedPdu Scoped, UsmKeys Keys, bool IsTimely);
