using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeDcim.Protocols.Snmp.Usm;

namespace EdgeDcim.Protocols.Snmp;

/// <summary>
/// One agent at one address: how to ask it, and what was learnt about it. What is learnt belongs to the address and not to the engine id,
/// because cloned devices share engine ids.
/// </summary>
public sealed class SnmpTarget
{
    /// <summary>The port that agents listen on (RFC 3417 section 3.1).</summary>
    public const int DefaultPort = 161;

    /// <summary>Successful GETBULKs after which a size that had timed out is tried again.</summary>
    private const int ForgiveAfter = 64;

    private readonly EndPoint endPoint;
    private readonly Lock gate = new();
    private SocketAddress? resolved;
    private UsmSession? session;
    private int? variableLimit;
    private int? repetitionLimit;
    private int? repetitions;
    private int successes;

    /// <summary>An agent of SNMPv1 or v2c.</summary>
    /// <param name="endPoint">An IPEndPoint, or a DnsEndPoint that is resolved at the first request and again after a timeout.</param>
    /// <param name="version">V1 or V2c.</param>
    /// <param name="community">Appears in no message and no text form.</param>
    public SnmpTarget(EndPoint endPoint, SnmpVersion version, string community)
    {
        ArgumentNullException.ThrowIfNull(community);
        if (version == SnmpVersion.V3)
        {
            throw new ArgumentException("SNMPv3 has users, not communities", nameof(version));
        }

        this.endPoint = endPoint;
        Version = version;
        Community = Encoding.UTF8.GetBytes(community);
    }

    /// <summary>An agent of SNMPv3.</summary>
    public SnmpTarget(EndPoint endPoint, SnmpUser user)
    {
        this.endPoint = endPoint;
        Version = SnmpVersion.V3;
        User = user;
        Community = [];
    }

    public SnmpVersion Version { get; }

    public SnmpUser? User { get; }

    /// <summary>How long one attempt waits for its answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Attempts after the first one, 0 or more: a request ends within Timeout × (Retries + 1).</summary>
    public int Retries { get; init; } = 1;

    /// <summary>Rows that a GETBULK asks at most, 1 or more. Less is asked once the agent answered tooBig or not at all.</summary>
    public int MaxRepetitions { get; init; } = 24;

    /// <summary>Variables in one GET at most, 1 or more. Less is asked once the agent answered tooBig.</summary>
    public int MaxVariables { get; init; } = 24;

    /// <summary>The SNMPv3 context; empty is the default context.</summary>
    public string Context { get; init; } = string.Empty;

    /// <summary>The engine that answers at this address, as discovered; empty before the first answer and without SNMPv3.</summary>
    public ReadOnlyMemory<byte> EngineId
    {
        get
        {
            lock (gate)
            {
                return session?.EngineId ?? ReadOnlyMemory<byte>.Empty;
            }
        }
    }

    /// <summary>How long the last answer took; zero before the first.</summary>
    public TimeSpan LastRoundTrip { get; internal set; }

    internal byte[] Community { get; }

    /// <summary>What the agent bears, at most <see cref="MaxVariables"/>.</summary>
    internal int VariableLimit => variableLimit ?? Math.Max(1, MaxVariables);

    /// <summary>What the agent bears now, at most <see cref="MaxRepetitions"/>.</summary>
    internal int Repetitions => repetitions ?? RepetitionLimit;

    private int RepetitionLimit => repetitionLimit ?? Math.Max(1, MaxRepetitions);

    /// <summary>Address and port, never a secret.</summary>
    public override string ToString() => endPoint switch
    {
        DnsEndPoint name => $"{name.Host}:{name.Port}",
        _ => endPoint.ToString() ?? string.Empty,
    };

    /// <summary>The engine behind this address; SNMPv3 only.</summary>
    internal UsmSession Session(TimeProvider time)
    {
        lock (gate)
        {
            return session ??= new UsmSession(User!, Context, time);
        }
    }

    /// <exception cref="SnmpException">Unreachable: the name does not resolve.</exception>
    internal ValueTask<SocketAddress> ResolveAsync(CancellationToken cancel)
    {
        if (resolved is { } known)
        {
            return ValueTask.FromResult(known);
        }

        return endPoint is DnsEndPoint name
            ? LookUpAsync(name, cancel)
            : ValueTask.FromResult(resolved = endPoint.Serialize());
    }

    /// <summary>A silent target may have moved: its name is looked up again.</summary>
    internal void ForgetAddress()
    {
        if (endPoint is DnsEndPoint)
        {
            resolved = null;
        }
    }

    /// <summary>tooBig for so many variables: never again.</summary>
    internal void LearnTooManyVariables(int count)
    {
        lock (gate)
        {
            variableLimit = Math.Min(VariableLimit, Math.Max(1, count / 2));
        }
    }

    /// <summary>tooBig for so many repetitions: never again.</summary>
    internal void LearnTooManyRepetitions(int count)
    {
        lock (gate)
        {
            repetitionLimit = Math.Min(RepetitionLimit, Math.Max(1, count / 2));
            repetitions = Math.Min(Repetitions, repetitionLimit.Value);
            successes = 0;
        }
    }

    /// <summary>An answer to so many repetitions. Fewer than usual mean that more had timed out; they are tried again after a while, since a lost datagram looks the same.</summary>
    internal void LearnAnswered(int count)
    {
        lock (gate)
        {
            if (count < Repetitions)
            {
                repetitions = count;
                successes = 0;
            }
            else if (count < RepetitionLimit && ++successes >= ForgiveAfter)
            {
                repetitions = Math.Min(RepetitionLimit, count * 2);
                successes = 0;
            }
        }
    }

    private async ValueTask<SocketAddress> LookUpAsync(DnsEndPoint name, CancellationToken cancel)
    {
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(name.Host, name.AddressFamily, cancel);
            return addresses.Length == 0
                ? throw new SnmpException(SnmpFault.Unreachable, $"SNMP {this}: the name {name.Host} has no address")
                : resolved = new IPEndPoint(addresses[0], name.Port).Serialize();
        }
        catch (SocketException unknown)
        {
            throw new SnmpException(SnmpFault.Unreachable, $"SNMP {this}: the name {name.Host} does not resolve ({unknown.SocketErrorCode})", unknown);
        }
    }
}
