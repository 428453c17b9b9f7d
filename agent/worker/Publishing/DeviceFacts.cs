namespace EdgeDcim.Agent.Publishing;

/// <summary>What the birth of a device says about it besides its metrics; null where nobody knows.</summary>
internal sealed record DeviceFacts(
    string Id, string? Kind = null, string? Vendor = null, string? Model = null, string? Profile = null, string? Serial = null, string? Firmware = null);
