using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Agent.Drivers.Snmp;

/// <summary>A device model read over SNMP.</summary>
internal sealed class SnmpProfile(ProfileHeader header, IReadOnlyList<SnmpPoint> points) : DeviceProfile(header, points)
{
    public IReadOnlyList<SnmpPoint> Objects => points;

    /// <summary>Variables in one GET at most; agents that answer tooBig teach less.</summary>
    public int MaxVariables { get; init; } = 24;

    /// <summary>Rows in one GETBULK at most.</summary>
    public int MaxRepetitions { get; init; } = 24;

    /// <summary>The objects that tell vendor, model, serial and firmware, each in the order of preference.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Oid>> Identity { get; init; } = new Dictionary<string, IReadOnlyList<Oid>>();

    public SnmpFingerprint Fingerprint { get; init; } = SnmpFingerprint.None;

    public override string? DescribeSurvey()
    {
        var references = Objects.SelectMany(point => point.References).Distinct().ToList();
        var asked = references.Count(reference => !reference.IsColumn) + Identity.Values.Sum(oids => oids.Count);
        return $"get {asked} objects and walk {references.Count(reference => reference.IsColumn)} columns to learn what is there (values, 'where', labels, scales, identity); again every {SnmpDriver.SurveyEvery.TotalMinutes:0} min, or when an object is gone";
    }

    public override IReadOnlyList<string> DescribePlan(PollGroup group)
    {
        var members = Objects.Where(point => point.Every == group).ToList();
        var scalars = members.Where(point => !point.Value.IsColumn).Select(point => point.Value.Oid).Distinct().ToList();
        return
        [
            .. scalars.Chunk(MaxVariables).Select(chunk => $"get {chunk.Length} objects {chunk[0]} … {chunk[^1]}"),
            .. members.Where(point => point.Value.IsColumn).Select(point => point.Value.Oid).Distinct().Select(oid => $"get the rows of {oid} (found by one walk, {MaxVariables} a request)"),
        ];
    }
}
