namespace EdgeDcim.Agent.Configuration;

/// <summary>One path to devices, as the configuration states it. Who is asked over it, and with which credentials, belongs to the device.</summary>
/// <param name="Name">The key under <c>endpoints</c>, or the address for a device that brings its own.</param>
/// <param name="Timeout">How long one request waits for its answer; null: the protocol's default.</param>
/// <param name="Gap">Quiet time before each request.</param>
internal sealed record EndpointConfig(string Name, string Protocol, PathAddress At, TimeSpan? Timeout, TimeSpan Gap)
{
    public PathPace Pace { get; init; } = PathPace.Default;
}
