using EdgeDcim.Agent.Profiles;

namespace EdgeDcim.Agent.Drivers;

/// <summary>
/// One stream of values that a device really has: a profile's point, the part it stands for and where exactly its value comes from.
/// Drivers make each once (rows of a table are found at the first read) and hand out the same object ever after, so lanes may key on the reference.
/// </summary>
/// <param name="Source">OID, <c>holding/3027</c>, <c>input/52</c>, sensor name or Redfish path and pointer.</param>
internal sealed record PointInstance(Point Point, string? Part, string Source)
{
    public bool Equals(PointInstance? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
