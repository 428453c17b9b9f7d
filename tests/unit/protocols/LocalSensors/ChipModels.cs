using System.Buffers.Binary;
using System.Device.I2c;
using EdgeDcim.Protocols.LocalSensors;

namespace EdgeDcim.Protocols.Tests.LocalSensors;

/// <summary>A chip at the level of bytes, written from its data sheet. Keeps what was written to it; can be pulled off the bus.</summary>
internal abstract class ChipModel : I2cDevice
{
    private readonly TimeProvider time = TimeProvider.System;
    private long started;

    public bool Unplugged { get; set; }

    public List<string> Written { get; } = [];

    public override I2cConnectionSettings ConnectionSettings { get; } = new(1, 0x44);

    public sealed override void Write(ReadOnlySpan<byte> buffer)
    {
        Answer();
        Written.Add(Convert.ToHexString(buffer));
        OnWrite(buffer);
    }

    public sealed override void Read(Span<byte> buffer)
    {
        Answer();
        OnRead(buffer);
    }

    public override void WriteRead(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer)
    {
        Write(writeBuffer);
        Read(readBuffer);
    }

    protected abstract void OnWrite(ReadOnlySpan<byte> bytes);

    protected abstract void OnRead(Span<byte> bytes);

    protected void StartConversion() => started = time.GetTimestamp();

    protected bool IsDone(double milliseconds) => started != 0 && time.GetElapsedTime(started).TotalMilliseconds >= milliseconds;

    /// <summary>As Linux tells that nobody acknowledged.</summary>
    protected static IOException NotAcknowledged() => new("Error 121 performing I2C data transfer.");

    private void Answer()
    {
        if (Unplugged)
        {
            throw NotAcknowledged();
        }
    }
}

/// <summary>SHT3x data sheet sections 4.3 and 4.12, SHT4x data sheet sections 4.4 and 4.5: does not acknowledge a read before the conversion ends.</summary>
internal sealed class ShtChip(ShtModel model, ushort temperature, ushort humidity) : ChipModel
{
    private bool isAsked;

    public byte Damage { get; set; }

    protected override void OnWrite(ReadOnlySpan<byte> bytes) => isAsked = bytes.SequenceEqual(model == ShtModel.Sht3x ? [0x24, 0x00] : [0xFD]) && Begin();

    protected override void OnRead(Span<byte> bytes)
    {
        if (!isAsked || !IsDone(model == ShtModel.Sht3x ? 15.5 : 8.3))
        {
            throw NotAcknowledged();
        }

        isAsked = false;
        Span<byte> answer = stackalloc byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(answer, temperature);
        BinaryPrimitives.WriteUInt16BigEndian(answer[3..], humidity);
        answer[2] = (byte)(Crc(answer[..2]) ^ Damage);
        answer[5] = Crc(answer[3..5]);
        answer[..bytes.Length].CopyTo(bytes);
    }

    private bool Begin()
    {
        StartConversion();
        return true;
    }

    /// <summary>Written another way than the product's: long division by x^8 + x^5 + x^4 + 1 over the inverted first byte.</summary>
    private static byte Crc(ReadOnlySpan<byte> word)
    {
        var rest = ((word[0] ^ 0xFF) << 8 | word[1]) << 8;
        for (var bit = 23; bit >= 8; bit--)
        {
            rest ^= (rest >> bit & 1) == 1 ? 0x131 << (bit - 8) : 0;
        }

        return (byte)rest;
    }
}

/// <summary>A chip of registers behind a pointer.</summary>
internal abstract class PointerChip : ChipModel
{
    protected byte Pointer { get; private set; }

    protected sealed override void OnWrite(ReadOnlySpan<byte> bytes)
    {
        Pointer = bytes[0];
        if (bytes.Length > 1)
        {
            OnRegister(bytes[0], bytes[1..]);
        }
    }

    protected abstract void OnRegister(byte register, ReadOnlySpan<byte> value);
}

/// <summary>ADS1115 data sheet sections 8.3 and 9.6: single shot at 128 SPS; the OS bit reads 1 when no conversion is under way.</summary>
internal sealed class Ads1115Chip(params double[] volts) : PointerChip
{
    private static readonly double[] Scales = [6.144, 4.096, 2.048, 1.024, 0.512, 0.256, 0.256, 0.256];
    private ushort config = 0x8583;

