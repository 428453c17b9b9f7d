namespace EdgeDcim.Protocols.Ipmi.Wire;

/// <summary>
/// A question to a controller behind the one that is asked: it is carried by Send Message (IPMI 2.0 section 22.7) over a bus, tracked, so that
/// the controller in between sends the answer back into our session.
/// </summary>
internal static class BridgedMessage
{
    /// <summary>Never a command of its own: what it carries is one of <see cref="IpmiCommand"/>.</summary>
    private const IpmiCommand Carrier = (IpmiCommand)0x0634;

    private const byte Tracked = 0x40;

    public const int OverheadBytes = 1 + (2 * IpmiMessage.OverheadBytes);

    /// <returns>How many bytes were written.</returns>
    public static int Write(Span<byte> into, in IpmiRequest request, int sequence)
    {
        Span<byte> carried = stackalloc byte[1 + IpmiMessage.OverheadBytes + request.Data.Length];
        carried[0] = (byte)(Tracked | request.Channel);
        IpmiMessage.Write(carried[1..], request.Owner, IpmiMessage.Controller, request.Command, request.Lun, sequence, request.Data.Span);
        return IpmiMessage.Write(into, Carrier, 0, sequence, carried);
    }

    /// <summary>
    /// The answer of the controller behind, which comes in a message of its own or inside the carrier's answer; or the code with which the
    /// carrier was refused. That the question was passed on is no answer yet.
    /// </summary>
    public static bool TryReadAnswer(ReadOnlySpan<byte> message, IpmiCommand command, out int sequence, out ReadOnlySpan<byte> body)
    {
        if (!IpmiMessage.TryReadAnswer(message, Carrier, out var carried, out body))
        {
            return IpmiMessage.TryReadAnswer(message, command, out sequence, out body);
        }

        sequence = carried;
        return body[0] != CompletionCode.Success || IpmiMessage.TryReadAnswer(body[1..], command, out _, out body);
    }
}
