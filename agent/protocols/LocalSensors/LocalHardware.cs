using System.Device.Gpio;
using System.Device.I2c;

namespace EdgeDcim.Protocols.LocalSensors;

/// <summary>The buses of the machine; tests put models of chips and files in their place.</summary>
public sealed record LocalHardware
{
    /// <summary>Where the kernel shows hwmon and 1-Wire.</summary>
    public string SysRoot { get; init; } = "/sys";

    /// <summary>Opens a chip by bus and address; called before each reading, so that a bus may come and go.</summary>
    public Func<int, int, I2cDevice> OpenI2c { get; init; } = static (bus, address) => I2cDevice.Create(new I2cConnectionSettings(bus, address));

    public Func<GpioController> OpenGpio { get; init; } = static () => new GpioController();

    /// <summary>How long one call into the kernel may take; a 1-Wire conversion alone takes 0.75 s.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(3);
}
