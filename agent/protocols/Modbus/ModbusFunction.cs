namespace EdgeDcim.Protocols.Modbus;

/// <summary>The four reading functions; there is no other on purpose: nothing here can change a device.</summary>
public enum ModbusFunction : byte
{
    ReadCoils = 1,
    ReadDiscreteInputs = 2,
    ReadHoldingRegisters = 3,
    ReadInputRegisters = 4,
}
