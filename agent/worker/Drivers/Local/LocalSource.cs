using System.Device.Gpio;
using EdgeDcim.Protocols.LocalSensors;

namespace EdgeDcim.Agent.Drivers.Local;

/// <summary>Where a local value comes from. Sources that are equal are read once a poll.</summary>
internal abstract record LocalSource;

/// <param name="Driver">The chip's own name, never a number that moves.</param>
internal sealed record HwmonSource(string Driver, string File) : LocalSource
{
    public override string ToString() => $"hwmon {Driver}/{File}";
}

internal sealed record OneWireSource(string Probe) : LocalSource
{
    public override string ToString() => $"1-wire {Probe}";
}

/// <param name="NormallyClosed">The contact opens to tell something, so that a broken wire tells it too.</param>
internal sealed record GpioSource(int Pin, PinMode Pull, bool NormallyClosed, TimeSpan Debounce) : LocalSource
{
    public override string ToString() => $"gpio {Pin}";
}

/// <summary>A chip on I2C; bus, address and shunt may also be the device's.</summary>
/// <param name="Input">Of an ADS1115; 0 for chips that give all they have at once.</param>
internal sealed record ChipSource(LocalChip Chip, int Bus, int Address, int Input) : LocalSource
{
    public override string ToString() => $"i2c-{Bus}/0x{Address:X2} {Chip.ToString().ToLowerInvariant()}{(Chip == LocalChip.Ads1115 ? $" a{Input}" : "")}";
}

internal enum LocalChip
{
    Sht3x,
    Sht4x,
    Bme280,
    Ads1115,
    Ina219,
    Ina226,
}

/// <summary>What a chip's point takes of its reading.</summary>
internal enum ChipChannel
{
    Temperature,
    Humidity,
    DewPoint,
    Pressure,
    Voltage,
    Loop,
    Current,
    Power,
}

/// <summary>A chip's reading by channel.</summary>
internal readonly record struct ChipReading(Climate Climate, SupplyReading Supply, double Volts);
