namespace EdgeDcim.Protocols.Modbus;

/// <summary>Frames of hexadecimal characters: colon, unit, PDU, LRC, CR LF (MODBUS over Serial Line 1.02, section 2.5.2).</summary>
internal sealed class AsciiFraming : LineFraming
{
    private const byte Colon = (byte)':';
    private const byte CarriageReturn = (byte)'\r';
    private const byte LineFeed = (byte)'\n';

    // Unit and check around the PDU, two characters each; colon, CR and LF besides.
    private const int BytesAround = 2;
    private const int CharactersAround = 3;

    public override string Name => "ASCII";

    public override int MaxLength => WireLength(ModbusPdu.MaxLength);

    public override int WireLength(int pduLength) => (pduLength + BytesAround) * 2 + CharactersAround;

    public override int Write(in ModbusRequest request, Span<byte> frame)
    {
        Span<byte> body = stackalloc byte[ModbusPdu.MaxRequestLength + BytesAround];
        body[0] = request.Unit;
        var length = 1 + ModbusPdu.Write(request, body[1..]);
        body[length] = Lrc(body[..length]);
        frame[0] = Colon;
        Convert.TryToHexString(body[..(length + 1)], frame[1..], out var characters);
        frame[1 + characters] = CarriageReturn;
        frame[2 + characters] = LineFeed;
        return characters + CharactersAround;
    }

    public override int Find(in ModbusRequest request, ReadOnlySpan<byte> received, Span<byte> pdu)
    {
        Span<byte> body = stackalloc byte[ModbusPdu.MaxLength + BytesAround];
        while (received.IndexOf(CarriageReturn) is var end and >= 0)
        {
            // A colon begins anew whatever came before it.
            var begin = received[..end].LastIndexOf(Colon);
            if (begin >= 0 && TryDecode(received[(begin + 1)..end], body, out var length) && IsAnswer(request, body[..length]))
            {
                body[1..(length - 1)].CopyTo(pdu);
                return length - BytesAround;
            }

            received = received[(end + 1)..];
        }

        return 0;
    }

    /// <summary>Two's complement of the sum (section 6.2.1), so that unit, PDU and check add up to zero.</summary>
    public static byte Lrc(ReadOnlySpan<byte> bytes)
    {
        var sum = 0;
        foreach (var one in bytes)
        {
            sum += one;
        }

        return (byte)-sum;
    }

    private static bool TryDecode(ReadOnlySpan<byte> characters, Span<byte> body, out int length)
    {
        length = characters.Length / 2;
        return characters.Length % 2 == 0
            && length > BytesAround
            && length <= body.Length
            && Convert.FromHexString(characters, body, out _, out _) == System.Buffers.OperationStatus.Done
            && Lrc(body[..length]) == 0;
    }

    private static bool IsAnswer(in ModbusRequest request, ReadOnlySpan<byte> body) =>
        body[0] == request.Unit && ModbusPdu.AnswerLength(request, body[1..^1]) == body.Length - BytesAround;
}
