namespace EdgeDcim.Collector.Facility;

internal enum UpsSource
{
    Unknown,
    Mains,
    Bypass,
    Battery,
    None,
}

/// <summary>Performance class of IEC 62040-3: how far the output depends on the input.</summary>
internal enum UpsTopology
{
    Unknown,

    /// <summary>Voltage and frequency independent: double conversion.</summary>
    Vfi,

    /// <summary>Voltage independent: line-interactive, corrects.</summary>
    Vi,

    /// <summary>Voltage and frequency dependent: the load hangs on the mains.</summary>
    Vfd,
}

internal enum UpsReason
{
    Unknown,
    Normal,
    Eco,
    Maintenance,
    Fault,
    Test,
}

internal enum UpsConfidence
{
    /// <summary>The device says so.</summary>
    Reported,

    /// <summary>Concluded from efficiency and the absence of alarms.</summary>
    Inferred,
}

/// <summary>How a UPS feeds its load, in words that fit every maker.</summary>
/// <param name="SinceMs">When it was first seen so; the start of the collector when it never changed.</param>
/// <param name="Changed">It was different before.</param>
/// <param name="BatteryBusy">The battery is charging or discharging: input and output cannot be compared.</param>
internal readonly record struct UpsState(
    string Meter, string Device, UpsSource Source, UpsTopology Topology, UpsReason Reason, UpsConfidence Confidence, long SinceMs, bool Changed, bool BatteryBusy)
{
    /// <summary>It says bypass, looks like ECO and has not done so long enough to be sure.</summary>
    public bool MayBeEco { get; init; }
}
