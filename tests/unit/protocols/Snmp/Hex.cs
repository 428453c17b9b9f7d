namespace EdgeDcim.Protocols.Tests.Snmp;

/// <summary>Octets as people write them: <c>30 0A FF</c>.</summary>
internal static class Hex
{
    public static byte[] Bytes(string text) => Convert.FromHexString(new string([.. text.Where(letter => !char.IsWhiteSpace(letter))]));

    public static string Of(ReadOnlySpan<byte> bytes) => string.Join(' ', Convert.ToHexString(bytes).Chunk(2).Select(pair => new string(pair)));
}
