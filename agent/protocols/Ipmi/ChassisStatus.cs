namespace EdgeDcim.Protocols.Ipmi;

/// <summary>What the chassis says (IPMI 2.0 table 28-3).</summary>
/// <param name="PowerIsOn">Of the machine, not of the controller.</param>
/// <param name="PowerFault">Overload, fault of the main supply or of its control.</param>
/// <param name="CoolingFault">A fan or the cooling.</param>
/// <param name="DriveFault">A disk.</param>
/// <param name="Intrusion">The chassis was opened.</param>
public sealed record ChassisStatus(bool PowerIsOn, bool PowerFault, bool CoolingFault, bool DriveFault, bool Intrusion)
{
    private const byte PowerOnBit = 0x01;
    private const byte PowerFaultBits = 0x02 | 0x08 | 0x10;
    private const byte IntrusionBit = 0x01;
    private const byte DriveFaultBit = 0x04;
    private const byte CoolingFaultBit = 0x08;

    internal static bool TryParse(ReadOnlySpan<byte> data, out ChassisStatus? value)
    {
        value = data.Length < 3 ? null : new ChassisStatus(
            (data[0] & PowerOnBit) != 0,
            (data[0] & PowerFaultBits) != 0,
            (data[2] & CoolingFaultBit) != 0,
            (data[2] & DriveFaultBit) != 0,
            (data[2] & IntrusionBit) != 0);
        return value is not null;
    }
}
