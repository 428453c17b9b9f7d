using EdgeDcim.Protocols.Ipmi.Wire;

namespace EdgeDcim.Protocols.Ipmi.Fru;

/// <summary>What a part says about itself (Platform Management FRU Information 1.0). Null where it says nothing.</summary>
public sealed record FruInventory
{
    public static FruInventory Empty { get; } = new();

    public string? BoardManufacturer { get; init; }

    public string? BoardProduct { get; init; }

    public string? BoardSerial { get; init; }

    public string? BoardPart { get; init; }

    public string? ProductManufacturer { get; init; }

    public string? ProductName { get; init; }

    public string? ProductPart { get; init; }

    public string? ProductVersion { get; init; }

    public string? ProductSerial { get; init; }

    private const int HeaderBytes = 8;
    private const int BoardAreaAt = 3;
    private const int ProductAreaAt = 4;
    private const int BoardFieldsAt = 6;
    private const int ProductFieldsAt = 3;
    private const byte FormatVersion = 1;
    private const byte EndOfFields = 0xC1;

    /// <summary>What cannot be read is left out.</summary>
    internal static FruInventory Read(ReadOnlySpan<byte> image)
    {
        if (image.Length < HeaderBytes || (image[0] & 0x0F) != FormatVersion)
        {
            return Empty;
        }

        Span<string?> board = new string?[4];
        Span<string?> product = new string?[5];
        ReadFields(image, image[BoardAreaAt], BoardFieldsAt, board);
        ReadFields(image, image[ProductAreaAt], ProductFieldsAt, product);
        return new FruInventory
        {
            BoardManufacturer = board[0],
            BoardProduct = board[1],
            BoardSerial = board[2],
            BoardPart = board[3],
            ProductManufacturer = product[0],
            ProductName = product[1],
            ProductPart = product[2],
            ProductVersion = product[3],
            ProductSerial = product[4],
        };
    }

    /// <summary>How much of the image the areas with texts need: the rest may be large and is of no use.</summary>
    internal static int BytesNeeded(ReadOnlySpan<byte> header, int size)
    {
        if (header.Length < HeaderBytes)
        {
            return 0;
        }

        var last = Math.Max(header[BoardAreaAt], header[ProductAreaAt]) * 8;
        return last == 0 ? 0 : Math.Min(size, last + (256 * 8));
    }

    private static void ReadFields(ReadOnlySpan<byte> image, int area, int first, Span<string?> into)
    {
        var start = area * 8;
        if (area == 0 || start + first >= image.Length)
        {
            return;
        }

        var end = Math.Min(image.Length, start + (image[start + 1] * 8));
        var at = start + first;
        for (var i = 0; i < into.Length && at < end && image[at] != EndOfFields; i++)
        {
            var length = Math.Min(image[at] & IpmiText.LengthMask, end - at - 1);
            var text = IpmiText.Read(image[at], image.Slice(at + 1, length));
            into[i] = text.Length > 0 ? text : null;
            at += 1 + length;
        }
    }
}
