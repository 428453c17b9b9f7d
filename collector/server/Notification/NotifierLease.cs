namespace EdgeDcim.Collector.Notification;

/// <summary>
/// Of two collectors on one site one notifies: who holds the lease. Whoever carries claims between them calls <see cref="Hear"/> for each and
/// publishes a claim whenever <see cref="Renew"/> says so. A holder that is not heard for the length of the lease, or is known to be gone, has lost it.
/// </summary>
internal sealed class NotifierLease(string instance, TimeSpan length, TimeProvider time)
{
    private readonly Lock gate = new();
    private long waitingSince = time.GetTimestamp();
    private TimeSpan? shorter;
    private bool otherClaims;
    private long heardAt;
    private bool holds;
    private bool retired;

    /// <summary>One collector alone: always its own.</summary>
    public static NotifierLease Alone(TimeProvider time) => new("alone", TimeSpan.Zero, time);

    /// <summary>May this collector notify now?</summary>
    public bool IsHeld
    {
        get
        {
            lock (gate)
            {
                return !retired && (length == TimeSpan.Zero || holds);
            }
        }
    }

    /// <summary>The other one holds it, as far as is known.</summary>
    public bool IsHeldByOther
    {
        get
        {
            lock (gate)
            {
                return OtherIsAlive;
            }
        }
    }

    private bool OtherIsAlive => otherClaims && time.GetElapsedTime(heardAt) < length;

    /// <summary>Called several times within the length, while the other one could be heard. True: publish a claim.</summary>
    public bool Renew()
    {
        lock (gate)
        {
            if (length == TimeSpan.Zero || retired)
            {
                return false;
            }

            // Who has just come waits one length: the holder may not have spoken yet.
            holds = !OtherIsAlive && (holds || time.GetElapsedTime(waitingSince) >= (shorter ?? length));
            return holds;
        }
    }

    /// <summary>A claim of whoever; one's own is ignored. Of two that claim at once the lower name keeps it.</summary>
    public void Hear(string claimant)
    {
        lock (gate)
        {
            if (claimant == instance || (holds && string.CompareOrdinal(instance, claimant) < 0))
            {
                return;
            }

            (otherClaims, heardAt, holds) = (true, time.GetTimestamp(), false);
        }
    }

    /// <summary>The other one has left, or its connection broke: there is nobody to wait for.</summary>
    public void OtherIsGone()
    {
        lock (gate)
        {
            (otherClaims, shorter) = (false, TimeSpan.Zero);
        }
    }

    /// <summary>
    /// Nothing could be heard for a while, and the other one may have taken over meanwhile. Who held it before waits half as long, so that two that
    /// come back together do not change places.
    /// </summary>
    public void HearsAgain()
    {
        lock (gate)
        {
            (shorter, waitingSince) = (holds ? length / 2 : null, time.GetTimestamp());
            (holds, otherClaims) = (false, false);
        }
    }

    /// <summary>Gives it up for good: this collector stops.</summary>
    public void Retire()
    {
        lock (gate)
        {
            retired = true;
        }
    }
}
