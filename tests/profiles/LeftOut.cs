namespace EdgeDcim.Profiles.Tests;

/// <summary>Sensors of the recordings that no profile reads, each with the reason. What is read must not stand here.</summary>
internal static class LeftOut
{
    private const string Enterprise = "1.3.6.1.4.1.";
    private const string Setting = "a setting of the card or the device, not a measurement";
    private const string Test = "the result of a past self-test or transfer, an event and not a state";
    private const string Unproven = "the scale of these energy counters is not certain";

    private static readonly (string Prefix, string Reason)[] Known =
    [
        (Enterprise + "3854.1.2.2.1.17.1.13.", "the probe says that the sensor is offline"),
        (Enterprise + "318.1.1.13.3.2.2.4.1.0", Setting),
        (Enterprise + "318.1.1.13.1.5.6.2.1.", "torque, current share and capacitor life of the blower's inverter: no metric"),
        (Enterprise + "318.1.1.13.1.5.7.2.1.", "torque, current share and capacitor life of the blower's inverter: no metric"),
        (Enterprise + "318.1.1.13.1.4.5.8.0", Setting),
        (Enterprise + "318.1.1.13.1.4.6.1.0", Setting),
        (Enterprise + "318.1.1.13.1.4.7.1.0", Setting),
        (Enterprise + "318.1.1.13.1.4.8.1.0", Setting),
        (Enterprise + "318.1.1.17.3.1.4.0", "a command to the generator; its state is read"),
        (Enterprise + "318.1.1.17.5.", Test),
        (Enterprise + "318.1.1.1.2.2.21.0", "a date"),
        (Enterprise + "318.1.1.1.2.1.3.0", "a date"),
        (Enterprise + "318.1.1.1.3.2.5.0", Test),
        (Enterprise + "318.1.1.1.7.2.3.0", Test),
        (Enterprise + "3808.1.1.1.3.2.5.0", Test),
        (Enterprise + "534.1.8.2.0", Test),
        (Enterprise + "28507.43.1.3.1.2.1.4.", "how often a relay switched: no metric"),
        (Enterprise + "28507.43.1.5.1.2.1.2.", "says that the measuring chip works"),
        (Enterprise + "28507.43.1.5.15.1.0", "the card's clock"),
        (Enterprise + "232.165.7.2.1.1.1.0", Setting),
        (Enterprise + "34278.4.", Unproven),
        (Enterprise + "34278.5.", Unproven),
        (Enterprise + "476.1.42.3.8.40.20.1.150.", "the distance to an alarm limit"),
        (Enterprise + "476.1.42.2.5.", Setting),
        ("1.3.6.1.2.1.33.1.4.1.0", "the maker's own object beside it knows economy, this one only 'other'"),
        (Enterprise + "2606.7.4.2.2.1.11.2.187", "a duration, filed as a state"),
        (Enterprise + "2606.7.4.2.2.1.11.2.195", Setting),
        (Enterprise + "2606.7.4.2.2.1.11.2.211", Setting),
        (Enterprise + "31034.12.1.1.1.1.3.0", "how many devices are new on the ring: no metric"),
        (Enterprise + "31034.12.1.1.1.1.4.0", "how many addresses are given twice: no metric"),
    ];

    /// <summary>Where the maker's MIB says that a state stands: the oracle reads the column beside it, which holds 0 for every state.</summary>
    private static readonly (string Theirs, string Ours)[] Moved =
    [
        (Enterprise + "13742.6.5.4.3.1.4.", Enterprise + "13742.6.5.4.3.1.3."),
        (Enterprise + "13742.6.5.5.3.1.4.", Enterprise + "13742.6.5.5.3.1.3."),
    ];

    public static string? Reason(string oid) => Known.Where(known => oid.StartsWith(known.Prefix, StringComparison.Ordinal)).Select(known => known.Reason).FirstOrDefault();

    /// <summary>The object that is to be read for a state of the oracle.</summary>
    public static string Place(Expectation sensor) => sensor.Class != "state" ? sensor.Oid
        : Moved.Where(move => sensor.Oid.StartsWith(move.Theirs, StringComparison.Ordinal)).Select(move => move.Ours + sensor.Oid[move.Theirs.Length..]).FirstOrDefault() ?? sensor.Oid;
}
