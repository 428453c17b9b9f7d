namespace EdgeDcim.Profiles.Tests;

/// <summary>
/// Which canonical words a maker's word may become. Written by hand from the MIBs, so that a profile that swaps two codes is found out.
/// </summary>
internal static class StateWords
{
    private static readonly Dictionary<string, string[]> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["on"] = ["on", "running", "closed"],
        ["off"] = ["off", "stopped", "open", "closed"], // a dry contact is "off" to the oracle in either position
        ["outletOn"] = ["on"],
        ["outletOff"] = ["off"],
        ["Immediate On"] = ["on"],
        ["running"] = ["running", "on"],
        ["stopped"] = ["stopped", "off"],
        ["open"] = ["open"],
        ["closed"] = ["closed", "redundant"],
        ["ok"] = ["ok", "clear", "normal", "no", "open"],
        ["normal"] = ["normal", "ok", "clear", "online"],
        ["normalOperation"] = ["ok"],
        ["good"] = ["ok", "no"],
        ["no"] = ["no", "clear"],
        ["noBatteryNeedsReplacing"] = ["no"],
        ["no-leak"] = ["dry"],
        ["no smoke"] = ["clear"],
        ["noStatus"] = ["unknown"],
        ["notsupported"] = ["unknown"],
        ["Contact Normal"] = ["normal"],
        ["batteryResting"] = ["resting"],
        ["Fully Redundant"] = ["redundant"],
        ["Source A"] = ["a"],
        ["source1"] = ["a"],
        ["sourceB"] = ["b"],
        ["sourceGood"] = ["clear"],
        ["lowVoltage"] = ["warning"],
        ["automatic"] = ["clear"],
        ["ready"] = ["clear", "stopped"],
        ["armed"] = ["clear"],
        ["In Sync"] = ["clear"],
        ["No Failure"] = ["clear"],
        ["Not Active"] = ["clear"],
        ["On Input Power"] = ["clear"],
        ["Output OK"] = ["clear"],
        ["onLine"] = ["online"],
        ["Bypass"] = ["bypass"],
        ["economy"] = ["eco"],
        ["Locked"] = ["closed"],
        ["notApplicable"] = ["clear"],
    };

    /// <summary>A word that is not in the list agrees with nothing: look at it and add it.</summary>
    public static bool Agree(string? theirs, string? ours) =>
        theirs is null ? ours is not null : ours is not null && Words.TryGetValue(theirs, out var words) && words.Contains(ours);
}
