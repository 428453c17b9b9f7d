namespace EdgeDcim.Collector.Broker;

/// <summary>What one client of the embedded broker may take. The defaults let an agent of 20 000 metrics replay its backlog and end a flood within a second.</summary>
/// <param name="Messages">MQTT packets a second; twice as many may come at once.</param>
/// <param name="Bytes">Bytes a second; twice as many may come at once.</param>
/// <param name="Packet">Bytes of one packet; a birth of 20 000 metrics has about 2 MB.</param>
/// <param name="Connections">Connections of one address.</param>
internal sealed record BrokerLimits(int Messages = 5000, long Bytes = 16 << 20, long Packet = 4 << 20, int Connections = 200)
{
    /// <summary>Connections of all addresses.</summary>
    public int AllConnections { get; init; } = 2000;

    /// <summary>Connections of one address that have not said who they are; the oldest gives way.</summary>
    public int HalfOpen { get; init; } = 32;

    /// <summary>The same for all addresses.</summary>
    public int AllHalfOpen { get; init; } = 256;

    /// <summary>From the connection to a CONNECT that is accepted, TLS included.</summary>
    public TimeSpan ConnectWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Waiting for the rest of a packet that has begun.</summary>
    public TimeSpan PacketWithin { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Waiting for a client to take what is written to it.</summary>
    public TimeSpan TakeWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Topic filters of one client; an agent has three.</summary>
    public int Subscriptions { get; init; } = 64;

    /// <summary>Bytes of CONNECT, when the client is still a stranger.</summary>
    public long FirstPacket { get; init; } = 64 << 10;
}
