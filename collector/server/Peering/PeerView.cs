namespace EdgeDcim.Collector.Peering;

/// <summary>Which collector this is, and how it stands with the other one.</summary>
/// <param name="Notifier">The host id of the one that notifies, or null while nobody does.</param>
internal sealed record PeerView(string Host, string Peer, bool IsPeerThere, string? Notifier);
