namespace EdgeDcim.Protocols.Redfish;

/// <summary>The only exception of this folder besides cancellation and misuse: names service, resource and cause.</summary>
public sealed class RedfishException : Exception
{
    public RedfishException(RedfishFault fault, string message, Exception? inner = null)
        : base(message, inner) => Fault = fault;

    public RedfishFault Fault { get; }

    /// <summary>It happened on the way to the login, so nothing else of the service can be read either.</summary>
    public bool IsOfLogin { get; init; }

    /// <summary>True when only the one resource is in trouble and its neighbours are worth asking.</summary>
    public bool IsOfOneResource => !IsOfLogin && Fault is RedfishFault.Timeout or RedfishFault.Refused or RedfishFault.NotFound or RedfishFault.ServiceError
        or RedfishFault.BadReply or RedfishFault.TooLarge or RedfishFault.Foreign;
}
