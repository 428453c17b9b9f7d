using System.Runtime.CompilerServices;
using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Ingest;

/// <summary>What the host knows of one edge node since its last birth.</summary>
internal sealed class NodeSession(string group, string node)
{
    public string Group => group;

    public string Node => node;

    public SequenceCheck Sequence { get; } = new();

    public BindingTable Bindings { get; } = new();

    public RebirthLimiter Rebirths { get; } = new();

    public AckRanges Acknowledgements { get; } = new();

    /// <summary>Devices whose birth was seen since the node's; data of others cannot be understood.</summary>
    public HashSet<string> Devices { get; } = new(StringComparer.Ordinal);

    /// <summary>The journal its batches are counted in; null for a foreign edge node, which delivers nothing twice.</summary>
    public Guid? Stream { get; set; }

    public bool IsForeign => Stream is null;

    /// <summary>Ties its death certificate to its birth; null when the birth carried none.</summary>
    public long? BdSeq { get; set; }

    public bool IsOnline { get; set; }

    /// <summary>Readings since the last marker.</summary>
    public PendingReadings? Pending { get; set; }

    /// <summary>Readings of the present message that a foreign edge node marked as history.</summary>
    public PendingReadings? Late { get; set; }

    /// <summary>Newest time stamp by series, kept over births; foreign edge nodes only.</summary>
    public Dictionary<Series, StrongBox<long>> LastTimes { get; } = [];

    /// <summary>Messages of it that could not be read, since the start.</summary>
    public long Malformed { get; set; }
}
