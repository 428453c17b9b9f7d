namespace EdgeDcim.Agent.Drivers.Redfish;

/// <summary>A resource that a device really has for a pattern of its profile.</summary>
/// <param name="Path">Where it is read.</param>
/// <param name="Way">The paths of the resources on the way, one a step of the pattern; the last is its own.</param>
/// <param name="Names">Of the members chosen on the way, one a <c>*</c>.</param>
internal sealed record RedfishTarget(string Path, IReadOnlyList<string> Way, IReadOnlyList<string> Names)
{
    /// <summary>The collection that it is a member of; null when a navigation property led to it.</summary>
    public string? Collection { get; init; }

    public bool Equals(RedfishTarget? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
