using EdgeDcim.Collector.Broker;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Sparkplug;

namespace EdgeDcim.Collector.Ingest;

// How a reading of an agent gets in:
//
//   DDATA  DDATA  NDATA(Live Offset = 42, Live Readings = 130)
//   └ pending of the node ┘  └ the marker: sequence unbroken, and 130 readings pending?
//                               yes: commit stage → journal (offset 42 of that stream, once) → acknowledge → facility
//                               no : thrown away and not acknowledged; the agent delivers the batch again, as history
//
// A foreign edge node has no marker: each of its messages is a batch of its own.

/// <summary>Turns Sparkplug messages into durable readings. One thread calls; nothing here waits but for the disk.</summary>
internal sealed partial class IngestCore
{
    private const int CommitAtReadings = 16_384;
    private const int MaxNodes = 10_000;

    private readonly string site;
    private readonly HostCommands commands;
    private readonly IngestCounters counters;
    private readonly ILogger log;
    private readonly CommitStage commits;
    private readonly LifeIntake life;
    private readonly DataIntake data;
    private readonly TopicCache topics = new();
    private readonly Dictionary<string, NodeSession> nodes = new(StringComparer.Ordinal);

    public IngestCore(string site, IngestStages stages, HostCommands commands, IngestCounters counters, TimeProvider time, ILogger<IngestCore> log)
    {
        (this.site, this.commands, this.counters, this.log) = (site, commands, counters, log);
        commits = stages.Commits;
        var guard = new SequenceGuard(commits, commands, counters, time);
        var foreign = new ForeignIntake(commits, counters);
        life = new LifeIntake(stages, guard, foreign, counters, time, log);
        data = new DataIntake(commits, guard, foreign, counters, time);
    }

    /// <summary>Takes one message in. Whatever it holds, this does not throw for it.</summary>
    public void Process(in InboundMessage message)
    {
        if (topics.Find(message.Topic) is not { } topic)
        {
            counters.NotSparkplug.Increment();
        }
        else if (topic.Type == MessageType.State)
        {
            commands.StateHeard(topic.Node, message.Payload);
        }
        else if (topic.Group != site)
        {
            counters.ForeignGroup.Increment();
        }
        else if (topic.Type is not (MessageType.NodeCommand or MessageType.DeviceCommand) && Session(topic) is { } session)
        {
            counters.Messages.Increment();
            Take(session, topic, message);
            if (commits.Waiting >= CommitAtReadings)
            {
                commits.Commit();
            }
        }
    }

    /// <summary>Commits what waits; call it at least every 50 ms.</summary>
    public void Commit() => commits.Commit();

    /// <summary>Tells agents what is journaled; call it every 200 ms.</summary>
    public void Acknowledge()
    {
        foreach (var session in nodes.Values)
        {
            if (session.Acknowledgements.Any)
            {
                foreach (var acknowledgement in session.Acknowledgements.Take())
                {
                    commands.Acknowledge(session.Group, session.Node, acknowledgement);
                }
            }
        }
    }

    private void Take(NodeSession session, SparkplugTopic topic, in InboundMessage message)
    {
        try
        {
            var payload = message.Payload.Span;
            switch (topic.Type)
            {
                case MessageType.NodeBirth: life.NodeBirth(session, payload); break;
                case MessageType.DeviceBirth: life.DeviceBirth(session, topic.Device!, payload); break;
                case MessageType.NodeData: data.Data(session, "", payload); break;
                case MessageType.DeviceData: data.Data(session, topic.Device!, payload); break;
                case MessageType.NodeDeath: life.NodeDeath(session, payload); break;
                case MessageType.DeviceDeath: life.DeviceDeath(session, topic.Device!, payload); break;
            }
        }
        catch (Exception bad) when (bad is SparkplugException or JournalException { Fault: JournalFault.TooManySeries })
        {
            counters.Malformed.Increment();
            if (++session.Malformed is 1 or 100 or 10_000)
            {
                Log.Malformed(log, session.Node, message.Client, message.Topic, session.Malformed, bad.Message);
            }
        }
    }

    private NodeSession? Session(SparkplugTopic topic)
    {
        if (nodes.TryGetValue(topic.Node, out var session))
        {
            return session;
        }

        if (nodes.Count >= MaxNodes)
        {
            counters.TooManyNodes.Increment();
            return null;
        }

        session = new NodeSession(topic.Group, topic.Node);
        nodes.Add(topic.Node, session);
        return session;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Edge node {Node} (client {Client}) sent something unusable on {Topic}, {Count} times so far: {Reason}")]
        public static partial void Malformed(ILogger log, string node, string client, string topic, long count, string reason);
    }
}
