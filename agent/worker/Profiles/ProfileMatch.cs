namespace EdgeDcim.Agent.Profiles;

/// <summary>A profile that a device fits, and how closely: more is more specific. <paramref name="Because"/> is for people.</summary>
internal sealed record ProfileMatch(DeviceProfile Profile, int Closeness, string Because)
{
    /// <summary>Only a number lies where it would lie on the model: whether it is one shows when everything else is read.</summary>
    public bool IsGuess { get; init; }
}
