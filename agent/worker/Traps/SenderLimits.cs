using System.Net;

namespace EdgeDcim.Agent.Traps;

/// <summary>
/// Holds each sender to a rate, so that a device in a storm costs neither its neighbours nor the journal. Remembers a bounded number of
/// senders; when it is full of busy ones, new ones are not admitted.
/// </summary>
internal sealed class SenderLimits(int perSecond, TimeProvider time)
{
    /// <summary>What may come at once, in seconds of the rate: a device that restarts says everything it has to say.</summary>
    private const int BurstSeconds = 5;

    private const int MaxSenders = 4096;
    private static readonly TimeSpan TellAgainAfter = TimeSpan.FromHours(1);

    private readonly Dictionary<IPAddress, Sender> senders = [];

    /// <summary>False when the sender has used up its share.</summary>
    public bool Admit(IPAddress address)
    {
        var now = time.GetTimestamp();
        if (!senders.TryGetValue(address, out var sender))
        {
            if (senders.Count >= MaxSenders && !ForgetQuiet(now))
            {
                return false;
            }

            senders[address] = sender = new Sender { Allowance = perSecond * BurstSeconds, At = now };
        }

        sender.Allowance = AllowanceAt(sender, now);
        sender.At = now;
        if (sender.Allowance < 1)
        {
            return false;
        }

        sender.Allowance--;
        return true;
    }

    /// <summary>True once an hour a sender: then what is wrong with it may be said again.</summary>
    public bool MayTell(IPAddress address)
    {
        if (!senders.TryGetValue(address, out var sender) || (sender.ToldAt is { } told && time.GetElapsedTime(told) < TellAgainAfter))
        {
            return false;
        }

        sender.ToldAt = time.GetTimestamp();
        return true;
    }

    private double AllowanceAt(Sender sender, long now) =>
        Math.Min(perSecond * BurstSeconds, sender.Allowance + time.GetElapsedTime(sender.At, now).TotalSeconds * perSecond);

    private bool ForgetQuiet(long now)
    {
        foreach (var quiet in senders.Where(entry => AllowanceAt(entry.Value, now) >= perSecond * BurstSeconds).Select(entry => entry.Key).ToList())
        {
            senders.Remove(quiet);
        }

        return senders.Count < MaxSenders;
    }

    private sealed class Sender
    {
        public double Allowance { get; set; }

        public long At { get; set; }

        public long? ToldAt { get; set; }
    }
}
