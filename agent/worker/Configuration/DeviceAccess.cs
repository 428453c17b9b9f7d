using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Configuration;

/// <summary>How one device is addressed on its path, and with which credentials.</summary>
internal abstract record DeviceAccess;

/// <param name="Unit">0 to 255.</param>
internal sealed record ModbusAccess(byte Unit) : DeviceAccess
{
    /// <summary>Quiet time before each request to the unit; the path's and the profile's count too, the longest wins.</summary>
    public TimeSpan Gap { get; init; }

    /// <summary>How long the unit rests after it gave no answer on a line; null: the profile's, or as long as the timeout.</summary>
    public TimeSpan? Turnaround { get; init; }
}

/// <summary>SNMPv1 or v2c.</summary>
internal sealed record SnmpCommunityAccess(SnmpDialect Version, Secret Community) : DeviceAccess;

/// <summary>SNMPv3 USM. The words are those of the address form: md5, sha1, sha224, sha256, sha384, sha512; des, aes128, aes192, aes256.</summary>
internal sealed record SnmpUserAccess(string User, string? Auth, Secret? AuthPassword, string? Priv, Secret? PrivPassword, string Context) : DeviceAccess;

/// <summary>A protocol whose devices are logged in to: IPMI.</summary>
/// <param name="BmcKey">The second key of controllers that have one; null for the usual ones.</param>
internal sealed record LoginAccess(string? User, Secret? Password, Secret? BmcKey = null) : DeviceAccess;

/// <summary>A Redfish service: who logs in, and which certificate is the right one.</summary>
/// <param name="Fingerprint">SHA-256 of the pinned certificate in hexadecimal; null: whoever an authority vouches for.</param>
/// <param name="Authorities">PEM of one's own authorities; null: those of the machine.</param>
internal sealed record RedfishAccess(string? User, Secret? Password, string? Fingerprint, string? Authorities) : DeviceAccess;

/// <summary>A sensor of the machine itself: where its chip sits when the profile's place is not the one, and the resistance that it measures over.</summary>
/// <param name="Shunt">In Ω.</param>
internal sealed record LocalAccess(int? Bus = null, int? Address = null, double? Shunt = null) : DeviceAccess;

/// <summary>Nothing is needed.</summary>
internal sealed record OpenAccess : DeviceAccess;

internal enum SnmpDialect
{
    V1,
    V2c,
}
