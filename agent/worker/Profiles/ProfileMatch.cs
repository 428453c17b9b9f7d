namespace EdgeDcim.Agent.Profiles;

/// <summary>A profile that a device fits, and how closely: more is more specific. <paramref name="Because"/> is for people.</summary>
internal sealed record ProfileMatch(DeviceProfile Profile, int Closeness, string Because);
