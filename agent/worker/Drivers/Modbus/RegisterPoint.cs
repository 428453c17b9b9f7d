using EdgeDcim.Agent.Profiles;

namespace EdgeDcim.Agent.Drivers.Modbus;

/// <summary>A point of a Modbus profile, one for each instance of a repeated block.</summary>
internal sealed record RegisterPoint : Point
{
    public override string Place => Slot.Source;

    public required RegisterSlot Slot { get; init; }

    /// <summary>Where a scale stands, read with the point; null when the profile knows the scale.</summary>
    public RegisterSlot? ScaleSlot { get; init; }

    public ScaleRule? ScaleRule { get; init; }

}
