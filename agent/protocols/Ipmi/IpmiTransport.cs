using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using EdgeDcim.Protocols.Ipmi.Session;
using EdgeDcim.Protocols.Ipmi.Wire;
using EdgeDcim.Protocols.Udp;

namespace EdgeDcim.Protocols.Ipmi;

/// <summary>
/// The way to all controllers: one UDP socket an address family, one table of the conversations by address. A datagram is offered to the
/// conversations with the address that it came from, and only the one whose session, keys and request it fits takes it; everything else is
/// counted and dropped. Hundreds of controllers cost no thread.
/// </summary>
public sealed class IpmiTransport(TimeProvider time) : IAsyncDisposable
{
    /// <summary>Beyond this many conversations at once something is wrong with the caller.</summary>
    public const int MaxConversations = 16384;

    private readonly Lock gate = new();
    private readonly Dictionary<UdpPeer, IpmiConversation[]> conversations = [];
    private readonly HashSet<uint> consoleIds = [];
    private UdpSocket? socket4;
    private UdpSocket? socket6;
    private bool closed;
    private long sent;
    private long notSent;
    private long answers;
    private long strangers;
    private long garbage;

    /// <summary>Datagrams handed to the network.</summary>
    public long Sent => Interlocked.Read(ref sent);

    /// <summary>Datagrams lost here because the send buffer was full.</summary>
    public long NotSent => Interlocked.Read(ref notSent);

    /// <summary>Answers that a waiting request took.</summary>
    public long Answers => Interlocked.Read(ref answers);

    /// <summary>Datagrams that no waiting request takes: too late, doubled, forged, or from an address that nobody asked.</summary>
    public long Strangers => Interlocked.Read(ref strangers);

    /// <summary>Datagrams that are no IPMI.</summary>
    public long Garbage => Interlocked.Read(ref garbage);

    /// <summary>Controllers that are being talked to now.</summary>
    public int Conversations
    {
        get
        {
            lock (gate)
            {
                return consoleIds.Count;
            }
        }
    }

    internal TimeProvider Time => time;

    /// <summary>Requests under way end with <see cref="IpmiFault.Closed"/>. Close the clients first, so that the controllers learn of it.</summary>
    public async ValueTask DisposeAsync()
    {
        IpmiConversation[] open;
        lock (gate)
        {
            closed = true;
            open = [.. conversations.Values.SelectMany(each => each)];
        }

        foreach (var conversation in open)
        {
            conversation.End(UdpOutcome.Closed);
        }

        if (socket4 is not null)
        {
            await socket4.DisposeAsync();
        }

        if (socket6 is not null)
        {
            await socket6.DisposeAsync();
        }
    }

    /// <summary>Registers a conversation with an address and gives it an id that no other has.</summary>
    /// <exception cref="IpmiException">Closed or overloaded.</exception>
    internal uint Join(IpmiConversation conversation, SocketAddress address)
    {
        lock (gate)
        {
            if (closed)
            {
                throw new IpmiException(IpmiFault.Closed, "the IPMI transport is closed");
            }

            if (consoleIds.Count >= MaxConversations)
            {
                throw new IpmiException(IpmiFault.Overloaded, $"{MaxConversations} IPMI sessions are open already; read fewer controllers at once");
            }

            uint id;
            do
            {
                id = (uint)RandomNumberGenerator.GetInt32(1, int.MaxValue);
            }
            while (!consoleIds.Add(id));
            var peer = UdpPeer.Of(address);
            conversations[peer] = conversations.TryGetValue(peer, out var others) ? [.. others, conversation] : [conversation];
            return id;
        }
    }

    internal void Leave(IpmiConversation conversation, SocketAddress address, uint id)
    {
        lock (gate)
        {
            consoleIds.Remove(id);
            var peer = UdpPeer.Of(address);
            if (conversations.TryGetValue(peer, out var all) && all.Length > 1)
            {
                conversations[peer] = [.. all.Where(each => each != conversation)];
            }
            else
            {
                conversations.Remove(peer);
            }
        }
    }

    internal void Send(SocketAddress address, ReadOnlySpan<byte> datagram)
    {
        if (SocketFor(address.Family).Send(datagram, address))
        {
            Interlocked.Increment(ref sent);
        }
        else
        {
            Interlocked.Increment(ref notSent);
        }
    }

    private UdpSocket SocketFor(AddressFamily family)
    {
        ref var socket = ref family == AddressFamily.InterNetworkV6 ? ref socket6 : ref socket4;
        if (Volatile.Read(ref socket) is { } open)
        {
            return open;
        }

        lock (gate)
        {
            if (closed)
            {
                throw new IpmiException(IpmiFault.Closed, "the IPMI transport is closed");
            }

            if (socket is null)
            {
                socket = new UdpSocket(family);
                socket.Start(Receive);
            }

            return socket;
        }
    }

    private void Receive(ReadOnlySpan<byte> datagram, SocketAddress source)
    {
        if (!Rmcp.TryOpen(datagram, out var session))
        {
            Interlocked.Increment(ref garbage);
            return;
        }

        IpmiConversation[]? candidates;
        lock (gate)
        {
            conversations.TryGetValue(UdpPeer.Of(source), out candidates);
        }

        foreach (var candidate in candidates ?? [])
        {
            if (candidate.TryTake(session))
            {
                Interlocked.Increment(ref answers);
                return;
            }
        }

        Interlocked.Increment(ref strangers);
    }
}
