using EdgeDcim.Protocols.Ipmi.Wire;

namespace EdgeDcim.Protocols.Ipmi;

/// <summary>A command with its data. The unit (LUN) is 0 but for sensors behind another one.</summary>
internal readonly record struct IpmiRequest(IpmiCommand Command, ReadOnlyMemory<byte> Data, byte Lun = 0)
{
    /// <summary>Address of the controller that is meant, on the bus of <see cref="Channel"/>.</summary>
    public byte Owner { get; init; } = IpmiMessage.Controller;

    public byte Channel { get; init; }

    /// <summary>It goes through the controller that is asked to another one behind it.</summary>
    public bool IsBridged => Owner != IpmiMessage.Controller;

    /// <summary>Attempts after the first one; null: as many as the target says.</summary>
    public int? Retries { get; init; }

    /// <summary>Completion codes that mean "there is none" and no fault: the answer is then the default value.</summary>
    public ReadOnlyMemory<byte> Absent { get; init; }

    public override string ToString() => Command.ToString();
}

/// <summary>Makes a value out of the data of a successful answer; false when they are none.</summary>
internal delegate bool IpmiParser<T>(ReadOnlySpan<byte> data, out T value);
