namespace EdgeDcim.Core.Telemetry;

public enum MetricKind : byte
{
    /// <summary>A momentary value: watts, degrees.</summary>
    Gauge,

    /// <summary>A register that only grows until it rolls over or is reset: kilowatt-hours, cubic metres.</summary>
    Counter,

    /// <summary>A code out of a closed list of states.</summary>
    State,
}

/// <summary>One name of the closed vocabulary, with the unit and the range that every value under it has.</summary>
/// <param name="Quantity">What is measured, one word of the field: power, energy, temperature …</param>
/// <param name="Unit">UCUM code: <c>W</c>, <c>kW.h</c>, <c>Cel</c>, <c>L/min</c>; <c>1</c> for a bare number or a state.</param>
/// <param name="Min">Lowest plausible value, in <paramref name="Unit"/>; below it a reading is suspect.</param>
/// <param name="Max">Highest plausible value, in <paramref name="Unit"/>; above it a reading is suspect.</param>
/// <param name="States">Code to word, for <see cref="MetricKind.State"/> only; empty otherwise.</param>
public sealed record Metric(
    string Name, string Quantity, string Unit, MetricKind Kind, double Min, double Max, string Meaning,
    IReadOnlyDictionary<int, string> States)
{
    /// <summary>False for NaN, infinities and everything outside the plausible range.</summary>
    public bool IsPlausible(double value) => value >= Min && value <= Max;

    /// <summary>The word of a state code, or null when the code is not in the vocabulary.</summary>
    public string? StateName(double value) =>
        value == Math.Truncate(value) && Math.Abs(value) < int.MaxValue && States.TryGetValue((int)value, out var word) ? word : null;

    /// <summary>The code of a state word, or null when the word is not in the vocabulary.</summary>
    public int? StateCode(string word)
    {
        foreach (var (code, name) in States)
        {
            if (string.Equals(name, word, StringComparison.Ordinal))
            {
                return code;
            }
        }

        return null;
    }

    public override string ToString() => Name;
}
