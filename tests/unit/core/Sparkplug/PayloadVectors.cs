namespace EdgeDcim.Core.Tests.Sparkplug;

/// <summary>Payloads written by hand from the protobuf wire format and the field numbers of the specification, never by our own encoder.</summary>
internal static class PayloadVectors
{
    public const long TimestampMs = 1_486_144_502_122;

    /// <summary>1 486 144 502 122 as a varint.</summary>
    private static readonly byte[] Stamp = [0xEA, 0xF2, 0xF5, 0xA8, 0xA0, 0x2B];

    /// <summary>Time stamp, one metric (alias 5, the same time, double 230.5), seq 200.</summary>
    public static byte[] Data =>
    [
        0x08, .. Stamp,
        0x12, 18,
            0x10, 5,
            0x18, .. Stamp,
            0x69, 0, 0, 0, 0, 0, 0xD0, 0x6C, 0x40,
        0x18, 0xC8, 0x01,
    ];

    /// <summary>A metric of a birth: name, alias, time, datatype Double, engUnit = W, value 1.5; then seq 0.</summary>
    public static byte[] Birth =>
    [
        0x08, .. Stamp,
        0x12, 46,
            0x0A, 5, (byte)'p', (byte)'o', (byte)'w', (byte)'e', (byte)'r',
            0x10, 0xAC, 0x02,
            0x18, .. Stamp,
            0x20, 10,
            0x4A, 16,
                0x0A, 7, (byte)'e', (byte)'n', (byte)'g', (byte)'U', (byte)'n', (byte)'i', (byte)'t',
                0x12, 5, 0x08, 12, 0x42, 1, (byte)'W',
            0x69, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F,
        0x18, 0,
    ];

    /// <summary>NDEATH: bdSeq = 3 as Int64, no seq.</summary>
    public static byte[] Death =>
    [
        0x08, .. Stamp,
        0x12, 11,
            0x0A, 5, (byte)'b', (byte)'d', (byte)'S', (byte)'e', (byte)'q',
            0x20, 4,
            0x58, 3,
    ];

    /// <summary>A replayed reading that was missing: alias 7, historical, null, Quality = 500 (Int32); seq 1.</summary>
    public static byte[] HistoricalNull =>
    [
        0x08, .. Stamp,
        0x12, 31,
            0x10, 7,
            0x18, .. Stamp,
            0x28, 1,
            0x38, 1,
            0x4A, 16,
                0x0A, 7, (byte)'Q', (byte)'u', (byte)'a', (byte)'l', (byte)'i', (byte)'t', (byte)'y',
                0x12, 5, 0x08, 3, 0x18, 0xF4, 0x03,
        0x18, 1,
    ];

    /// <summary>Properties with all keys before all values, as code generated from the specification's schema writes them.</summary>
    public static byte[] KeysThenValues =>
    [
        0x12, 26,
            0x10, 1,
            0x4A, 22,
                0x0A, 1, (byte)'a',
                0x0A, 1, (byte)'b',
                0x12, 5, 0x08, 12, 0x42, 1, (byte)'x',
                0x12, 7, 0x08, 3, 0x18, 0x80, 0x80, 0x80, 0x08,
        0x18, 9,
    ];
}
