namespace EdgeDcim.Protocols.Modbus;

/// <summary>Reads RTU units through a device server that passes the line's bytes over TCP unchanged.</summary>
public sealed class ModbusRtuOverTcpClient : ModbusLineClient
{
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public ModbusRtuOverTcpClient(ModbusTcpOptions options, TimeProvider time)
        : base(TcpLineTransport.Create(options, time), new RtuFraming(), options, time)
    {
    }
}
