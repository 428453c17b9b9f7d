using EdgeDcim.Protocols.Ipmi.Wire;

namespace EdgeDcim.Protocols.Ipmi.Sdr;

/// <summary>A sensor as the controller describes it (IPMI 2.0 sections 43.1 and 43.2): what it measures, where, and how its octet becomes a value.</summary>
public sealed record SensorRecord
{
    /// <summary>Event/reading type of sensors that have a value and limits.</summary>
    public const byte ThresholdReading = 0x01;

    /// <summary>Event/reading type of sensors whose states are those of their type.</summary>
    public const byte SpecificReading = 0x6F;

    private const int UnsignedFormat = 0;
    private const int OnesComplementFormat = 1;
    private const int TwosComplementFormat = 2;

    public required string Name { get; init; }

    /// <summary>Of the controller that owns it.</summary>
    public required byte Number { get; init; }

    /// <summary>The unit of the controller that it hangs on.</summary>
    public byte Lun { get; init; }

    /// <summary>Address of the controller that owns it; 0x20 is the one that is asked, others are asked through it.</summary>
    public byte Owner { get; init; } = IpmiMessage.Controller;

    /// <summary>The bus on which the owner is.</summary>
    public byte Channel { get; init; }

    /// <summary>IPMI 2.0 table 42-3: 1 temperature, 2 voltage, 3 current, 4 fan, 5 intrusion, 7 processor, 8 power supply, 9 power unit …</summary>
    public required byte Type { get; init; }

    /// <summary>Event/reading type: 1 threshold, 2 to 12 generic states, 0x6F states of the type.</summary>
    public required byte ReadingType { get; init; }

    /// <summary>IPMI 2.0 table 43-13: 3 processor, 7 board, 10 power supply, 29 fan, 0x37 and 0x40 air inlet …</summary>
    public byte Entity { get; init; }

    public byte EntityInstance { get; init; }

    public SensorUnit Unit { get; init; }

    /// <summary>The value is a share of 100.</summary>
    public bool IsPercent { get; init; }

    /// <summary>The unit stands over or beside another one, such as a rate; the value is then not simply in <see cref="Unit"/>.</summary>
    public bool HasModifier { get; init; }

    public Linearisation Linearisation { get; init; }

    /// <summary>It belongs to a controller behind the one that is asked.</summary>
    public bool IsBehind => Owner != IpmiMessage.Controller;

    /// <summary>Software can own a sensor too (IPMI 2.0 section 43.1, octet 6), and cannot be asked.</summary>
    internal bool IsOfSoftware => (Owner & 1) != 0;

    internal SensorFactors Factors { get; init; }

    /// <summary>0 unsigned, 1 ones' complement, 2 two's complement, 3 none.</summary>
    internal int Format { get; init; } = 3;

    /// <summary>It has a number and not only states.</summary>
    public bool IsAnalog => Format is >= UnsignedFormat and <= TwosComplementFormat;

    internal bool IsNonLinear => Linearisation >= Linearisation.NonLinear;

    /// <summary>NaN where the formula has no result.</summary>
    internal double Convert(byte raw, in SensorFactors factors)
    {
        if (!IsAnalog)
        {
            return double.NaN;
        }

        var number = Format switch
        {
            OnesComplementFormat => (raw & 0x80) != 0 ? -(byte)~raw : raw,
            TwosComplementFormat => (sbyte)raw,
            _ => raw,
        };
        var value = factors.Apply(number);
        var linear = Linearisation switch
        {
            Linearisation.NaturalLogarithm => Math.Log(value),
            Linearisation.Logarithm10 => Math.Log10(value),
            Linearisation.Logarithm2 => Math.Log2(value),
            Linearisation.Exponential => Math.Exp(value),
            Linearisation.Power10 => Math.Pow(10, value),
            Linearisation.Power2 => Math.Pow(2, value),
            Linearisation.Inverse => 1 / value,
            Linearisation.Square => value * value,
            Linearisation.Cube => value * value * value,
            Linearisation.SquareRoot => Math.Sqrt(value),
            Linearisation.CubeRoot => Math.Cbrt(value),
            _ => value,
        };
        return double.IsFinite(linear) ? linear : double.NaN;
    }
}
