namespace EdgeDcim.Protocols.Ipmi.Sdr;

/// <summary>What a sensor says now (IPMI 2.0 section 35.14). The default is a sensor without a reading.</summary>
/// <param name="IsAvailable">False while it is not scanned, not ready or not there: then there is no value, and no state either.</param>
/// <param name="Value">NaN for sensors that have states only.</param>
/// <param name="States">One bit a state that is asserted.</param>
public readonly record struct SensorReading(bool IsAvailable, double Value, ushort States);
