namespace EdgeDcim.Protocols.Redfish;

/// <summary>Why a request gave no resource: each kind asks for a different reaction.</summary>
public enum RedfishFault
{
    /// <summary>No connection: no route, no name, nobody listens.</summary>
    Unreachable,

    /// <summary>The certificate of the service is not the pinned one, or nobody vouches for it.</summary>
    Untrusted,

    /// <summary>No whole answer within the deadline.</summary>
    Timeout,

    /// <summary>The service asks to come again later, has no session left, or too many requests wait already.</summary>
    Busy,

    /// <summary>User or password is not accepted, or the service wants a login and none is given.</summary>
    BadCredentials,

    /// <summary>The user may not read this resource, or the service refuses the question.</summary>
    Refused,

    /// <summary>There is no such resource: a link that leads nowhere.</summary>
    NotFound,

    /// <summary>The service failed inside while it read the resource.</summary>
    ServiceError,

    /// <summary>What came is no Redfish resource: HTML, broken JSON, a broken connection, too many redirects.</summary>
    BadReply,

    /// <summary>The answer is larger than the client takes.</summary>
    TooLarge,

    /// <summary>The link or redirect leads to another host, or out of the Redfish tree; it was not followed.</summary>
    Foreign,
}
