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
    private long beatAt = time.GetTimestamp();
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
                // Who was stopped for a while may have lost it without knowing.
                return !retired && (length == TimeSpan.Zero || (holds && time.GetElapsedTime(beatAt) < length));
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

    /// <summary>For how long the other one has not claimed it; at most twice its length.</summary>
    public TimeSpan OtherSilentFor
    {
        get
        {
            lock (gate)
            {
                return otherClaims && time.GetElapsedTime(heardAt) is var silent && silent < 2 * length ? silent : 2 * length;
            }
        }
    }

    private bool OtherIsAlive => otherClaims && time.GetElapsedTime(heardAt) < length;

    /// <summary>Called several times within the length. True: publish a claim.</summary>
    /// <param name="canHear">False while the other one could not be heard: then nothing is taken over, and what is held is kept.</param>
    public bool Renew(bool canHear)
    {
        lock (gate)
        {
            if (length == TimeSpan.Zero || retired)
            {
                return false;
            }

            if (time.GetElapsedTime(beatAt) >= length)
            {
                (holds, shorter, waitingSince) = (false, null, time.GetTimestamp());
            }

            beatAt = time.GetTimestamp();
            if (!canHear)
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
