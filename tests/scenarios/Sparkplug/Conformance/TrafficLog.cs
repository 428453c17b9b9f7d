namespace EdgeDcim.Scenarios.Sparkplug.Conformance;

/// <summary>One packet at its place in the order of all packets that the taps saw.</summary>
internal sealed record Wire(int Index, long AtMs, Session Session, bool FromClient, MqttPacket Packet);

/// <summary>One MQTT connection from CONNECT to its end.</summary>
internal sealed class Session(string client, string broker, int number)
{
    private readonly List<Wire> wires = [];

    /// <summary><c>agent</c> or <c>host</c>.</summary>
    public string Client => client;

    public string Broker => broker;

    /// <summary>Order among all sessions of all clients.</summary>
    public int Number => number;

    public IReadOnlyList<Wire> Wires => wires;

    public MqttPacket.Connect? Connect => wires.Select(wire => wire.Packet).OfType<MqttPacket.Connect>().FirstOrDefault();

    /// <summary>4 or 5; known from the first packet on.</summary>
    public int Version { get; private set; } = 5;

    public bool HasEnded { get; set; }

    /// <summary>The client said goodbye itself.</summary>
    public bool EndedCleanly => wires.Any(wire => wire is { FromClient: true, Packet: MqttPacket.Disconnect });

    public void Add(Wire wire)
    {
        wires.Add(wire);
        Version = wire.Packet is MqttPacket.Connect connect ? connect.Version : Version;
    }

    public override string ToString() => $"{client}'s session {number} on {broker}";
}

/// <summary>Everything the taps saw, in one order.</summary>
internal sealed class TrafficLog
{
    private readonly Lock gate = new();
    private readonly List<Session> sessions = [];
    private readonly List<Wire> wires = [];
    private readonly List<(string Client, int BeforeSession)> refusals = [];

    public Session Begin(string client, string broker)
    {
        lock (gate)
        {
            var session = new Session(client, broker, sessions.Count);
            sessions.Add(session);
            return session;
        }
    }

    /// <summary>A client found its broker away.</summary>
    public void Refuse(string client)
    {
        lock (gate)
        {
            refusals.Add((client, sessions.Count));
        }
    }

    public void End(Session session)
    {
        lock (gate)
        {
            session.HasEnded = true;
        }
    }

    public void Add(Session session, bool fromClient, MqttPacket packet)
    {
        lock (gate)
        {
            var wire = new Wire(wires.Count, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), session, fromClient, packet);
            wires.Add(wire);
            session.Add(wire);
        }
    }

    /// <summary>What a client published since <paramref name="index"/>, for waiting on what happens.</summary>
    public bool HasPublished(string client, string broker, string topicPart, int since)
    {
        lock (gate)
        {
            return wires.Skip(since).Any(wire => wire.FromClient && wire.Session.Client == client && wire.Session.Broker.StartsWith(broker, StringComparison.Ordinal)
                && wire.Packet is MqttPacket.Publish publish && publish.Topic.Contains(topicPart, StringComparison.Ordinal));
        }
    }

    public int Count
    {
        get
        {
            lock (gate)
            {
                return wires.Count;
            }
        }
    }

    /// <summary>The finished record, with what the collector was seen to show meanwhile.</summary>
    public Traffic Close(IReadOnlySet<string> seen)
    {
        lock (gate)
        {
            refusals.AddRange(sessions.Where(session => session.Connect is null).Select(session => (session.Client, session.Number)));
            return new Traffic([.. sessions.Where(session => session.Connect is not null)], [.. wires], refusals, seen);
        }
    }
}
