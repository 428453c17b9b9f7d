namespace EdgeDcim.Core.Sparkplug;

/// <summary>Names of metrics and properties that edge node and host agree on: Sparkplug's own, and what EdgeDcim adds to it.</summary>
public static class SparkplugNames
{
    /// <summary>Birth/death sequence number, Int64 (Sparkplug 3.0, 6.4.19).</summary>
    public const string BdSeq = "bdSeq";

    /// <summary>Boolean; a host writes true to have all births again.</summary>
    public const string Rebirth = "Node Control/Rebirth";

    /// <summary>String: the id of the journal file that offsets count in.</summary>
    public const string JournalStream = "Properties/Journal Stream";

    /// <summary>Int64: all readings of the live batch of this offset have been sent.</summary>
    public const string LiveOffset = "Delivery/Live Offset";

    /// <summary>Int64: how many readings that batch has.</summary>
    public const string LiveReadings = "Delivery/Live Readings";

    /// <summary>Int64: all readings of the replayed batch of this offset have been sent.</summary>
    public const string BackfillOffset = "Delivery/Backfill Offset";

    public const string BackfillReadings = "Delivery/Backfill Readings";

    /// <summary>String of an NCMD: <c>stream 17-42,50</c>, the offsets that the host has journaled. See <see cref="Acknowledgement"/>.</summary>
    public const string Acknowledge = "Delivery/Acknowledge";

    /// <summary>String beside <see cref="Acknowledge"/>: the id of the host application that speaks, where an agent delivers to several.</summary>
    public const string AcknowledgeHost = "Delivery/Acknowledge Host";

    public const string Kind = "Properties/Kind";
    public const string Vendor = "Properties/Vendor";
    public const string Model = "Properties/Model";
    public const string Profile = "Properties/Profile";
    public const string Serial = "Properties/Serial";
    public const string Firmware = "Properties/Firmware";

    /// <summary>String: one line, the path <c>metric/part</c>, a tab and the reason, for each point of the device that is suspect until somebody accepts it.</summary>
    public const string Suspicions = "Properties/Suspicions";

    /// <summary>Property of a birth metric: the UCUM code of its unit.</summary>
    public const string Unit = "engUnit";

    /// <summary>Int32 property with the codes of <see cref="QualityCode"/>.</summary>
    public const string Quality = "Quality";

    /// <summary>String property that refines <see cref="Quality"/>: <c>estimated</c> or <c>suspect</c>.</summary>
    public const string FineQuality = "edgedcim/quality";
}
