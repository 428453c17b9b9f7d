namespace EdgeDcim.Protocols.Ipmi;

/// <summary>The only exception of this folder besides cancellation and misuse: names controller, command and cause.</summary>
public sealed class IpmiException : Exception
{
    public IpmiException(IpmiFault fault, string message, Exception? inner = null)
        : base(message, inner) => Fault = fault;

    public IpmiFault Fault { get; }

    /// <summary>Of the answer when <see cref="Fault"/> is Refused or Busy (IPMI 2.0 table 5-2), else 0.</summary>
    public byte CompletionCode { get; init; }
}
