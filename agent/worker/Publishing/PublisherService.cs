using EdgeDcim.Agent.Configuration;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Telemetry;
using Microsoft.Extensions.Logging;
using MQTTnet;
using Polly;
using Polly.Retry;

namespace EdgeDcim.Agent.Publishing;

/// <summary>
/// Keeps the edge node connected: tries the brokers in turn with growing pauses, runs a session on the one that answers, and begins anew
/// when it ends. What goes wrong is said once, until it changes or is over.
/// </summary>
internal sealed partial class PublisherService(EdgeNodeParts parts, BrokerConfig broker, ILogger<PublisherService> log)
{
    private const string BdSeqName = "bdSeq";

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>With several brokers the primary host may be on another one (Sparkplug 3.0, 5.13).</summary>
    private static readonly TimeSpan HostWithinOfMany = TimeSpan.FromSeconds(10);

    private readonly BirthWriter certificates = new(new PayloadWriter(), Vocabulary.Default, parts.Time);
    private int next;
    private int? lastBdSeq;
    private int? unusedBdSeq;
    private string? lastTrouble;

    public async Task RunAsync(CancellationToken cancel)
    {
        var connecting = new ResiliencePipelineBuilder { TimeProvider = parts.Time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<BrokerException>(),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = FirstPause,
                MaxDelay = LongestPause,
                OnRetry = failed =>
                {
                    Tell(failed.Outcome.Exception!.Message);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();

        // Births, deaths and certificates have times too.
        await (parts.Clock?.SetAsync(cancel) ?? Task.CompletedTask);
        while (true)
        {
            var (link, bdSeq, url) = await connecting.ExecuteAsync(ConnectAsync, cancel);
            await using (link)
            {
                await RunSessionAsync(link, bdSeq, url, cancel);
            }

            parts.Stage?.Rests();

            await Task.Delay(FirstPause, parts.Time, cancel);
        }
    }

    private async ValueTask<(BrokerLink Link, int BdSeq, Uri Url)> ConnectAsync(CancellationToken cancel)
    {
        var url = broker.Urls[next++ % broker.Urls.Count];
        var bdSeq = unusedBdSeq ?? TakeBdSeq();
        unusedBdSeq = bdSeq;
        var will = new MqttApplicationMessage
        {
            Topic = new SparkplugTopic(parts.Site, MessageType.NodeDeath, parts.Model.Agent).Format(),
            Payload = new System.Buffers.ReadOnlySequence<byte>(certificates.NodeDeath(bdSeq).ToArray()),
        };
        try
        {
            var link = await BrokerLink.ConnectAsync(broker, url, $"edgedcim-{parts.Site}-{parts.Model.Agent}", will, parts.Time, cancel);
            unusedBdSeq = null;
            parts.Counters.Connections.Add(1);
            return (link, bdSeq, url);
        }
        catch (BrokerException failed) when (!failed.NeverConnected)
        {
            // The number goes up with every CONNECT (Sparkplug 3.0, 6.4.7), and this one may have been sent.
            unusedBdSeq = null;
            throw;
        }
    }

    private async Task RunSessionAsync(BrokerLink link, int bdSeq, Uri url, CancellationToken cancel)
    {
        var only = broker.Urls.Count == 1;
        try
        {
            Log.Connected(log, url.GetLeftPart(UriPartial.Authority));
            lastTrouble = null;
            var session = new EdgeNodeSession(parts, link, bdSeq, log);
            var end = await session.RunAsync(only ? null : HostWithinOfMany, cancel);
            if (end == SessionEnd.ConnectionLost)
            {
                Tell($"the connection to {url.GetLeftPart(UriPartial.Authority)} ended: {link.CloseReason ?? "unknown reason"}");
                next = only ? 0 : next - 1;
            }
        }
        catch (BrokerException lost)
        {
            Tell(lost.Message);
        }
        catch (JournalException trouble)
        {
            Tell(trouble.Message);
        }
    }

    /// <summary>The number of this connection; kept in the journal, so that the will of an earlier one is never taken for ours.</summary>
    private int TakeBdSeq()
    {
        try
        {
            lastBdSeq ??= int.TryParse(parts.Journal.GetValue(BdSeqName), out var stored) ? stored : null;
            lastBdSeq = EdgeSession.NextBdSeq(lastBdSeq);
            parts.Journal.SetValue(BdSeqName, lastBdSeq.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
        catch (JournalException)
        {
            // A disk that refuses is told by whoever stores readings; the number is good for this run without it.
            lastBdSeq = EdgeSession.NextBdSeq(lastBdSeq);
        }

        return lastBdSeq.Value;
    }

    private void Tell(string trouble)
    {
        if (trouble != lastTrouble)
        {
            lastTrouble = trouble;
            Log.Trouble(log, trouble);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Connected to {Url}.")]
        public static partial void Connected(ILogger log, string url);

        [LoggerMessage(LogLevel.Warning, "Not delivering: {Trouble}. Readings wait in the journal; trying again.")]
        public static partial void Trouble(ILogger log, string trouble);
    }
}
