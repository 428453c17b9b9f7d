using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace EdgeDcim.Agent.Discovery;

/// <summary>The addresses that a person wants to have searched, spelled out: <c>10.0.8.0/24</c>, <c>10.0.8.20-10.0.8.60</c>, <c>10.0.8.20-60</c>, <c>10.0.8.20</c>, several with commas.</summary>
internal static class AddressRange
{
    /// <summary>A /16: more is no hall, and no search that a person waits for.</summary>
    public const int MaxAddresses = 65_536;

    /// <summary>Null when the text is right; else what is wrong with it, as a sentence.</summary>
    public static string? Parse(IEnumerable<string> texts, out IReadOnlyList<IPAddress> addresses)
    {
        var found = new List<IPAddress>();
        var seen = new HashSet<IPAddress>();
        addresses = found;
        foreach (var text in texts.SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            if (Bounds(text) is not { } bounds)
            {
                return $"'{text}' is no range of addresses; write 10.0.8.0/24, 10.0.8.20-10.0.8.60, 10.0.8.20-60 or single addresses with commas";
            }

            if (bounds.Single is { } single)
            {
                Add(single);
                continue;
            }

            if (bounds.Last < bounds.First)
            {
                return $"the range '{text}' ends before it begins";
            }

            if (bounds.Last - bounds.First >= MaxAddresses || found.Count + (bounds.Last - bounds.First) >= MaxAddresses)
            {
                return $"the range '{text}' is too large: {MaxAddresses} addresses (a /16) at most in one search; search one network after the other";
            }

            for (var number = bounds.First; number <= bounds.Last; number++)
            {
                Add(Address((uint)number));
            }
        }

        return found.Count == 0 ? "there is nothing to search; write a range such as 10.0.8.0/24" : null;

        void Add(IPAddress address)
        {
            if (seen.Add(address))
            {
                found.Add(address);
            }
        }
    }

    private static (IPAddress? Single, long First, long Last)? Bounds(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0)
        {
            if (!TryNumber(text[..slash], out var network) || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var bits) || bits > 32)
            {
                return null;
            }

            var size = 1L << (32 - bits);
            var first = network & ~(size - 1);

            // The address of the network and its broadcast are no hosts; to ask the broadcast is to ask everybody.
            return bits >= 31 ? (null, first, first + size - 1) : (null, first + 1, first + size - 2);
        }

        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash > 0)
        {
            var end = text[(dash + 1)..];
            end = end.Contains('.', StringComparison.Ordinal) ? end : text[..(text.LastIndexOf('.', dash) + 1)] + end;
            return TryNumber(text[..dash], out var from) && TryNumber(end, out var to) ? (null, from, to) : null;
        }

        return TryNumber(text, out var only) ? (null, only, only)
            : IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? (address, 0, 0)
            : null;
    }

    /// <summary>Four parts, or none: IPAddress alone takes "10" for 0.0.0.10.</summary>
    private static bool TryNumber(string text, out long number)
    {
        number = 0;
        if (text.Count(letter => letter == '.') != 3 || !IPAddress.TryParse(text, out var address) || address.AddressFamily != AddressFamily.InterNetwork)
        {
            return false;
        }

        number = BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
        return true;
    }

    private static IPAddress Address(uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }
}
