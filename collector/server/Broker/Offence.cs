namespace EdgeDcim.Collector.Broker;

/// <summary>Why a client of the embedded broker is cut off; the words are the label of the counter.</summary>
internal enum Offence
{
    /// <summary>More packets a second than allowed.</summary>
    Messages,

    /// <summary>More bytes a second than allowed.</summary>
    Bytes,

    /// <summary>A packet announces more bytes than allowed.</summary>
    Size,

    /// <summary>What it sends is no MQTT.</summary>
    Malformed,

    /// <summary>It does not finish its CONNECT or a packet, or does not take what it asked for.</summary>
    Slow,

    /// <summary>Too many connections, or too many that have not said who they are.</summary>
    Connections,

    /// <summary>The TLS handshake failed: no certificate, or one that is not believed.</summary>
    Tls,
}
