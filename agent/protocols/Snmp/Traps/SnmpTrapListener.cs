using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using EdgeDcim.Protocols.Snmp.Ber;
using EdgeDcim.Protocols.Snmp.Traps;
using EdgeDcim.Protocols.Snmp.Usm;
using EdgeDcim.Protocols.Udp;
using EdgeDcim.Protocols.Snmp.Wire;

namespace EdgeDcim.Protocols.Snmp;

/// <summary>Receives traps and informs of SNMPv1, v2c and v3, and confirms the informs that it could hand on. Everything else is counted and dropped.</summary>
public sealed class SnmpTrapListener : IAsyncDisposable
{
    private readonly TimeProvider time;
    private readonly Channel<SnmpNotification> notifications;
    private readonly Func<SnmpNotification, bool> take;
    private readonly byte[][] communities;
    private readonly bool anyCommunity;
    private readonly UsmReceiver usm;
    private readonly RecentInforms recent;
    private readonly UdpSocket socket;
    private long received;
    private long dropped;
    private long refused;
    private long duplicates;
    private long garbage;

    /// <exception cref="SnmpException">CannotListen.</exception>
    public SnmpTrapListener(SnmpTrapListenerOptions options, TimeProvider time)
    {
        this.time = time;
        notifications = Channel.CreateBounded<SnmpNotification>(new BoundedChannelOptions(options.Capacity) { SingleWriter = true });
        take = options.Take ?? notifications.Writer.TryWrite;
        communities = [.. options.Communities.Select(Encoding.UTF8.GetBytes)];
        anyCommunity = options.Communities.Contains(SnmpTrapListenerOptions.AnyCommunity);
        usm = new UsmReceiver(options.Users, options.EngineId, options.EngineBoots, time);
        recent = new RecentInforms(time);
        try
        {
            socket = new UdpSocket(options.Listen);
            socket.Start(Receive);
        }
        catch (SocketException taken)
        {
            throw new SnmpException(
                SnmpFault.CannotListen, $"SNMP traps: cannot listen on {options.Listen} ({taken.SocketErrorCode}); choose another address or port, or stop what listens there", taken);
        }
    }

    /// <summary>Where it listens, with the port that it got.</summary>
    public IPEndPoint EndPoint => socket.EndPoint;

    /// <summary>The engine id to which SNMPv3 informs are addressed.</summary>
    public ReadOnlyMemory<byte> EngineId => usm.EngineId;

    /// <summary>Notifications handed on.</summary>
    public long Received => Interlocked.Read(ref received);

    /// <summary>Notifications that were not taken: the handler did not want them, or nobody read the earlier ones.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    /// <summary>Messages of a community or user that is not believed, or with a wrong code, level or time.</summary>
    public long Refused => Interlocked.Read(ref refused);

    /// <summary>Informs that came again because the confirmation was lost: confirmed again, not handed on again.</summary>
    public long Duplicates => Interlocked.Read(ref duplicates);

    /// <summary>Datagrams that are no notification.</summary>
    public long Garbage => Interlocked.Read(ref garbage);

