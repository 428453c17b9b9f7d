namespace EdgeDcim.Protocols.LocalSensors;

/// <summary>A 4–20 mA transmitter over a resistor: what its current stands for, and when it stands for a fault.</summary>
/// <param name="Shunt">In Ω.</param>
/// <param name="Low">The value at 4 mA.</param>
/// <param name="High">The value at 20 mA.</param>
public sealed record CurrentLoop(double Shunt, double Low, double High)
{
    // NAMUR NE 43: 3.8 to 20.5 mA is measurement; at or below 3.6 mA and at or above 21 mA the transmitter or the loop has failed.
    private const double FailedBelow = 3.6;
    private const double FailedAbove = 21;

    public double MilliAmperes(double volts) => volts / Shunt * 1000;

    /// <exception cref="LocalSensorException">The current is no measurement.</exception>
    public double Value(double volts)
    {
        var current = MilliAmperes(volts);
        return current < FailedBelow
            ? throw new LocalSensorException(LocalSensorFault.NotMeasuring, $"the loop carries {current:0.00} mA, below 3.6 mA: broken wire or failed transmitter (NAMUR NE 43)")
            : current > FailedAbove
                ? throw new LocalSensorException(LocalSensorFault.NotMeasuring, $"the loop carries {current:0.00} mA, above 21 mA: short circuit or failed transmitter (NAMUR NE 43)")
                : Low + (current - 4) / 16 * (High - Low);
    }
}
