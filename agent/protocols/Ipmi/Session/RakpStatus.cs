using EdgeDcim.Protocols.Ipmi.Wire;

namespace EdgeDcim.Protocols.Ipmi.Session;

/// <summary>Why a controller refuses a step of the key exchange (IPMI 2.0 table 13-15).</summary>
internal static class RakpStatus
{
    /// <summary>Another cipher suite may do.</summary>
    public static bool IsAboutAlgorithms(byte status) => status is 0x04 or 0x05 or 0x06 or 0x07 or 0x10 or 0x11 or 0x12;

    public static IpmiException Fault(IpmiTarget target, PlusPayload step, byte status)
    {
        var (fault, cause) = status switch
        {
            0x01 or 0x0B => (IpmiFault.Busy, "all sessions of the controller are taken"),
            0x0D => (IpmiFault.Credentials, $"the controller does not know the user '{target.User}'"),
            0x09 or 0x0A => (IpmiFault.Credentials, $"the user '{target.User}' may not have the privilege {target.Privilege}"),
            0x0C => (IpmiFault.Credentials, $"the controller does not take the name '{target.User}'"),
            0x0F => (IpmiFault.Credentials, $"the controller does not take the password of the user '{target.User}'"),
            _ when IsAboutAlgorithms(status) => (IpmiFault.UnsupportedSecurity, $"the controller takes none of the cipher suites {string.Join(", ", CipherSuite.Accepted.Select(suite => suite.Id))}"),
            _ => (IpmiFault.BadReply, $"the controller answers status 0x{status:X2}"),
        };
        return new IpmiException(fault, $"IPMI {target}: {step}: {cause}");
    }
}
