namespace EdgeDcim.Agent.Configuration;

/// <summary>The part of a device address that names the path: a host and port, a serial line, this machine.</summary>
internal abstract record PathAddress;

/// <summary>A host that is asked over the network.</summary>
/// <param name="Scheme">modbus, modbus-rtu-tcp, modbus-ascii-tcp, snmp, ipmi, redfish+http, redfish+https.</param>
internal sealed record HostAddress(string Scheme, string Host, int Port) : PathAddress
{
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"{Scheme}://[{Host}]:{Port}" : $"{Scheme}://{Host}:{Port}";
}

/// <summary>A serial line of this machine.</summary>
/// <param name="Scheme">modbus-rtu or modbus-ascii.</param>
internal sealed record SerialAddress(string Scheme, string Device, int Baud, SerialParity Parity, int StopBits, int DataBits = 8) : PathAddress
{
    /// <summary>As people write it: 9600 8E1.</summary>
    public string Form => $"{Baud} {DataBits}{Parity.ToString()[0]}{StopBits}";

    public override string ToString() => $"{Scheme}://{Device}";
}

/// <summary>The machine that the agent runs on.</summary>
internal sealed record LocalAddress : PathAddress
{
    public override string ToString() => "local://";
}

internal enum SerialParity
{
    None,
    Even,
    Odd,
}
