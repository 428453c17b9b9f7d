using CsCheck;

namespace EdgeDcim.Protocols.Tests;

/// <summary>How long fuzzing runs, and how sound inputs are spoilt. The environment variable EDGEDCIM_FUZZ says how many inputs each decoder gets.</summary>
internal static class Fuzz
{
    private static readonly long? Asked = long.TryParse(Environment.GetEnvironmentVariable("EDGEDCIM_FUZZ"), out var many) ? many : null;

    /// <summary>Up to six octets replaced, taken out or put in, or the end cut off.</summary>
    public static Gen<(int At, byte Octet, int How)[]> Mutations { get; } = Gen.Select(Gen.Int[0, 10_000], Gen.Byte, Gen.Int[0, 3]).Array[1, 6];

    /// <summary>One of some octets that mean something to the decoder.</summary>
    public static Gen<byte> OneOf(params byte[] octets) => Gen.Int[0, octets.Length - 1].Select(which => octets[which]);

    /// <summary>The number that was asked for, else the short run of the test command.</summary>
    public static long Inputs(long shortRun) => Asked ?? shortRun;

    public static byte[] Mutate(byte[] sound, IEnumerable<(int At, byte Octet, int How)> mutations) => mutations.Aggregate(sound, Mutate);

    private static byte[] Mutate(byte[] octets, (int At, byte Octet, int How) mutation)
    {
        if (octets.Length == 0)
        {
            return octets;
        }

        var at = mutation.At % octets.Length;
        return mutation.How switch
        {
            0 => [.. octets[..at], mutation.Octet, .. octets[(at + 1)..]],
            1 => [.. octets[..at], .. octets[(at + 1)..]],
            2 => [.. octets[..at], mutation.Octet, .. octets[at..]],
            _ => octets[..at],
        };
    }
}
