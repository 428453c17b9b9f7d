namespace EdgeDcim.Agent.Profiles;

/// <summary>Several places that one value may come from; the alternatives stand in the profile in the order of preference.</summary>
/// <param name="Id">The same for all alternatives of one choice; unique in a profile.</param>
internal sealed record Choice(int Id, ChoiceKind Kind);

internal enum ChoiceKind
{
    /// <summary>The first that the device has, decided when its points are found: firmware and model differences.</summary>
    FirstOf,

    /// <summary>The first that gives a verdict, decided at each read: an ECO flag before a general mode.</summary>
    Decide,
}
