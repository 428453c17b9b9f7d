namespace EdgeDcim.Protocols.Modbus;

/// <summary>What a device says of itself (function 43/14); absent objects are null.</summary>
public sealed record ModbusDeviceIdentity(
    string? Vendor,
    string? ProductCode,
    string? Revision,
    string? VendorUrl,
    string? ProductName,
    string? ModelName,
    string? UserApplicationName);
