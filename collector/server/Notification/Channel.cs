using EdgeDcim.Collector.Alarms;

namespace EdgeDcim.Collector.Notification;

/// <summary>Delivers messages to one receiver. Returns when the receiver has taken the message; anything else is an exception, and it is tried again.</summary>
internal abstract class Channel(ChannelConfig config) : IDisposable
{
    public string Name => config.Name;

    public ChannelConfig Config => config;

    /// <summary>How it tells, in the word of the configuration.</summary>
    public string Way => config.GetType().Name.Replace("ChannelConfig", "", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>Events in a message at most.</summary>
    public virtual int Most => 200;

    /// <exception cref="NotifyException">The receiver did not take it; the message says why, without a secret.</exception>
    public abstract Task SendAsync(OutboxMessage message, CancellationToken cancel);

    /// <summary>For receivers that must be told again and again what still holds.</summary>
    public virtual Task RefreshAsync(IReadOnlyList<Alarm> told, CancellationToken cancel) => Task.CompletedTask;

    public virtual void Dispose()
    {
    }
}

/// <summary>A receiver did not take a message.</summary>
internal sealed class NotifyException(string message, Exception? cause = null) : Exception(message, cause);
