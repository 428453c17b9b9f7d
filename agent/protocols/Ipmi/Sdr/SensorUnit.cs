namespace EdgeDcim.Protocols.Ipmi.Sdr;

/// <summary>Of IPMI 2.0 table 43-15, those that data-centre equipment uses. Other codes may appear and are kept as they are.</summary>
public enum SensorUnit : byte
{
    Unspecified = 0,
    Celsius = 1,
    Fahrenheit = 2,
    Kelvin = 3,
    Volt = 4,
    Ampere = 5,
    Watt = 6,
    Joule = 7,
    VoltAmpere = 9,
    Lux = 12,
    Kilopascal = 14,
    Psi = 15,
    CubicFeetPerMinute = 17,
    RotationsPerMinute = 18,
    Hertz = 19,
    Hour = 24,
}
