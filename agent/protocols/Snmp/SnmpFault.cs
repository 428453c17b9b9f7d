namespace EdgeDcim.Protocols.Snmp;

/// <summary>Why a request gave no answer: each kind asks for a different reaction.</summary>
public enum SnmpFault
{
    /// <summary>No route to the target, or its name does not resolve.</summary>
    Unreachable,

    /// <summary>Nothing usable came back within the timeout of every attempt. A wrong community looks like this too.</summary>
    Timeout,

    /// <summary>The agent answered with an error status.</summary>
    AgentError,

    /// <summary>The answer breaks the rules of BER or SNMP, or answers something else than was asked.</summary>
    BadReply,

    /// <summary>A walk came to an object that is not behind the previous one.</summary>
    LoopingAgent,

    /// <summary>A walk found more rows than the caller allows.</summary>
    TooManyRows,

    /// <summary>The agent does not know the user, or the authentication password is wrong.</summary>
    Authentication,

    /// <summary>The agent could not decrypt, or its answer cannot be decrypted: the privacy password or protocol is wrong.</summary>
    Privacy,

    /// <summary>The agent does not offer this security level to this user.</summary>
    UnsupportedSecurity,

    /// <summary>Too many requests are waiting for an answer already.</summary>
    Overloaded,

    /// <summary>The address for traps is taken, not this machine's, or a port that this user may not open.</summary>
    CannotListen,

    /// <summary>The transport was closed.</summary>
    Closed,
}
