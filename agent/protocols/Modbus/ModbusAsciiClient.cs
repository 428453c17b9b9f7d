namespace EdgeDcim.Protocols.Modbus;

/// <summary>Reads ASCII units on a serial port, as <see cref="ModbusRtuClient"/> does RTU.</summary>
public sealed class ModbusAsciiClient : ModbusLineClient
{
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public ModbusAsciiClient(ModbusSerialOptions options, TimeProvider time)
        : base(SerialTransports.Create(options, time), new AsciiFraming(), options, time)
    {
    }
}
