namespace EdgeDcim.Agent.Profiles;

/// <summary>What a profile was held against.</summary>
internal enum Proof
{
    /// <summary>Nothing yet: refused unless asked for by the path of its file.</summary>
    None,

    /// <summary>The maker's published document.</summary>
    Manual,

    /// <summary>What a real device answered.</summary>
    Recording,
}
