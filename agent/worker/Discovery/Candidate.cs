using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers;

namespace EdgeDcim.Agent.Discovery;

/// <summary>One way in that is tried at an address: what <c>agent.yaml</c> would say of the device, and what that means.</summary>
/// <param name="Keys">As they are printed: secrets are references.</param>
internal sealed record Credential(IReadOnlyList<KeyValuePair<string, string>> Keys, DeviceAccess Access);

/// <summary>One path that is searched: an address with a protocol, or a serial line.</summary>
/// <param name="At">As it is printed.</param>
/// <param name="All">Every credential is tried (units of a gateway), not only up to the first that is answered (communities).</param>
internal sealed record Candidate(string At, EndpointConfig Endpoint, IReadOnlyList<Credential> Credentials, bool All);

/// <summary>Something that answered.</summary>
/// <param name="Device">Null when no profile reads it.</param>
/// <param name="Remark">What a person should know of it.</param>
internal sealed record Finding(Candidate Candidate, Credential Credential, Identified? Device, string Remark);
