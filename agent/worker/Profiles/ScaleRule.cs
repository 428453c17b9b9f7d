namespace EdgeDcim.Agent.Profiles;

/// <summary>How a number from elsewhere in the device becomes a factor.</summary>
/// <param name="Values">Codes with a factor each (a unit selector); null when <paramref name="Kind"/> computes it.</param>
internal sealed record ScaleRule(ScaleKind Kind, IReadOnlyDictionary<double, double>? Values)
{
    /// <summary>NaN when the number is none that the rule knows: then the point has no value rather than a wrong one.</summary>
    public double FactorOf(double raw) => Values is not null
        ? Values.GetValueOrDefault(raw, double.NaN)
        : Kind switch
        {
            ScaleKind.Divisor => raw == 0 ? double.NaN : 1 / raw,
            // Divisors of the digits that occur are exact; beyond 18 a number is no digit count.
            ScaleKind.Exponent => Math.Abs(raw) <= 18 ? Math.Pow(10, raw) : double.NaN,
            ScaleKind.Digits => Math.Abs(raw) <= 18 ? Math.Pow(10, -raw) : double.NaN,
            ScaleKind.Signed => raw == 0 ? 1 : raw > 0 ? raw : -1 / raw,
            _ => raw,
        };
}
