namespace EdgeDcim.Protocols.Ipmi;

/// <summary>
/// Every command that this client can send: network function and command number. All of them read, but for the four that open and end
/// the session itself. There is no other way to build a request.
/// </summary>
internal enum IpmiCommand
{
    ChassisStatus = 0x0001,
    DeviceSdrInfo = 0x0420,
    DeviceSdr = 0x0421,
    DeviceSdrReservation = 0x0422,
    SensorFactors = 0x0423,
    SensorReading = 0x042D,
    DeviceId = 0x0601,
    ChannelAuthentication = 0x0638,
    SessionChallenge = 0x0639,
    SessionActivation = 0x063A,
    SessionPrivilege = 0x063B,
    SessionClose = 0x063C,
    ChannelCipherSuites = 0x0654,
    FruInfo = 0x0A10,
    FruData = 0x0A11,
    SdrInfo = 0x0A20,
    SdrReservation = 0x0A22,
    Sdr = 0x0A23,
    SelInfo = 0x0A40,
    SelEntry = 0x0A43,
    DcmiPower = 0x2C02,
    DcmiTemperatures = 0x2C10,
}
