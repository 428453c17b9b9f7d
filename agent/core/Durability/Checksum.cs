using System.Numerics;
using System.Runtime.InteropServices;

namespace EdgeDcim.Core.Durability;

/// <summary>CRC-32C (Castagnoli) over all columns of a batch row.</summary>
internal static class Checksum
{
    public static uint Of(long offset, long atMs, byte kind, int count, ReadOnlySpan<byte> payload)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, (ulong)offset);
        crc = BitOperations.Crc32C(crc, (ulong)atMs);
        crc = BitOperations.Crc32C(crc, ((ulong)kind << 32) | (uint)count);
        var words = MemoryMarshal.Cast<byte, ulong>(payload);
        foreach (var word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (var last in payload[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, last);
        }

        return ~crc;
    }
}
