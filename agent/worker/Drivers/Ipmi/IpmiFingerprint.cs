using System.Globalization;
using System.IO.Enumeration;

namespace EdgeDcim.Agent.Drivers.Ipmi;

/// <summary>What a controller must say for a profile to fit it; everything that is stated must hold.</summary>
/// <param name="Manufacturers">Enterprise numbers of IANA; empty: any.</param>
/// <param name="Models">One of them fits the maker and model of the inventory; empty: any.</param>
/// <param name="NeedsPower">It answers the DCMI power reading.</param>
/// <param name="IsAny">Fits everything, least closely of all.</param>
internal sealed record IpmiFingerprint(IReadOnlyList<uint> Manufacturers, IReadOnlyList<string> Models, bool NeedsPower, bool IsAny)
{
    public static IpmiFingerprint None { get; } = new([], [], false, false);

    public bool IsEmpty => Manufacturers.Count == 0 && Models.Count == 0 && !NeedsPower && !IsAny;

    /// <summary>0 when it does not fit; else how specific it is.</summary>
    public int Closeness(uint manufacturer, string model, bool hasPower, out string because)
    {
        because = "answers IPMI";
        if ((Manufacturers.Count > 0 && !Manufacturers.Contains(manufacturer))
            || (Models.Count > 0 && !Models.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, model)))
            || (NeedsPower && !hasPower))
        {
            return 0;
        }

        because = string.Join(", ", ((string?[])
        [
            Manufacturers.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"manufacturer {manufacturer}") : null,
            Models.Count > 0 ? $"model '{model}'" : null,
            NeedsPower ? "DCMI power reading" : null,
            IsAny ? "answers IPMI" : null,
        ]).OfType<string>());
        return (Manufacturers.Count > 0 ? 20 : 0) + (Models.Count > 0 ? 20 : 0) + (NeedsPower ? 5 : 0) + (IsAny ? 1 : 0);
    }
}
