using System.Security.Cryptography.X509Certificates;

namespace EdgeDcim.Protocols.Redfish;

/// <summary>Which service, as whom, and how much may be asked of it.</summary>
public sealed class RedfishOptions
{
    /// <summary>Scheme, host and port; the tree below is found by its links.</summary>
    public required Uri Service { get; init; }

    /// <summary>Null: no login.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>SHA-256 of the service's certificate in hexadecimal; the one certificate that is accepted, whoever signed it.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Authorities of one's own; empty: those of this machine.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>From the sending of a request to the last octet of its answer, repetitions included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Requests at a time; management controllers are small computers.</summary>
    public int Concurrency { get; init; } = 4;

    /// <summary>Of one answer, decompressed.</summary>
    public int MaxBytes { get; init; } = 8 << 20;
}
