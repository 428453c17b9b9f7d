using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Ingest;

/// <summary>The hot path: data messages to readings. Aliases are resolved with one array look-up and no object is made per reading.</summary>
internal sealed class DataIntake(CommitStage commits, SequenceGuard guard, ForeignIntake foreign, IngestCounters counters, TimeProvider time)
{
    public void Data(NodeSession session, string device, ReadOnlySpan<byte> payload)
    {
        var reader = new PayloadReader(payload);
        var fits = guard.InOrder(session, reader.Seq);
        if (!fits && (!session.IsForeign || session.Bindings.Count == 0))
        {
            counters.Received.Add(reader.MetricCount);
            (session.Bindings.Count > 0 ? counters.DiscardedGap : counters.DiscardedUnborn).Add(reader.MetricCount);
            return;
        }

        if (session.IsForeign)
        {
            TakeForeign(session, device, ref reader);
        }
        else
        {
            TakeOwn(session, device, ref reader);
        }
    }

    private void TakeOwn(NodeSession session, string device, ref PayloadReader reader)
    {
        var pending = session.Pending ??= commits.Rent();
        var (before, received, unknown, overflow) = (pending.Count, 0, 0, 0);
        var (offset, expected, historical) = (-1L, -1L, false);
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        try
        {
            while (reader.TryRead(out var metric))
            {
                var binding = metric.HasAlias ? session.Bindings.Find(metric.Alias) : session.Bindings.Find(device, metric.NameUtf8);
                switch (binding?.Role)
                {
                    case MetricRole.Reading:
                        received++;
                        overflow += pending.Add(binding.SeriesId, Read(binding, metric, reader.TimestampMs, nowMs)) ? 0 : 1;
                        break;
                    case MetricRole.LiveOffset or MetricRole.BackfillOffset:
                        offset = metric.Value.ToInt64(DataType.Int64) ?? -1;
                        historical = binding.Role == MetricRole.BackfillOffset;
                        break;
                    case MetricRole.LiveReadings or MetricRole.BackfillReadings:
                        expected = metric.Value.ToInt64(DataType.Int64) ?? -1;
                        break;
                    case null:
                        unknown++;
                        break;
                }
            }
        }
        catch (SparkplugException)
        {
            pending.Truncate(before);
            throw;
        }

        Count(session, received, unknown, overflow);
        if (offset >= 0)
        {
            Close(session, pending, offset, expected, historical);
        }
    }

    /// <summary>The readings before the marker are one batch of the agent's journal, or they are nothing.</summary>
    private void Close(NodeSession session, PendingReadings pending, long offset, long expected, bool historical)
    {
        if (expected != pending.Count)
        {
            guard.Cut(session, counters.DiscardedCount);
            return;
        }

        session.Pending = null;
        commits.Add(new ReadyBatch(session, session.Stream, offset, historical, pending));
    }

    private void TakeForeign(NodeSession session, string device, ref PayloadReader reader)
    {
        var (received, unknown) = (0, 0);
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        try
        {
            while (reader.TryRead(out var metric))
            {
                var binding = metric.HasAlias ? session.Bindings.Find(metric.Alias) : session.Bindings.Find(device, metric.NameUtf8);
                if (binding is null)
                {
                    unknown++;
                }
                else if (binding.Role == MetricRole.Reading)
                {
                    received++;
                    foreign.Take(session, binding, Read(binding, metric, reader.TimestampMs, nowMs), metric.IsHistorical, nowMs);
                }
            }
        }
        finally
        {
            // What was whole before a malformed metric is kept: nobody would send it again.
            Count(session, received, unknown, overflow: 0);
            foreign.Finish(session);
        }
    }

    private static Reading Read(MetricBinding binding, in MetricView metric, long? payloadMs, long nowMs)
    {
        var (value, quality) = ReadingMetric.Read(metric, binding.Type);
        (value, quality) = binding.Judged(value, quality);
        var atMs = metric.TimestampMs >= 0 ? metric.TimestampMs : payloadMs ?? nowMs;
        return new Reading(binding.Series, atMs, value, quality);
    }

    private void Count(NodeSession session, int received, int unknown, int overflow)
    {
        counters.Received.Add(received + unknown);
        counters.DiscardedOverflow.Add(overflow);
        if (unknown > 0)
        {
            counters.DiscardedUnknown.Add(unknown);
            guard.AskForRebirth(session);
        }
    }
}
