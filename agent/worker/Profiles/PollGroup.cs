namespace EdgeDcim.Agent.Profiles;

/// <summary>How often a point wants to be read; the site decides how many seconds each is.</summary>
internal enum PollGroup
{
    /// <summary>What live figures are made of: powers, flows, states that switch the load.</summary>
    Fast,

    /// <summary>The rest of what moves.</summary>
    Normal,

    /// <summary>Counters, ratings, ages.</summary>
    Slow,
}
