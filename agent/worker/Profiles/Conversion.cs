using System.Globalization;
using EdgeDcim.Core.Telemetry;

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

    /// <summary>What is done to the raw value, for people.</summary>
    public string Describe(Metric metric)
    {
        var words = new List<string>();
        if (States is not null)
        {
            words.AddRange(States.Select(state => $"{state.Key.ToString(CultureInfo.InvariantCulture)} {metric.StateName(state.Value)}"));
        }
        else
        {
            var raw = Absolute ? "|raw|" : "raw";
            var moved = Offset == 0 ? raw : $"({raw} {(Offset < 0 ? "-" : "+")} {Math.Abs(Offset).ToString(CultureInfo.InvariantCulture)})";
            words.Add(Scale == 1 ? moved : $"{moved} × {Scale.ToString("0.#######", CultureInfo.InvariantCulture)}");
        }

        words.AddRange((StateTexts ?? new Dictionary<string, int>()).Select(state => $"'{state.Key}' {metric.StateName(state.Value)}"));
        var missing = Missing.Select(value => value.ToString(CultureInfo.InvariantCulture)).Concat(MissingTexts.Select(text => $"'{text}'"))
            .Concat(double.IsNegativeInfinity(MissingBelow) ? [] : [$"below {MissingBelow.ToString(CultureInfo.InvariantCulture)}"]).ToList();
        return string.Join(", ", words) + (missing.Count > 0 ? $"; missing: {string.Join(", ", missing)}" : "");
    }

    /// <summary>The state of a word that the device answered.</summary>
    public double ApplyText(string text) =>
        MissingTexts.Contains(text) ? double.NaN
        : StateTexts is not null && StateTexts.TryGetValue(text, out var code) ? code
        : OtherState ?? double.NaN;
}
