using System.Net;

namespace EdgeDcim.Agent.Configuration;

/// <summary>Where traps and informs of the devices are received. Whom to believe follows from the devices' own access.</summary>
/// <param name="PerSecond">What one sender may send in the long run; five seconds' worth may come at once.</param>
internal sealed record TrapsConfig(IPEndPoint Listen, int PerSecond)
{
    public const int DefaultPerSecond = 20;
}
