namespace EdgeDcim.Protocols.Ipmi.Sdr;

/// <summary>The sensors of a controller, and by which time stamp they were known.</summary>
/// <param name="Stamp">Changes when records are added or taken away.</param>
/// <param name="Sensors">Its own, and those of controllers behind it, which are asked through it.</param>
/// <param name="OfSoftware">How many sensors are software's, which cannot be asked.</param>
public sealed record SensorRepository(ulong Stamp, IReadOnlyList<SensorRecord> Sensors, int OfSoftware);
