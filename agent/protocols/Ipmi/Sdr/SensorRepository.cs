namespace EdgeDcim.Protocols.Ipmi.Sdr;

/// <summary>The sensors of a controller, and by which time stamp they were known.</summary>
/// <param name="Stamp">Changes when records are added or taken away.</param>
/// <param name="Sensors">Those that the controller itself owns.</param>
/// <param name="Foreign">How many sensors belong to controllers behind it, which are not asked.</param>
public sealed record SensorRepository(ulong Stamp, IReadOnlyList<SensorRecord> Sensors, int Foreign);
