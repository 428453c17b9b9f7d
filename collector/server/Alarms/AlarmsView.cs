namespace EdgeDcim.Collector.Alarms;

/// <summary>All alarms at one instant; immutable, so that any thread may read it.</summary>
/// <param name="Live">Active, waiting for acknowledgement, shelved or out of service: shown ones first, safety and priority first, then the first of a cascade.</param>
/// <param name="FloodSinceMs">0 while there is no flood.</param>
/// <param name="Recent">Annunciated in the last ten minutes.</param>
internal sealed record AlarmsView(IReadOnlyList<Alarm> Live, long FloodSinceMs, int Recent)
{
    public static AlarmsView Empty { get; } = new([], 0, 0);

    public IEnumerable<Alarm> Shown => Live.Where(alarm => alarm.IsShown);

    public static AlarmsView Of(IEnumerable<Alarm> alarms, Flood flood) => new(
        [.. alarms.Where(alarm => alarm.IsLive)
            .OrderByDescending(alarm => alarm.IsShown)
            .ThenByDescending(alarm => alarm.Safety && alarm.IsActive)
            .ThenByDescending(alarm => alarm.IsActive)
            .ThenByDescending(alarm => alarm.Priority)
            .ThenByDescending(alarm => alarm.IsUnacknowledged)
            .ThenByDescending(alarm => alarm.CascadeMs)
            .ThenBy(alarm => alarm.Order)
            .ThenBy(alarm => alarm.Id, StringComparer.Ordinal)],
        flood.SinceMs, flood.Recent);
}
