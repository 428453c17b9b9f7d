namespace EdgeDcim.Protocols.Snmp;

/// <summary>The only exception of this folder besides cancellation and misuse: names target, request, OID and cause.</summary>
public sealed class SnmpException : Exception
{
    public SnmpException(SnmpFault fault, string message, Exception? inner = null)
        : base(message, inner) => Fault = fault;

    public SnmpFault Fault { get; }

    /// <summary>The error-status of the answer when <see cref="Fault"/> is AgentError (RFC 3416 section 3: 1 tooBig, 2 noSuchName, 5 genErr, 16 authorizationError …), else 0.</summary>
    public int ErrorStatus { get; init; }

    /// <summary>What had arrived before the fault, in the order of the request: a slow last part does not cost the first ones.</summary>
    public IReadOnlyList<SnmpVariable> Partial { get; init; } = [];
}
