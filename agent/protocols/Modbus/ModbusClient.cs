namespace EdgeDcim.Protocols.Modbus;

/// <summary>Reads the units behind one Modbus path (a host, a gateway, a serial line). Safe to call from several tasks at once.</summary>
public abstract class ModbusClient : IAsyncDisposable
{
    /// <summary>Reads one block and copies its data bytes exactly as on the wire: registers big-endian, bits packed from the lowest bit up.</summary>
    /// <param name="unit">0 to 255.</param>
    /// <param name="function">Which of the four tables.</param>
    /// <param name="address">Zero-based address of the protocol, never a 4xxxx number.</param>
    /// <param name="count">Registers (1 to 125) or bits (1 to 2000).</param>
    /// <param name="destination">Room for the data; written only when the read succeeds.</param>
    /// <param name="cancel">Ends the wait at once.</param>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ModbusException">No value could be had; see its fault.</exception>
    /// <exception cref="ArgumentException">The block cannot be asked for in one request.</exception>
    public abstract ValueTask<int> ReadAsync(byte unit, ModbusFunction function, ushort address, int count, Memory<byte> destination, CancellationToken cancel);

    /// <summary>States that one unit wants more patience than its path: before each request, and after it gave no answer on a line.</summary>
    /// <param name="unit">0 to 255.</param>
    /// <param name="gap">Least quiet time before a request to it; learnt upward from there.</param>
    /// <param name="turnaround">How long it rests after a silence; null: as the options say. Modbus TCP needs none, its answers carry a transaction.</param>
    public abstract void Pace(byte unit, TimeSpan gap, TimeSpan? turnaround);

    /// <summary>Asks the unit for its identity (function 43/14); null when it does not know the function.</summary>
    /// <exception cref="ModbusException">No answer, or a wrong one.</exception>
    public abstract ValueTask<ModbusDeviceIdentity?> ReadIdentityAsync(byte unit, CancellationToken cancel);

    public abstract ValueTask DisposeAsync();
}
