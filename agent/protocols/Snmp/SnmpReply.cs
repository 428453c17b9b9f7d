using EdgeDcim.Protocols.Snmp.Wire;
using EdgeDcim.Protocols.Udp;

namespace EdgeDcim.Protocols.Snmp;

/// <summary>An answer where it lies in its exchange's buffer; disposing gives the buffer back.</summary>
internal readonly struct SnmpReply(SnmpTransport transport, UdpExchange exchange, SnmpPdu pdu) : IDisposable
{
    public int ErrorStatus => pdu.ErrorStatus;

    public int ErrorIndex => pdu.ErrorIndex;

    public ReadOnlySpan<byte> VarBinds => exchange.Answer[pdu.VarBinds];

    public void Dispose() => transport.End(exchange);
}
