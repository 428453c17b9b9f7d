using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Agent.Profiles;

/// <summary>What every profile says about itself, whatever its protocol.</summary>
/// <param name="Fingerprint">Changes with every change of the file or of its base; equal fingerprints read alike.</param>
internal sealed record ProfileHeader(
    string Name, DeviceKind Kind, string Vendor, IReadOnlyList<string> Models, string Protocol, string Source, Proof Proof, string File, string Fingerprint)
{
    /// <summary>For devices that answer slower than their endpoint's timeout.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The profile whose points, identity and limits this one takes over where it does not state its own.</summary>
    public DeviceProfile? Base { get; init; }
}
