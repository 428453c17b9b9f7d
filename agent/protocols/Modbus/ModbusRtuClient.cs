namespace EdgeDcim.Protocols.Modbus;

/// <summary>Reads RTU units on a serial port. One client owns the port for all units on its line; it opens with the first request and again after an unplug.</summary>
public sealed class ModbusRtuClient : ModbusLineClient
{
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public ModbusRtuClient(ModbusSerialOptions options, TimeProvider time)
        : base(SerialTransports.Create(options, time), new RtuFraming(), options, time)
    {
    }

    internal ModbusRtuClient(LineTransport transport, ModbusSerialOptions options, TimeProvider time)
        : base(transport, new RtuFraming(), options, time)
    {
    }
}
