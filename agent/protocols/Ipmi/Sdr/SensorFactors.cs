namespace EdgeDcim.Protocols.Ipmi.Sdr;

/// <summary>How the octet of a sensor becomes a value: L((M × raw + B × 10^Bexp) × 10^Rexp), IPMI 2.0 section 36.3.</summary>
internal readonly record struct SensorFactors(int M, int B, int BExponent, int RExponent)
{
    private const int FactorBits = 10;
    private const int ExponentBits = 4;

    /// <summary>From six octets: M, M and tolerance, B, B and accuracy, accuracy and its exponent, exponents of R and B.</summary>
    public static SensorFactors Read(ReadOnlySpan<byte> bytes) => new(
        Signed(bytes[0] | ((bytes[1] & 0xC0) << 2), FactorBits),
        Signed(bytes[2] | ((bytes[3] & 0xC0) << 2), FactorBits),
        Signed(bytes[5] & 0x0F, ExponentBits),
        Signed(bytes[5] >> 4, ExponentBits));

    public double Apply(int raw) => ((M * (double)raw) + (B * Power(BExponent))) * Power(RExponent);

    private static int Signed(int value, int bits) => (value << (32 - bits)) >> (32 - bits);

    private static double Power(int exponent) => Math.Pow(10, exponent);
}

/// <summary>What is done to the value in the end (IPMI 2.0 table 43-1, octet 24).</summary>
public enum Linearisation : byte
{
    None = 0,
    NaturalLogarithm = 1,
    Logarithm10 = 2,
    Logarithm2 = 3,
    Exponential = 4,
    Power10 = 5,
    Power2 = 6,
    Inverse = 7,
    Square = 8,
    Cube = 9,
    SquareRoot = 10,
    CubeRoot = 11,

    /// <summary>From here on every raw value has factors of its own, which the controller is asked for.</summary>
    NonLinear = 0x70,
}
