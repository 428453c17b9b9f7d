using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EdgeDcim.Protocols.Ipmi;

/// <summary>One controller: where it is, and how to log in to it. The password appears in no message and no text form.</summary>
public sealed class IpmiTarget
{
    /// <summary>The port that controllers listen on (IPMI 2.0 section 13.1.2).</summary>
    public const int DefaultPort = 623;

    /// <summary>Of the key of a controller (IPMI 2.0 section 13.31).</summary>
    public const int MaxBmcKeyBytes = 20;

    public const int MaxUserBytes = 16;

    /// <summary>IPMI 2.0; controllers of IPMI 1.5 know the first 16.</summary>
    public const int MaxPasswordBytes = 20;

    private readonly EndPoint endPoint;
    private SocketAddress? resolved;

    /// <param name="endPoint">An IPEndPoint, or a DnsEndPoint that is resolved at each login.</param>
    /// <param name="user">At most 16 octets; empty is the null user.</param>
    /// <param name="password">At most 20 octets.</param>
    /// <exception cref="ArgumentException">User or password is too long.</exception>
    public IpmiTarget(EndPoint endPoint, string user, string password)
    {
        this.endPoint = endPoint;
        User = user;
        Password = Encoding.UTF8.GetBytes(password);
        if (Encoding.UTF8.GetByteCount(user) > MaxUserBytes)
        {
            throw new ArgumentException($"the name of an IPMI user has at most {MaxUserBytes} characters", nameof(user));
        }

        if (Password.Length > MaxPasswordBytes)
        {
            throw new ArgumentException($"the password of an IPMI user has at most {MaxPasswordBytes} characters", nameof(password));
        }
    }

    public string User { get; }

    /// <summary>How long one attempt waits for its answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Attempts after the first one, 0 or more: a request in an open session ends within Timeout × (Retries + 1).</summary>
    public int Retries { get; init; } = 2;

    /// <summary>The least that reads is the best.</summary>
    public IpmiPrivilege Privilege { get; init; } = IpmiPrivilege.User;

    /// <summary>The second key of controllers that have one ("BMC key", K_G); empty for the usual ones.</summary>
    public ReadOnlyMemory<byte> BmcKey { get; init; }

    internal byte[] Password { get; }

    /// <summary>The second key as people write it: its characters, or 0x and its octets in hexadecimal.</summary>
    /// <exception cref="FormatException">It has more than 20 octets, or digits that are none.</exception>
    public static byte[] ParseBmcKey(string text)
    {
        var key = text.StartsWith("0x", StringComparison.Ordinal) ? Convert.FromHexString(text[2..]) : Encoding.UTF8.GetBytes(text);
        return key.Length <= MaxBmcKeyBytes ? key : throw new FormatException($"the key of a controller has at most {MaxBmcKeyBytes} octets");
    }

    /// <summary>Address and port, never a secret.</summary>
    public override string ToString() => endPoint switch
    {
        DnsEndPoint name => $"{name.Host}:{name.Port}",
        _ => endPoint.ToString() ?? string.Empty,
    };

    /// <exception cref="IpmiException">Unreachable: the name does not resolve.</exception>
    internal ValueTask<SocketAddress> ResolveAsync(CancellationToken cancel) =>
        endPoint is DnsEndPoint name ? LookUpAsync(name, cancel) : ValueTask.FromResult(resolved ??= endPoint.Serialize());

    private async ValueTask<SocketAddress> LookUpAsync(DnsEndPoint name, CancellationToken cancel)
    {
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(name.Host, name.AddressFamily, cancel);
            return addresses.Length == 0
                ? throw new IpmiException(IpmiFault.Unreachable, $"IPMI {this}: the name {name.Host} has no address")
                : new IPEndPoint(addresses[0], name.Port).Serialize();
        }
        catch (SocketException unknown)
        {
            throw new IpmiException(IpmiFault.Unreachable, $"IPMI {this}: the name {name.Host} does not resolve ({unknown.SocketErrorCode})", unknown);
        }
    }
}
