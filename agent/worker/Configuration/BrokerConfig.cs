using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Configuration;

/// <summary>The MQTT broker, or the several nodes of a cluster in the order of preference.</summary>
/// <param name="Urls">At least one; scheme mqtt, mqtts, ws or wss.</param>
/// <param name="CertificateAuthority">PEM file that the broker's certificate must chain to; null: the system's.</param>
/// <param name="Certificate">PEM file with the certificate that this agent shows; null: none.</param>
/// <param name="Key">PEM file with the private key of <paramref name="Certificate"/>; null: it stands in the same file.</param>
internal sealed record BrokerConfig(
    IReadOnlyList<Uri> Urls, string? User, Secret? Password, string? CertificateAuthority = null, string? Certificate = null, string? Key = null,
    MqttVersion Version = MqttVersion.V5)
{
    public bool Equals(BrokerConfig? other) => other is not null && Urls.SequenceEqual(other.Urls) && User == other.User
        && Equals(Password, other.Password) && CertificateAuthority == other.CertificateAuthority
        && Certificate == other.Certificate && Key == other.Key && Version == other.Version;

    public override int GetHashCode() => HashCode.Combine(Urls.Count, User);
}

internal enum MqttVersion
{
    V5,

    /// <summary>MQTT 3.1.1, for brokers that know no other.</summary>
    V311,
}
