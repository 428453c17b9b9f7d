namespace EdgeDcim.Protocols.Modbus;

/// <summary>How a request and its answer look on a line without transaction ids.</summary>
internal abstract class LineFraming
{
    public abstract string Name { get; }

    /// <summary>The longest frame, which is also what a receive buffer must hold.</summary>
    public abstract int MaxLength { get; }

    /// <summary>Characters on the line for each byte of unit and PDU, and for the frame around them.</summary>
    public abstract int WireLength(int pduLength);

    public abstract int Write(in ModbusRequest request, Span<byte> frame);

    /// <summary>
    /// Looks for a whole and sound answer of the asked unit and function anywhere in what was received, so that noise before it does no harm.
    /// Copies its PDU without unit and check.
    /// </summary>
    /// <returns>Length of the PDU, or 0 when there is none yet.</returns>
    public abstract int Find(in ModbusRequest request, ReadOnlySpan<byte> received, Span<byte> pdu);
}
