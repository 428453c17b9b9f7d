namespace EdgeDcim.Collector.Notification;

/// <summary>
/// Of two collectors on one site one notifies: who holds the lease. Whoever carries claims between them (a retained message, a row) calls
/// <see cref="Hear"/> for each and publishes what <see cref="Renew"/> gives. A holder that is not heard for the length of the lease has lost it.
/// </summary>
internal sealed class NotifierLease(string instance, TimeSpan length, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly long began = time.GetTimestamp();
    private Claim? other;
    private long heardAt;
    private bool holds;

    /// <summary>One collector alone: always its own.</summary>
    public static NotifierLease Alone(TimeProvider time) => new("alone", TimeSpan.Zero, time);

    /// <summary>May this collector notify now?</summary>
    public bool IsHeld
    {
        get
        {
            lock (gate)
            {
                return length == TimeSpan.Zero || (holds && !OtherIsAlive);
            }
        }
    }

    private bool OtherIsAlive => other is not null && time.GetElapsedTime(heardAt) < length;

    /// <summary>Called several times within the length; the claim to publish, or null while another one holds it or may do so.</summary>
    public Claim? Renew(long nowMs)
    {
        lock (gate)
        {
            if (length == TimeSpan.Zero)
            {
                return null;
            }

            // A collector that has just started waits one length: the holder may not have spoken yet.
            holds = !OtherIsAlive && (holds || time.GetElapsedTime(began) >= length);
            return holds ? new Claim(instance, nowMs) : null;
        }
    }

    /// <summary>A claim of whoever; one's own is ignored. Of two that claim at once the lower name keeps it.</summary>
    public void Hear(Claim claim)
    {
        lock (gate)
        {
            if (claim.Instance == instance || (holds && string.CompareOrdinal(instance, claim.Instance) < 0))
            {
                return;
            }

            (other, heardAt, holds) = (claim, time.GetTimestamp(), false);
        }
    }

    /// <summary>Up to when the other one has certainly told what there was; 0 when there was none.</summary>
    public long ToldUntilMs
    {
        get
        {
            lock (gate)
            {
                return other?.AtMs ?? 0;
            }
        }
    }

    /// <summary>Says who notifies, as of when.</summary>
    internal sealed record Claim(string Instance, long AtMs);
}
