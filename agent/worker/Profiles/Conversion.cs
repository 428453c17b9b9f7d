namespace EdgeDcim.Agent.Profiles;

/// <summary>The arithmetic of a point: (raw + offset) × scale, sentinels taken out first, state words looked up instead where the metric is a state.</summary>
internal sealed class Conversion
{
    public static Conversion None { get; } = new();

    /// <summary>Multiplies what <see cref="Offset"/> gave.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Added to the raw value before scaling.</summary>
    public double Offset { get; init; }

    /// <summary>The sign of the raw value says something else (capacitive, direction of the current) and is dropped.</summary>
    public bool Absolute { get; init; }

    /// <summary>Raw values that mean "not available".</summary>
    public IReadOnlyList<double> Missing { get; init; } = [];

    /// <summary>Raw texts that mean "not available".</summary>
    public IReadOnlyList<string> MissingTexts { get; init; } = [];

    /// <summary>Raw values below this mean "not available" (negative reason codes).</summary>
    public double MissingBelow { get; init; } = double.NegativeInfinity;

    /// <summary>Raw number to state code; null when the metric is no state.</summary>
    public IReadOnlyDictionary<double, int>? States { get; init; }

    /// <summary>Raw text to state code, for devices that answer words.</summary>
    public IReadOnlyDictionary<string, int>? StateTexts { get; init; }

    /// <summary>The code for a raw state that the profile does not name; null: no verdict.</summary>
    public int? OtherState { get; init; }

    /// <summary>The value in the metric's unit; NaN for a sentinel, for a state without verdict and for what is no number.</summary>
    /// <param name="raw">As the device holds it.</param>
    /// <param name="factor">An extra scale out of another register or column; 1 when there is none.</param>
    public double Apply(double raw, double factor = 1)
    {
        if (!double.IsFinite(raw) || raw < MissingBelow)
        {
            return double.NaN;
        }

        for (var i = 0; i < Missing.Count; i++)
        {
            if (Missing[i] == raw)
            {
                return double.NaN;
            }
        }

        return States is null ? ((Absolute ? Math.Abs(raw) : raw) + Offset) * Scale * factor
            : States.TryGetValue(raw, out var code) ? code
            : OtherState ?? double.NaN;
    }

    /// <summary>The state of a word that the device answered.</summary>
    public double ApplyText(string text) =>
        MissingTexts.Contains(text) ? double.NaN
        : StateTexts is not null && StateTexts.TryGetValue(text, out var code) ? code
        : OtherState ?? double.NaN;
}
