using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeDcim.Protocols.Redfish;

/// <summary>Decides whether the certificate of a service is the right one: the pinned one, or one that an authority vouches for.</summary>
internal sealed class RedfishTrust(RedfishOptions options)
{
    private readonly string? pinned = options.Fingerprint is null ? null : Plain(options.Fingerprint);
    private volatile string? objection;

    /// <summary>What the last refused certificate lacked, and what to do about it; null when none was refused.</summary>
    public string? Objection => objection;

    /// <summary>Colons, spaces and case of a fingerprint mean nothing.</summary>
    public static string Plain(string fingerprint) =>
        fingerprint.Replace(":", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();

    public bool Accepts(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            objection = "the service shows no certificate";
            return false;
        }

        var shown = Convert.ToHexString(SHA256.HashData(certificate.GetRawCertData()));
        var refusal = pinned is not null
            ? CryptographicOperations.FixedTimeEquals(System.Text.Encoding.ASCII.GetBytes(pinned), System.Text.Encoding.ASCII.GetBytes(shown))
                ? null
                : $"its certificate has the fingerprint {shown}, not the pinned {pinned}: somebody is in between, or the certificate was renewed"
            : Refusal(certificate, chain, errors) is { } reason
                ? $"its certificate is not trusted ({reason}); if {shown} is its SHA-256 fingerprint, pin it by 'fingerprint', or name its authority by 'ca'"
                : null;
        objection = refusal;
        return refusal is null;
    }

    private string? Refusal(X509Certificate certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"it is not made out to {options.Service.Host}";
        }

        if (options.Authorities.Count == 0)
        {
            return errors == SslPolicyErrors.None ? null : Words(chain);
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(options.Authorities);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        using var leaf = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return own.Build(leaf) ? null : Words(own);
    }

    private static string Words(X509Chain? chain) =>
        chain is { ChainStatus.Length: > 0 } ? string.Join(", ", chain.ChainStatus.Select(status => status.Status).Distinct()) : "no chain to an authority";
}
