namespace EdgeDcim.Agent.Publishing;

/// <summary>The broker cannot be reached, refuses, or has gone. The message is a sentence for the operator.</summary>
internal sealed class BrokerException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>True when there was not even a connection, so that no broker can have seen a CONNECT.</summary>
    public bool NeverConnected { get; init; }
}
