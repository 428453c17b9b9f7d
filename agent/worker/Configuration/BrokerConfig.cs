using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Configuration;

/// <summary>The MQTT broker, or the several nodes of a cluster in the order of preference.</summary>
/// <param name="Urls">At least one; scheme mqtt, mqtts, ws or wss.</param>
/// <param name="CertificateAuthority">PEM file that the broker's certificate must chain to; null: the system's.</param>
internal sealed record BrokerConfig(IReadOnlyList<Uri> Urls, string? User, Secret? Password, string? CertificateAuthority = null)
{
    public bool Equals(BrokerConfig? other) => other is not null && Urls.SequenceEqual(other.Urls) && User == other.User
        && Equals(Password, other.Password) && CertificateAuthority == other.CertificateAuthority;

    public override int GetHashCode() => HashCode.Combine(Urls.Count, User);
}
