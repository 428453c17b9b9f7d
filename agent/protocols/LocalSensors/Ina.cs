namespace EdgeDcim.Protocols.LocalSensors;

/// <summary>TI's monitors of a direct supply.</summary>
public enum InaModel
{
    Ina219,
    Ina226,
}

/// <param name="BusVoltage">In V.</param>
/// <param name="ShuntVoltage">In V; over the shunt's resistance it is the current.</param>
public readonly record struct SupplyReading(double BusVoltage, double ShuntVoltage);

/// <summary>The registers of INA219 and INA226. They measure continuously from power-on, so nothing is ever written to them.</summary>
public static class Ina
{
    public const byte Config = 0;
    public const byte Shunt = 1;
    public const byte Bus = 2;

    /// <summary>INA226 only: "TI".</summary>
    public const byte Maker = 0xFE;

    private const ushort TexasInstruments = 0x5449;

    // Data sheets: 10 µV and 4 mV (bits 3 to 15) for INA219; 2.5 µV and 1.25 mV for INA226.
    /// <exception cref="LocalSensorException">The chip is another, does not measure continuously, or its value is clipped.</exception>
    public static SupplyReading Decode(InaModel model, ushort config, ushort shunt, ushort bus, ushort maker)
    {
        if (model == InaModel.Ina226 && maker != TexasInstruments)
        {
            throw new LocalSensorException(LocalSensorFault.BadReply, $"the maker's number is {maker:X4} instead of {TexasInstruments:X4}; this is no INA226");
        }

        // Mode bits 101 to 111: shunt, bus or both, continuous; only "both" renews both registers.
        if ((config & 7) != 7)
        {
            throw new LocalSensorException(LocalSensorFault.NotMeasuring, $"the chip does not measure shunt and bus continuously (configuration {config:X4})");
        }

        var raw = (short)shunt;
        var most = model == InaModel.Ina219 ? 32000 : short.MaxValue;
        if (raw >= most || raw <= -most)
        {
            throw new LocalSensorException(LocalSensorFault.NotMeasuring, "the shunt's voltage lies beyond what the chip measures");
        }

        return model == InaModel.Ina219
            ? new SupplyReading((bus >> 3) * 0.004, raw * 0.000_010)
            : new SupplyReading(bus * 0.001_25, raw * 0.000_002_5);
    }
}
