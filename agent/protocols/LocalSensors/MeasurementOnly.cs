using System.Device.I2c;

namespace EdgeDcim.Protocols.LocalSensors;

/// <summary>A BME280 that can be told to measure and nothing else: its binding also resets the chip and sets its filter, which here goes nowhere.</summary>
internal sealed class MeasurementOnly(I2cDevice chip) : I2cDevice
{
    // Data sheet section 5.4: ctrl_hum and ctrl_meas choose the samples and start them.
    private const byte ControlHumidity = 0xF2;
    private const byte ControlMeasurement = 0xF4;

    public override I2cConnectionSettings ConnectionSettings => chip.ConnectionSettings;

    public override void Read(Span<byte> buffer) => chip.Read(buffer);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length == 1 || buffer[0] is ControlHumidity or ControlMeasurement)
        {
            chip.Write(buffer);
        }
    }

    public override void WriteRead(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer) => chip.WriteRead(writeBuffer[..1], readBuffer);

    protected override void Dispose(bool disposing)
    {
        chip.Dispose();
        base.Dispose(disposing);
    }
}
