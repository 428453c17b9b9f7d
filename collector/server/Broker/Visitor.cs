using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace EdgeDcim.Collector.Broker;

/// <summary>One connection at the door, from the first byte of TCP to its end.</summary>
internal sealed class Visitor(Socket socket, IPEndPoint from)
{
    public Socket Socket => socket;

    public IPEndPoint From => from;

    /// <summary>False until its CONNECT is accepted.</summary>
    public bool IsAdmitted { get; set; }

    public bool IsClosed { get; private set; }

    /// <summary>The certificate that it showed and that was believed.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>Why its certificate was not believed.</summary>
    public string? Refusal { get; set; }

    /// <summary>The MQTT client id and the agent that use it, once admitted.</summary>
    public string? ClientId { get; set; }

    public string? Agent { get; set; }

    public void Close()
    {
        IsClosed = true;
        socket.Dispose();
    }

    public override string ToString() => ClientId is null ? from.ToString() : $"{from} (client {Printable(ClientId)})";

    public static string Printable(string text) =>
        string.Concat(text.Take(64).Select(letter => char.IsControl(letter) ? '?' : letter));
}
