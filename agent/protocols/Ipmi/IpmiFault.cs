namespace EdgeDcim.Protocols.Ipmi;

/// <summary>Why a request gave no answer: each kind asks for a different reaction.</summary>
public enum IpmiFault
{
    /// <summary>No route to the controller, or its name does not resolve.</summary>
    Unreachable,

    /// <summary>Nothing usable came back within the timeout of every attempt.</summary>
    Timeout,

    /// <summary>The controller lives and answers other commands, but not this one.</summary>
    Unanswered,

    /// <summary>The controller answered with a completion code other than success.</summary>
    Refused,

    /// <summary>The answer breaks the rules of IPMI, or answers something else than was asked.</summary>
    BadReply,

    /// <summary>The user is unknown, the password is wrong, or the user may not do this.</summary>
    Credentials,

    /// <summary>The controller offers no way to log in that keeps the password safe.</summary>
    UnsupportedSecurity,

    /// <summary>All sessions of the controller are taken, or it asks to come again later.</summary>
    Busy,

    /// <summary>Too many controllers share this transport already.</summary>
    Overloaded,

    /// <summary>The transport or the client was closed.</summary>
    Closed,
}
