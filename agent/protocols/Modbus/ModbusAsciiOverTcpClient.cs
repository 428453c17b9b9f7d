namespace EdgeDcim.Protocols.Modbus;

/// <summary>Reads ASCII units through a device server that passes the line's characters over TCP unchanged.</summary>
public sealed class ModbusAsciiOverTcpClient : ModbusLineClient
{
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public ModbusAsciiOverTcpClient(ModbusTcpOptions options, TimeProvider time)
        : base(TcpLineTransport.Create(options, time), new AsciiFraming(), options, time)
    {
    }
}
