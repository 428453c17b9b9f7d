using System.IO.Enumeration;

namespace EdgeDcim.Agent.Drivers.Snmp;

/// <summary>Keeps the rows (or the point) where another object holds one of some values: a sensor's type, a unit, a name.</summary>
/// <param name="Values">Compared as text; <c>*</c> and <c>?</c> stand for anything.</param>
/// <param name="Excludes">The rows that fit are left out instead.</param>
internal sealed record RowCondition(SnmpReference Reference, IReadOnlyList<string> Values, bool Excludes)
{
    /// <summary>An object that is not there fits nothing.</summary>
    public bool Keeps(string? text) =>
        (text is not null && Values.Any(value => FileSystemName.MatchesSimpleExpression(value, text))) != Excludes;
}
