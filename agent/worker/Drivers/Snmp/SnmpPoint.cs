using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Agent.Drivers.Snmp;

/// <summary>A point of an SNMP profile: a scalar, or a column that gives one series a row.</summary>
internal sealed record SnmpPoint : Point
{
    public override string Place => Value.IsColumn ? $"{Value.Oid}.*" : Value.Oid.ToString();

    public required SnmpReference Value { get; init; }

    /// <summary>Which rows of a column; null: all.</summary>
    public RowPattern? Rows { get; init; }

    public IReadOnlyList<RowCondition> Where { get; init; } = [];

    /// <summary>Where the name of a row stands, for <c>{label}</c>; the first that says something.</summary>
    public IReadOnlyList<SnmpReference> LabelFrom { get; init; } = [];

    /// <summary>Row index to part, for tables whose index means something; rows without an entry are left out.</summary>
    public IReadOnlyDictionary<string, string>? Parts { get; init; }

    public SnmpReference? ScaleFrom { get; init; }

    public ScaleRule? ScaleRule { get; init; }

    /// <summary>Where the number of decimal digits stands; a negative one says how accurate the number is, and not how large (RFC 3433).</summary>
    public SnmpReference? DigitsFrom { get; init; }

    /// <summary>Read beside the value at each poll: without it there is none. Null: the value speaks for itself.</summary>
    public RowCondition? Available { get; init; }

    /// <summary>Every object that the survey has to look at.</summary>
    public IEnumerable<SnmpReference> References =>
        [Value, .. Where.Select(condition => condition.Reference), .. LabelFrom, .. new[] { ScaleFrom, DigitsFrom, Available?.Reference }.OfType<SnmpReference>()];

    /// <summary>One bit of a whole number; null for the number.</summary>
    public int? Bit { get; init; }

    /// <summary>One character of a text, counted from 1; null for the text.</summary>
    public int? Character { get; init; }

    /// <summary>The text begins with the number and goes on with a unit.</summary>
    public bool LeadingNumber { get; init; }

    /// <summary>The value in the metric's unit; NaN when there is none.</summary>
    public double Convert(in SnmpValue value, double factor)
    {
        if (!value.HasValue)
        {
            return double.NaN;
        }

        if (Character is { } position)
        {
            var text = value.AsText();
            return position <= text.Length ? Conversion.ApplyText(text.Substring(position - 1, 1)) : double.NaN;
        }

        if (value.TryGetNumber(out var number) || (LeadingNumber && TryLeading(value, out number)))
        {
            return Conversion.Apply(Bit is { } bit ? ((long)number >> bit) & 1 : number, factor);
        }

        return Conversion.StateTexts is null ? double.NaN : Conversion.ApplyText(value.AsText().Trim());
    }

    private static bool TryLeading(in SnmpValue value, out double number)
    {
        var text = value.AsText().AsSpan().TrimStart();
        var length = 0;
        while (length < text.Length && (char.IsAsciiDigit(text[length]) || text[length] == '.' || (length == 0 && text[length] is '-' or '+')))
        {
            length++;
        }

        return double.TryParse(text[..length], System.Globalization.CultureInfo.InvariantCulture, out number);
    }
}
