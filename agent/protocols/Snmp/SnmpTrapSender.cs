using System.Security.Cryptography;
using System.Text;
using EdgeDcim.Protocols.Snmp.Ber;
using EdgeDcim.Protocols.Snmp.Usm;
using EdgeDcim.Protocols.Snmp.Wire;

namespace EdgeDcim.Protocols.Snmp;

/// <summary>
/// Tells a management station that something happened (RFC 3416 section 4.2.6 and 4.2.7): a trap and hopes, or an inform and waits for the
/// confirmation. A trap of SNMPv3 is keyed to our engine id, whose boots the owner counts; an inform to the station's, which is asked.
/// </summary>
public sealed class SnmpTrapSender(SnmpTransport transport, byte[] engineId, int engineBoots)
{
    private const int MaxMessageBytes = 16 * 1024;
    private static readonly Oid UpTime = Oid.Parse("1.3.6.1.2.1.1.3.0");
    private static readonly Oid TrapOid = Oid.Parse("1.3.6.1.6.3.1.1.4.1.0");

    private readonly long began = transport.Time.GetTimestamp();
    private int lastId = RandomNumberGenerator.GetInt32(1, int.MaxValue / 2);
    private ulong saltCounter = (ulong)RandomNumberGenerator.GetInt32(int.MaxValue);

    /// <summary>RFC 3411 section 5, format 5 (octets): the first bit set, enterprise number 0 for want of an own one.</summary>
    public static byte[] NewEngineId() => [0x80, 0, 0, 0, 5, .. RandomNumberGenerator.GetBytes(12)];

    /// <summary>Sends a datagram; whether it arrives nobody says.</summary>
    /// <exception cref="SnmpException">The station's name does not resolve, or this machine lacks the user's protocols.</exception>
    public async ValueTask TrapAsync(SnmpTarget station, Oid trap, IReadOnlyList<SnmpVariable> variables, CancellationToken cancel)
    {
        var address = await station.ResolveAsync(cancel);
        var exchange = transport.Begin(address);
        try
        {
            transport.Send(exchange, Encode(station, trap, variables));
        }
        catch (CryptographicException missing)
        {
            throw new SnmpException(SnmpFault.UnsupportedSecurity, $"SNMP {station}: this machine does not offer {station.User?.Authentication} with {station.User?.Privacy}", missing);
        }
        finally
        {
            transport.End(exchange);
        }
    }

    /// <summary>Returns when the station has confirmed.</summary>
    /// <exception cref="SnmpException">It did not.</exception>
    public async ValueTask InformAsync(SnmpTarget station, Oid trap, IReadOnlyList<SnmpVariable> variables, CancellationToken cancel)
    {
        var request = new SnmpRequest(BerTag.Inform, VarBinds(trap, variables), trap, variables.Count + 2);
        using var reply = await new SnmpRoundTrip(transport, station).AskAsync(request, cancel);
        if (reply.ErrorStatus != 0)
        {
            throw new SnmpException(SnmpFault.AgentError, $"SNMP {station}: the station answered the inform with {SnmpErrorStatus.NameOf(reply.ErrorStatus)}") { ErrorStatus = reply.ErrorStatus };
        }
    }

    private byte[] Encode(SnmpTarget station, Oid trap, IReadOnlyList<SnmpVariable> variables)
    {
        var writer = new BerWriter(new byte[MaxMessageBytes]);
        new SnmpRequest(BerTag.Trap, VarBinds(trap, variables), trap, variables.Count + 2).WritePdu(ref writer, Interlocked.Increment(ref lastId));
        if (station.User is not { } user)
        {
            writer.Octets(BerTag.OctetString, station.Community);
            writer.Integer((int)station.Version);
            writer.Close(BerTag.Sequence, 0);
            return writer.Written.ToArray();
        }

        var flags = (user.Authentication != SnmpAuthentication.None ? UsmMessage.AuthenticationFlag : 0) | (user.Privacy != SnmpPrivacy.None ? UsmMessage.PrivacyFlag : 0);
        var header = new UsmHeader
        {
            Id = Interlocked.Increment(ref lastId),
            Flags = (byte)flags,
            EngineId = engineId,
            Boots = engineBoots,
            Time = (int)Math.Min(int.MaxValue, (long)transport.Time.GetElapsedTime(began).TotalSeconds),
            User = Encoding.UTF8.GetBytes(user.Name),
            ContextEngineId = engineId,
            ContextName = Encoding.UTF8.GetBytes(station.Context),
            SaltCounter = Interlocked.Increment(ref saltCounter),
        };
        UsmMessage.Write(ref writer, header, new UsmKeys(user, engineId));
        return writer.Written.ToArray();
    }

    private byte[] VarBinds(Oid trap, IReadOnlyList<SnmpVariable> variables)
    {
        var writer = new BerWriter(new byte[MaxMessageBytes]);
        foreach (var variable in variables.Reverse())
        {
            Write(ref writer, variable);
        }

        Write(ref writer, new SnmpVariable(TrapOid, SnmpValue.OfObjectIdentifier(trap)));
        var upTime = (uint)(ulong)(transport.Time.GetElapsedTime(began).TotalSeconds * 100);
        Write(ref writer, new SnmpVariable(UpTime, SnmpValue.OfUnsigned(SnmpType.TimeTicks, upTime)));
        return writer.Written.ToArray();
    }

    private static void Write(ref BerWriter writer, SnmpVariable variable)
    {
        var mark = writer.Length;
        switch (variable.Value.Type)
        {
            case SnmpType.Integer32:
                writer.Integer(variable.Value.Integer);
                break;
            case SnmpType.ObjectIdentifier:
                writer.Oid(variable.Value.ObjectIdentifier);
                break;
            case SnmpType.OctetString:
                writer.Octets(BerTag.OctetString, variable.Value.Bytes.Span);
                break;
            case SnmpType.TimeTicks:
                writer.Unsigned(variable.Value.Unsigned, BerTag.TimeTicks);
                break;
            case SnmpType.Gauge32:
                writer.Unsigned(variable.Value.Unsigned, BerTag.Gauge32);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(variable), variable.Value.Type, "a trap carries numbers, texts, OIDs and ticks");
        }

        writer.Oid(variable.Oid);
        writer.Close(BerTag.Sequence, mark);
    }
}
