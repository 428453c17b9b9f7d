using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Ingest;

/// <summary>Births and deaths of edge nodes and their devices.</summary>
internal sealed partial class LifeIntake(
    IngestStages stages, SequenceGuard guard, ForeignIntake foreign, IngestCounters counters, TimeProvider time, ILogger log)
{
    private readonly List<BirthValue> values = [];

    public void NodeBirth(NodeSession session, ReadOnlySpan<byte> payload)
    {
        var seq = new PayloadReader(payload).Seq;
        values.Clear();
        var info = stages.Births.Node(session, payload, values);
        guard.Cut(session, counters.DiscardedCut);
        if (!session.Sequence.Birth(seq))
        {
            guard.AskForRebirth(session);
        }

        if (!session.IsOnline)
        {
            Log.Online(log, session.Node, session.IsForeign ? "a foreign edge node" : "an agent");
        }

        session.IsOnline = true;
        stages.Facility.AgentOnline(session.Node, NowMs());
        if (info is not null)
        {
            stages.Facility.DeviceBorn(info);
            stages.Born(info);
        }

        TakeValues(session);
    }

    public void DeviceBirth(NodeSession session, string device, ReadOnlySpan<byte> payload)
    {
        if (!guard.InOrder(session, new PayloadReader(payload).Seq))
        {
            return;
        }

        values.Clear();
        var info = stages.Births.Device(session, device, payload, values);
        stages.Facility.DeviceBorn(info);
        stages.Born(info);
        TakeValues(session);
    }

    public void NodeDeath(NodeSession session, ReadOnlySpan<byte> payload)
    {
        long? bdSeq = null;
        var reader = new PayloadReader(payload);
        while (reader.TryRead(out var metric))
        {
            if (metric.NameUtf8.SequenceEqual("bdSeq"u8))
            {
                bdSeq = metric.Value.ToInt64(metric.Type);
            }
        }

        // The will of an earlier connection may come after the birth of the present one; their numbers differ (Sparkplug 3.0, 6.4.19).
        if (session.IsOnline && bdSeq is not null && session.BdSeq is not null && bdSeq != session.BdSeq)
        {
            return;
        }

        guard.Cut(session, counters.DiscardedCut);
        session.Sequence.Reset();
        if (session.IsOnline)
        {
            Log.Offline(log, session.Node);
            session.IsOnline = false;
            stages.Facility.AgentOffline(session.Node, NowMs());
        }
    }

    public void DeviceDeath(NodeSession session, string device, ReadOnlySpan<byte> payload)
    {
        var reader = new PayloadReader(payload);
        if (guard.InOrder(session, reader.Seq))
        {
            stages.Facility.DeviceDied(session.Node, device, reader.TimestampMs ?? NowMs());
        }
    }

    /// <summary>An agent delivers its values as data too, so its births are only shown; a foreign edge node may never say them again.</summary>
    private void TakeValues(NodeSession session)
    {
        counters.Births.Increment();
        if (session.IsForeign)
        {
            var nowMs = NowMs();
            counters.Received.Add(values.Count);
            foreach (var value in values)
            {
                foreign.Take(session, value.Binding, value.Reading, late: false, nowMs);
            }

            foreign.Finish(session);
        }
        else
        {
            stages.Facility.Apply(values.ConvertAll(value => value.Reading).ToArray(), historical: false);
        }
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Edge node {Node} is online ({What}).")]
        public static partial void Online(ILogger log, string node, string what);

        [LoggerMessage(LogLevel.Warning, "Edge node {Node} is offline.")]
        public static partial void Offline(ILogger log, string node);
    }
}

/// <summary>A value that a birth carries.</summary>
internal readonly record struct BirthValue(MetricBinding Binding, Reading Reading);
