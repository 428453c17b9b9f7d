using System.Net;
using EdgeDcim.Collector.Broker;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Collector.Configuration;

/// <summary>What <c>collector.yaml</c> says, validated. Paths are absolute: a relative one is taken from the folder of the file.</summary>
/// <param name="Site">The Sparkplug group id this collector gathers.</param>
/// <param name="HostId">The Sparkplug host application id that agents wait for.</param>
/// <param name="Data">The folder of journal, history and dead letters.</param>
/// <param name="Facility">The facility file, or null when the site has no meter tree yet.</param>
internal sealed record CollectorConfig(
    string Site,
    string HostId,
    IReadOnlyList<IPEndPoint> Listen,
    BrokerConfig Broker,
    string? Facility,
    string Data,
    JournalConfig Journal,
    HistoryConfig History,
    InfluxConfig? Influx)
{
    /// <summary>The file of alarm rules and notifications, or null for the rules that are built in and nobody told.</summary>
    public string? Alarms { get; init; }

    /// <summary>The host id of the other collector of the site, or null where there is but this one.</summary>
    public string? Peer { get; init; }

    /// <summary>Addresses of the page that speak HTTPS, beside those of <see cref="Listen"/>.</summary>
    public IReadOnlyList<IPEndPoint> ListenSecure { get; init; } = [];

    /// <summary>The certificate of <see cref="ListenSecure"/>.</summary>
    public TlsConfig? Tls { get; init; }

    /// <summary>Who may do something with an alarm from elsewhere than this machine.</summary>
    public AccessConfig Access { get; init; } = new([]);
}

/// <summary>Tokens of those who come over the network. Without any, only this machine may act.</summary>
internal sealed record AccessConfig(IReadOnlyList<AccessToken> Tokens);

/// <param name="User">The name under which the audit trail knows the bearer.</param>
internal sealed record AccessToken(string User, Secret Token, AccessRole Role);

internal enum AccessRole
{
    /// <summary>Sees everything.</summary>
    Viewer,

    /// <summary>Acknowledges, shelves, takes out of service.</summary>
    Operator,
}

/// <summary>Where Sparkplug traffic comes from: the broker inside this process, or one elsewhere.</summary>
internal abstract record BrokerConfig;

/// <param name="Users">Name to password. Empty means anonymous, which only a loopback listener may be.</param>
internal sealed record EmbeddedBrokerConfig(IPEndPoint Listen, IReadOnlyDictionary<string, Secret> Users) : BrokerConfig
{
    /// <summary>The certificates of a TLS listener; null for plain TCP.</summary>
    public TlsConfig? Tls { get; init; }

    public BrokerLimits Limits { get; init; } = new();

    /// <summary>Every client has a name, from its certificate or from user and password.</summary>
    public bool IsClosed => Users.Count > 0 || Tls?.Clients is not null;
}

/// <summary>PEM files of a listener.</summary>
/// <param name="Clients">The authority that clients' certificates must come from, or null when none are asked for.</param>
/// <param name="Revoked">The revocation list of that authority, or null.</param>
internal sealed record TlsConfig(string Certificate, string Key, string? Clients = null, string? Revoked = null);

/// <param name="Urls">Tried in order, <c>mqtt://</c> or <c>mqtts://</c>.</param>
/// <param name="Authority">A PEM file with the certificate authority of the broker, or null for the system's.</param>
internal sealed record RemoteBrokerConfig(IReadOnlyList<Uri> Urls, string? User, Secret? Password, string? Authority) : BrokerConfig
{
    /// <summary>PEM files that this collector shows the broker; null for none.</summary>
    public TlsConfig? Shown { get; init; }
}

/// <param name="MaxBytes">Upper bound on disk; beyond it the oldest batches are dropped and counted.</param>
/// <param name="Keep">Upper bound in time for batches that a sink has not taken yet.</param>
internal sealed record JournalConfig(long MaxBytes, TimeSpan Keep);

/// <param name="Keep">How long readings stay in the history.</param>
/// <param name="MemoryBytes">What the history's engine may use for its buffers.</param>
internal sealed record HistoryConfig(TimeSpan Keep, long MemoryBytes);

/// <param name="BatchSize">Points a request at most.</param>
/// <param name="DeadLetterBytes">Upper bound of the file of refused points.</param>
internal sealed record InfluxConfig(Uri Url, string Organisation, string Bucket, Secret? Token, int BatchSize, TimeSpan Timeout, long DeadLetterBytes);