    public ushort LastConfig => config;

    /// <summary>Another program has chosen another input.</summary>
    public bool Stolen { get; set; }

    protected override void OnRegister(byte register, ReadOnlySpan<byte> value)
    {
        Assert.Equal(1, register);
        config = BinaryPrimitives.ReadUInt16BigEndian(value);
        StartConversion();
    }

    protected override void OnRead(Span<byte> bytes)
    {
        var done = IsDone(1000.0 / 128);
        var mux = config >> 12 & 7;
        var scale = Scales[config >> 9 & 7];
        var conversion = done && mux >= 4 ? (short)Math.Clamp(Math.Round(volts[mux - 4] / scale * 32768), short.MinValue, short.MaxValue) : (short)0;
        var status = (ushort)(((config & 0x7FFF) | (done ? 0x8000 : 0)) ^ (Stolen ? 0x1000 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(bytes, Pointer == 1 ? status : (ushort)conversion);
    }
}

/// <summary>INA219 and INA226: 16-bit registers, measured from power-on without being asked.</summary>
internal sealed class InaChip(Dictionary<byte, ushort> registers) : PointerChip
{
    protected override void OnRegister(byte register, ReadOnlySpan<byte> value) => Assert.Fail("nothing needs to be written to it");

    protected override void OnRead(Span<byte> bytes) => BinaryPrimitives.WriteUInt16BigEndian(bytes, registers.GetValueOrDefault(Pointer));
}

/// <summary>
/// BME280 data sheet chapters 4 and 5: calibration words, a forced measurement, results at F7 that read as skipped before it.
/// The numbers are those of the worked example in the BMP280 data sheet, section 3.12, with a humidity part of usual size.
/// </summary>
internal sealed class Bme280Chip : PointerChip
{
    private readonly byte[] memory = new byte[256];

    public Bme280Chip()
    {
        memory[0xD0] = 0x60;
        ushort[] words = [27504, 26435, unchecked((ushort)-1000), 36477, unchecked((ushort)-10685), 3024, 2855, 140, unchecked((ushort)-7), 15500, unchecked((ushort)-14600), 6000];
        for (var i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(memory.AsSpan(0x88 + 2 * i), words[i]);
        }

        // H1 = 75, H2 = 370, H3 = 0, H4 = 313 (E4 and the low half of E5), H5 = 50 (the high half of E5, and E6), H6 = 30.
        memory[0xA1] = 75;
        BinaryPrimitives.WriteUInt16LittleEndian(memory.AsSpan(0xE1), 370);
        memory[0xE4] = 313 >> 4;
        memory[0xE5] = 313 & 0xF | (50 & 0xF) << 4;
        memory[0xE6] = 50 >> 4;
        memory[0xE7] = 30;
        Skip();
    }

    public byte Id { set => memory[0xD0] = value; }

    protected override void OnRegister(byte register, ReadOnlySpan<byte> value)
    {
        Assert.True(register is 0xF2 or 0xF4, $"register {register:X2} starts no measurement");
        memory[register] = value[0];
        if (register == 0xF4 && (value[0] & 3) is 1 or 2)
        {
            StartConversion();
        }
    }

    protected override void OnRead(Span<byte> bytes)
    {
        if (Pointer >= 0xF7 && IsDone(8))
        {
            Put(0xF7, (memory[0xF4] >> 2 & 7) == 0 ? 0x80000 : 415148);
            Put(0xFA, memory[0xF4] >> 5 == 0 ? 0x80000 : 519888);
            BinaryPrimitives.WriteUInt16BigEndian(memory.AsSpan(0xFD), (ushort)((memory[0xF2] & 7) == 0 ? 0x8000 : 30000));
            memory[0xF4] &= 0xFC;
        }

        memory.AsSpan(Pointer, bytes.Length).CopyTo(bytes);
    }

    private void Skip()
    {
        Put(0xF7, 0x80000);
        Put(0xFA, 0x80000);
        BinaryPrimitives.WriteUInt16BigEndian(memory.AsSpan(0xFD), 0x8000);
    }

    private void Put(byte register, int twentyBits)
    {
        memory[register] = (byte)(twentyBits >> 12);
        memory[register + 1] = (byte)(twentyBits >> 4);
        memory[register + 2] = (byte)(twentyBits << 4);
    }
}
