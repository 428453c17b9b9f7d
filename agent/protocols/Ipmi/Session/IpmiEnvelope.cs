namespace EdgeDcim.Protocols.Ipmi.Session;

/// <summary>What is put around a message on its way, and taken off and checked on the way back. Written by requests, read by the receive loop.</summary>
internal abstract class IpmiEnvelope : IDisposable
{
    /// <summary>Room that an envelope needs around a message at most.</summary>
    public const int OverheadBytes = 96;

    /// <returns>How many bytes the datagram has. Each call uses a new sequence number.</returns>
    public abstract int Write(Span<byte> datagram, ReadOnlySpan<byte> message);

    /// <summary>False when the packet is not of this session, was changed on the way, or came before.</summary>
    /// <param name="session">The datagram behind its RMCP header.</param>
    /// <param name="scratch">Room for what has to be decrypted.</param>
    /// <param name="message">In <paramref name="session"/> or in <paramref name="scratch"/>.</param>
    public abstract bool TryRead(ReadOnlySpan<byte> session, Span<byte> scratch, out ReadOnlySpan<byte> message);

    public virtual void Dispose()
    {
    }
}
