using System.Net;
using System.Net.Sockets;
using EdgeDcim.Protocols.Snmp.Wire;
using EdgeDcim.Protocols.Udp;

namespace EdgeDcim.Protocols.Snmp;

/// <summary>
/// The way to all targets: one UDP socket an address family, one table of the requests under way. An answer is taken only by the request
/// whose id it carries and only from the address that was asked; everything else is counted and dropped. A thousand targets cost no thread.
/// </summary>
public sealed class SnmpTransport(TimeProvider time) : IAsyncDisposable
{
    /// <summary>Beyond this many requests at once something is wrong with the caller.</summary>
    public const int MaxInFlight = 16384;

    private const int MaxIdle = 1024;

    /// <summary>Ids stay within four octets whose shortest form is four octets: a datagram's length does not depend on its id.</summary>
    private const int FirstId = 0x0100_0000;

    private readonly Lock gate = new();
    private readonly Dictionary<int, UdpExchange> inFlight = [];
    private readonly Stack<UdpExchange> idle = new();
    private UdpSocket? socket4;
    private UdpSocket? socket6;
    private bool closed;
    private int lastId = Random.Shared.Next(FirstId, int.MaxValue);
    private long sent;
    private long notSent;
    private long answers;
    private long strangers;
    private long wrongSources;
    private long garbage;

    /// <summary>Datagrams handed to the network.</summary>
    public long Sent => Interlocked.Read(ref sent);

    /// <summary>Datagrams lost here because the send buffer was full.</summary>
    public long NotSent => Interlocked.Read(ref notSent);

    /// <summary>Answers that a waiting request took.</summary>
    public long Answers => Interlocked.Read(ref answers);

    /// <summary>Well-formed answers that nobody waits for: too late, duplicated, or never asked.</summary>
    public long Strangers => Interlocked.Read(ref strangers);

    /// <summary>Answers with a right id from a wrong address.</summary>
    public long WrongSources => Interlocked.Read(ref wrongSources);

    /// <summary>Datagrams that are no SNMP answer.</summary>
    public long Garbage => Interlocked.Read(ref garbage);

    /// <summary>Requests under way now.</summary>
    public int InFlight
    {
        get
        {
            lock (gate)
            {
                return inFlight.Count;
            }
        }
    }

    internal TimeProvider Time => time;

    /// <summary>Requests under way end with <see cref="SnmpFault.Closed"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        UdpExchange[] waiting;
        UdpExchange[] resting;
        lock (gate)
        {
            closed = true;
            waiting = [.. inFlight.Values];
            resting = [.. idle];
            idle.Clear();
        }

        foreach (var exchange in waiting)
        {
            exchange.TryComplete(UdpOutcome.Closed);
        }

        foreach (var exchange in resting)
        {
            exchange.Dispose();
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

    /// <summary>Takes an id. Every exchange that begins is ended by <see cref="End"/>.</summary>
    /// <exception cref="SnmpException">Closed or overloaded.</exception>
    internal UdpExchange Begin(SocketAddress address)
    {
        lock (gate)
        {
            if (closed)
            {
                throw new SnmpException(SnmpFault.Closed, "the SNMP transport is closed");
            }

            if (inFlight.Count >= MaxInFlight)
            {
                throw new SnmpException(SnmpFault.Overloaded, $"{MaxInFlight} SNMP requests are waiting for an answer already; poll fewer targets at once");
            }

            var exchange = idle.TryPop(out var rested) ? rested : new UdpExchange(time);
            do
            {
                lastId = lastId == int.MaxValue ? FirstId : lastId + 1;
            }
            while (!inFlight.TryAdd(lastId, exchange));
            exchange.Id = lastId;
            exchange.Address = address;
            return exchange;
        }
    }

    internal void Send(UdpExchange exchange, ReadOnlySpan<byte> datagram)
    {
        if (SocketFor(exchange.Address.Family).Send(datagram, exchange.Address))
        {
            Interlocked.Increment(ref sent);
        }
        else
        {
            Interlocked.Increment(ref notSent);
        }
    }

    internal void End(UdpExchange exchange)
    {
        lock (gate)
        {
            inFlight.Remove(exchange.Id);
            exchange.Rest();
            if (!closed && idle.Count < MaxIdle)
            {
                idle.Push(exchange);
                return;
            }
        }

        exchange.Dispose();
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
                throw new SnmpException(SnmpFault.Closed, "the SNMP transport is closed");
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
        if (!SnmpEnvelope.TryPeek(datagram, out _, out var id))
        {
            Interlocked.Increment(ref garbage);
            return;
        }

        UdpExchange? exchange;
        lock (gate)
        {
            if (!inFlight.TryGetValue(id, out exchange))
            {
                Interlocked.Increment(ref strangers);
                return;
            }

            if (!UdpAddress.SameSource(exchange.Address, source))
            {
                Interlocked.Increment(ref wrongSources);
                return;
            }

            if (!exchange.TryClaim())
            {
                Interlocked.Increment(ref strangers);
                return;
            }
        }

        Interlocked.Increment(ref answers);
        exchange.Deliver(datagram);
    }
}
