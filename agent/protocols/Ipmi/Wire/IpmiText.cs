using System.Text;

namespace EdgeDcim.Protocols.Ipmi.Wire;

/// <summary>Texts with their type and length in front, as records and inventories hold them (IPMI 2.0 section 43.15, FRU 1.0 section 13).</summary>
internal static class IpmiText
{
    public const int LengthMask = 0x3F;

    private const int BcdPlus = 1;
    private const int SixBit = 2;
    private const string BcdPlusLetters = "0123456789 -.:,_";

    /// <param name="type">The two upper bits of the type/length octet are its type.</param>
    /// <param name="bytes">Behind it.</param>
    public static string Read(byte type, ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length * 2);
        switch (type >> 6)
        {
            case BcdPlus:
                foreach (var pair in bytes)
                {
                    text.Append(BcdPlusLetters[pair >> 4]).Append(BcdPlusLetters[pair & 0x0F]);
                }

                break;
            case SixBit:
                for (var bit = 0; bit + 6 <= bytes.Length * 8; bit += 6)
                {
                    var pair = bytes[bit / 8] | ((bit / 8) + 1 < bytes.Length ? bytes[(bit / 8) + 1] << 8 : 0);
                    text.Append((char)(' ' + ((pair >> (bit % 8)) & 0x3F)));
                }

                break;
            default:
                foreach (var letter in bytes)
                {
                    text.Append(letter == 0 ? ' ' : (char)letter);
                }

                break;
        }

        return text.ToString().Trim();
    }
}
