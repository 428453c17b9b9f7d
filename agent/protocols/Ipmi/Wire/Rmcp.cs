namespace EdgeDcim.Protocols.Ipmi.Wire;

/// <summary>The outermost header (IPMI 2.0 section 13.1.3) and the two session formats behind it.</summary>
internal static class Rmcp
{
    public const int HeaderBytes = 4;

    /// <summary>The largest answer is far smaller; what is larger is no IPMI.</summary>
    public const int MaxDatagramBytes = 1024;

    /// <summary>The authentication type that says RMCP+, the session format of IPMI 2.0.</summary>
    public const byte PlusFormat = 6;

    private const byte Version = 6;
    private const byte NoAcknowledge = 0xFF;
    private const byte IpmiClass = 7;

    public static void WriteHeader(Span<byte> into)
    {
        into[0] = Version;
        into[1] = 0;
        into[2] = NoAcknowledge;
        into[3] = IpmiClass;
    }

    /// <summary>What follows the header; false when the datagram is no IPMI.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> datagram, out ReadOnlySpan<byte> session)
    {
        session = default;
        if (datagram.Length is <= HeaderBytes or > MaxDatagramBytes || datagram[0] != Version || datagram[3] != IpmiClass)
        {
            return false;
        }

        session = datagram[HeaderBytes..];
        return true;
    }
}
