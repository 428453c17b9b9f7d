using EdgeDcim.Collector.Configuration;

namespace EdgeDcim.Collector.Certificates;

/// <summary>Takes changed certificate files over while the listener runs. Files that cannot be used leave the old ones in force and are logged.</summary>
internal sealed partial class TlsWatch
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WarnBefore = TimeSpan.FromDays(30);
    private readonly TlsConfig config;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private string seen;
    private DateTimeOffset warned = DateTimeOffset.MinValue;
    private volatile TlsMaterial current;

    /// <exception cref="CertificateException">The files cannot be used.</exception>
    public TlsWatch(TlsConfig config, TimeProvider time, ILogger log)
    {
        (this.config, this.time, this.log) = (config, time, log);
        seen = Stamp();
        current = TlsMaterial.Load(config);
    }

    public TlsMaterial Current => current;

    /// <summary>Called after other files were taken over.</summary>
    public Action Changed { get; set; } = static () => { };

    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                WarnOfExpiry();
                await Task.Delay(LookEvery, time, cancel);
                Look();
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
    }

    private void Look()
    {
        var stamp = Stamp();
        if (stamp == seen)
        {
            return;
        }

        seen = stamp;
        try
        {
            current = TlsMaterial.Load(config);
            Log.Reloaded(log, config.Certificate, current.Expires);
            Changed();
        }
        catch (CertificateException unusable)
        {
            Log.Kept(log, unusable.Message);
        }
    }

    private void WarnOfExpiry()
    {
        var now = time.GetUtcNow();
        if (now - warned < TimeSpan.FromDays(1))
        {
            return;
        }

        if (current.Expires - now < WarnBefore)
        {
            warned = now;
            Log.Expires(log, config.Certificate, current.Expires);
        }

        if (current.ListExpires < now)
        {
            warned = now;
            Log.ListExpired(log, config.Revoked ?? "", current.ListExpires.Value);
        }
    }

    private string Stamp() => string.Join('|', new[] { config.Certificate, config.Key, config.Clients, config.Revoked }
        .Select(file => file is not null && new FileInfo(file) is { Exists: true } found ? $"{found.LastWriteTimeUtc.Ticks}:{found.Length}" : "-"));

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The changed certificate files around {File} are in force; the certificate is valid until {Expires:u}.")]
        public static partial void Reloaded(ILogger log, string file, DateTimeOffset expires);

        [LoggerMessage(LogLevel.Error, "The changed certificate files cannot be used, the old ones stay in force: {Reason}.")]
        public static partial void Kept(ILogger log, string reason);

        [LoggerMessage(LogLevel.Warning, "The certificate {File} expires at {Expires:u}; renew it with 'edgedcim-collector pki renew'.")]
        public static partial void Expires(ILogger log, string file, DateTimeOffset expires);

        [LoggerMessage(LogLevel.Warning, "The revocation list {File} wanted to be renewed at {Expires:u}; it is still obeyed.")]
        public static partial void ListExpired(ILogger log, string file, DateTimeOffset expires);
    }
}
