namespace EdgeDcim.Protocols.Snmp;

/// <summary>The error-status values of RFC 3416 section 3.</summary>
internal static class SnmpErrorStatus
{
    public const int None = 0;
    public const int TooBig = 1;
    public const int NoSuchName = 2;

    private static readonly string[] Names =
    [
        "noError", "tooBig", "noSuchName", "badValue", "readOnly", "genErr", "noAccess", "wrongType", "wrongLength", "wrongEncoding", "wrongValue",
        "noCreation", "inconsistentValue", "resourceUnavailable", "commitFailed", "undoFailed", "authorizationError", "notWritable", "inconsistentName",
    ];

    public static string NameOf(int status) => status >= 0 && status < Names.Length ? $"{Names[status]} ({status})" : $"the unknown error status {status}";
}