    /// <summary>Until cancellation or closing. For one reader.</summary>
    public IAsyncEnumerable<SnmpNotification> ReadAllAsync(CancellationToken cancel) => notifications.Reader.ReadAllAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        await socket.DisposeAsync();
        notifications.Writer.TryComplete();
    }

    /// <summary>One datagram of <paramref name="address"/>, as the socket gives it. Called by one thread at a time.</summary>
    internal void Receive(ReadOnlySpan<byte> span, SocketAddress address)
    {
        // Notifications are rare: a copy may be verified and decrypted in place.
        var datagram = span.ToArray();
        var source = (IPEndPoint)new IPEndPoint(address.Family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0).Create(address);
        var reader = new BerReader(datagram);
        reader.Enter(BerTag.Sequence);
        var version = (SnmpVersion)reader.Integer32();
        if (reader.Problem is null && version == SnmpVersion.V3)
        {
            ReceiveV3(datagram, source, address);
            return;
        }

        var community = reader.Octets(BerTag.OctetString);
        if (reader.Problem is not null || version is not (SnmpVersion.V1 or SnmpVersion.V2c))
        {
            Interlocked.Increment(ref garbage);
        }
        else if (!IsBelieved(community, out var known))
        {
            Interlocked.Increment(ref refused);
        }
        else if (version == SnmpVersion.V1)
        {
            var trap = SnmpTrapReader.ReadV1(datagram, ref reader, source, time.GetUtcNow());
            HandOn(trap is null ? null : trap with { Community = known });
        }
        else
        {
            var pduAt = reader.Position;
            var pdu = SnmpPdu.Read(ref reader);
            var notification = reader.Problem is null ? SnmpTrapReader.ReadV2(datagram, pdu, version, source, time.GetUtcNow()) : null;
            if (Take(notification is null ? null : notification with { Community = known }, pdu.RequestId) && pdu.Kind == BerTag.Inform)
            {
                // RFC 3416 section 4.2.7: the response is the inform with another tag.
                datagram[pduAt] = BerTag.Response;
                Reply(datagram, address);
            }
        }
    }

    private void ReceiveV3(byte[] datagram, IPEndPoint source, SocketAddress address)
    {
        UsmReceived? message;
        byte[]? reply;
        UsmReport? refusal;
        try
        {
            message = usm.Read(datagram, out reply, out refusal);
        }
        catch (CryptographicException)
        {
            // The user's protocols exist in SNMP but not on this machine.
            Interlocked.Increment(ref refused);
            return;
        }

        if (message is null)
        {
            Interlocked.Increment(ref refusal is null ? ref garbage : ref refused);
            if (reply is not null)
            {
                Reply(reply, address);
            }

            return;
        }

        var notification = SnmpTrapReader.ReadV2(datagram, message.Scoped.Pdu, SnmpVersion.V3, source, time.GetUtcNow());
        if (notification is not null)
        {
            var engine = notification.IsInform ? message.Scoped.ContextEngineId : message.Message.EngineId;
            notification = notification with { User = message.Keys.User.Name, IsTimely = message.IsTimely, EngineId = datagram[engine] };
        }

        if (Take(notification, message.Scoped.Pdu.RequestId) && message.Scoped.Pdu.Kind == BerTag.Inform)
        {
            Reply(usm.Confirm(datagram, message), address);
        }
    }

    /// <summary>Hands on what is new; true when an inform is to be confirmed.</summary>
    private bool Take(SnmpNotification? notification, int requestId)
    {
        if (notification is { IsInform: true } && recent.Has(notification.Source, requestId))
        {
            Interlocked.Increment(ref duplicates);
            return true;
        }

        if (!HandOn(notification))
        {
            return false;
        }

        if (notification!.IsInform)
        {
            recent.Add(notification.Source, requestId);
        }

        return true;
    }

    private bool HandOn(SnmpNotification? notification)
    {
        if (notification is null)
        {
            Interlocked.Increment(ref garbage);
            return false;
        }

        var isTaken = take(notification);
        Interlocked.Increment(ref isTaken ? ref received : ref dropped);
        return isTaken;
    }

    private bool IsBelieved(ReadOnlySpan<byte> community, out int? which)
    {
        which = null;
        for (var i = 0; i < communities.Length; i++)
        {
            if (CryptographicOperations.FixedTimeEquals(communities[i], community))
            {
                which ??= i;
            }
        }

        return anyCommunity || which is not null;
    }

    private void Reply(ReadOnlySpan<byte> datagram, SocketAddress address)
    {
        try
        {
            socket.Send(datagram, address);
        }
        catch (SocketException)
        {
            // The sender is gone or unreachable; it sends again if it wants to be confirmed.
        }
        catch (ObjectDisposedException)
        {
            // Closing.
        }
    }
}
