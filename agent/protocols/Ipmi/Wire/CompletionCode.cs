namespace EdgeDcim.Protocols.Ipmi.Wire;

/// <summary>How a command ended (IPMI 2.0 table 5-2).</summary>
internal static class CompletionCode
{
    public const byte Success = 0;
    /// <summary>Of Send Message: the bus was lost to others.</summary>
    public const byte BusLost = 0x81;

    /// <summary>Of Send Message.</summary>
    public const byte BusError = 0x82;

    /// <summary>Of Send Message: nobody took it.</summary>
    public const byte NobodyThere = 0x83;

    public const byte NodeBusy = 0xC0;
    public const byte UnknownCommand = 0xC1;
    public const byte ReservationCancelled = 0xC5;
    public const byte RequestTruncated = 0xC6;
    public const byte LengthInvalid = 0xC7;
    public const byte LengthExceeded = 0xC8;
    public const byte TooManyBytes = 0xCA;
    public const byte NotPresent = 0xCB;
    public const byte RepositoryUpdating = 0xCE;
    public const byte InitialisingSystem = 0xD2;
    public const byte InsufficientPrivilege = 0xD4;
    public const byte NotInThisState = 0xD5;
    public const byte Unspecified = 0xFF;

    /// <param name="target">For the message.</param>
    /// <param name="command">For the message.</param>
    /// <param name="code">Null when the answer is sound but has not what it must.</param>
    public static IpmiException Fault(IpmiTarget target, IpmiCommand command, byte? code) => code switch
    {
        null => new IpmiException(IpmiFault.BadReply, $"IPMI {target}: {command}: the answer is too short or makes no sense"),
        InsufficientPrivilege => New(target, command, code.Value, IpmiFault.Credentials, $"the user '{target.User}' may not ask this with the privilege {target.Privilege}"),
        NodeBusy or RepositoryUpdating or InitialisingSystem => New(target, command, code.Value, IpmiFault.Busy, $"the controller asks to come again later ({NameOf(code.Value)})"),
        _ => New(target, command, code.Value, IpmiFault.Refused, $"the controller answered 0x{code:X2} ({NameOf(code.Value)})"),
    };

    private static IpmiException New(IpmiTarget target, IpmiCommand command, byte code, IpmiFault fault, string cause) =>
        new(fault, $"IPMI {target}: {command}: {cause}") { CompletionCode = code };

    private static string NameOf(byte code) => code switch
    {
        NodeBusy => "node busy",
        UnknownCommand => "command not known",
        0xC2 => "command not for this unit",
        0xC3 => "timeout inside the controller",
        0xC4 => "out of space",
        ReservationCancelled => "reservation cancelled",
        RequestTruncated => "request truncated",
        LengthInvalid => "wrong length",
        LengthExceeded => "too long",
        0xC9 => "parameter out of range",
        TooManyBytes => "cannot return so many bytes",
        NotPresent => "not present",
        0xCC => "invalid field",
        0xCD => "not for this sensor",
        RepositoryUpdating => "repository is being updated",
        0xCF => "duplicate",
        InitialisingSystem => "initialising",
        0xD3 => "destination unavailable",
        InsufficientPrivilege => "insufficient privilege",
        NotInThisState => "not in this state",
        0xD6 => "disabled",
        Unspecified => "unspecified error",
        _ => "command-specific",
    };
}
