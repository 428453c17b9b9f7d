namespace EdgeDcim.Protocols.Ipmi.Wire;

/// <summary>A command or its answer between software and controller (IPMI 2.0 section 13.8), in whatever session it travels.</summary>
internal static class IpmiMessage
{
    public const int SequenceCount = 64;

    /// <summary>Six octets around the data, and the check at the end.</summary>
    public const int OverheadBytes = 7;

    /// <summary>Address of the controller that is asked.</summary>
    public const byte Controller = 0x20;

    private const byte RemoteConsole = 0x81;

    /// <summary>The network function of an answer is the odd one behind its request's.</summary>
    private const int AnswerBit = 1;

    /// <returns>How many bytes were written.</returns>
    public static int Write(Span<byte> into, IpmiCommand command, int lun, int sequence, ReadOnlySpan<byte> data) =>
        Write(into, Controller, RemoteConsole, command, lun, sequence, data);

    /// <summary>The same from and to any address of a bus.</summary>
    public static int Write(Span<byte> into, byte to, byte from, IpmiCommand command, int lun, int sequence, ReadOnlySpan<byte> data)
    {
        into[0] = to;
        into[1] = (byte)((((int)command >> 8) << 2) | lun);
        into[2] = Check(into[..2]);
        into[3] = from;
        into[4] = (byte)(sequence << 2);
        into[5] = (byte)command;
        data.CopyTo(into[6..]);
        into[6 + data.Length] = Check(into[3..(6 + data.Length)]);
        return OverheadBytes + data.Length;
    }

    /// <summary>False when it is no sound answer to <paramref name="command"/>.</summary>
    /// <param name="message">From the session.</param>
    /// <param name="command">What was asked.</param>
    /// <param name="sequence">Of the request that it answers.</param>
    /// <param name="body">Completion code and data.</param>
    public static bool TryReadAnswer(ReadOnlySpan<byte> message, IpmiCommand command, out int sequence, out ReadOnlySpan<byte> body)
    {
        sequence = 0;
        body = default;
        if (message.Length < OverheadBytes + 1 || Sum(message[..3]) != 0 || Sum(message[3..]) != 0
            || message[1] >> 2 != (((int)command >> 8) | AnswerBit) || message[5] != (byte)command)
        {
            return false;
        }

        sequence = message[4] >> 2;
        body = message[6..^1];
        return true;
    }

    /// <summary>Added to what it covers it gives 0.</summary>
    public static byte Check(ReadOnlySpan<byte> bytes) => (byte)-Sum(bytes);

    private static byte Sum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (var each in bytes)
        {
            sum += each;
        }

        return sum;
    }
}
