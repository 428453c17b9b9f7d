namespace EdgeDcim.Protocols.Ipmi.Session;

/// <summary>The list of cipher suites as a controller tells it (IPMI 2.0 table 22-18).</summary>
internal static class SuiteRecords
{
    private const byte Standard = 0xC0;
    private const byte Oem = 0xC1;
    private const int OemNumberBytes = 3;
    private const byte AlgorithmTagMask = 0xC0;

    /// <summary>The ids of the standard suites; what cannot be read is passed over.</summary>
    public static IReadOnlyList<byte> Ids(ReadOnlySpan<byte> records)
    {
        var ids = new List<byte>();
        for (var i = 0; i + 1 < records.Length; i++)
        {
            if (records[i] == Standard)
            {
                ids.Add(records[++i]);
            }
            else if (records[i] == Oem)
            {
                i += 1 + OemNumberBytes;
            }

            // Algorithms have other top bits than the beginning of a record.
            while (i + 1 < records.Length && (records[i + 1] & AlgorithmTagMask) != AlgorithmTagMask)
            {
                i++;
            }
        }

        return ids;
    }
}
