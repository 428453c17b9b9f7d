using EdgeDcim.Collector.Facility;
using EdgeDcim.Core.Sparkplug;

namespace EdgeDcim.Collector.Ingest;

/// <summary>Where ingest hands things on to.</summary>
/// <param name="Born">Learns what each birth says of a device, for those who need its kind and units later.</param>
internal sealed record IngestStages(BirthReader Births, CommitStage Commits, FacilityState Facility, Action<DeviceInfo> Born);

/// <summary>What the host asks of edge nodes; neither call waits.</summary>
/// <param name="Rebirth">Group and node.</param>
/// <param name="StateHeard">What was said on the STATE topic of a host; when this one is called dead it has to announce itself again.</param>
internal sealed record HostCommands(
    Action<string, string> Rebirth, Action<string, string, Acknowledgement> Acknowledge, Action<string, ReadOnlyMemory<byte>> StateHeard);
