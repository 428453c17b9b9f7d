namespace EdgeDcim.Protocols.Snmp.Ber;

/// <summary>
/// Reads BER with definite lengths (X.690 section 8.1) out of a datagram that nobody has checked. The first fault sticks in <see cref="Problem"/>;
/// everything read after it is empty, so that a decoder checks once at its end instead of at every step, and hostile input costs no exception.
/// </summary>
internal ref struct BerReader(ReadOnlySpan<byte> data, int start = 0)
{
    private readonly ReadOnlySpan<byte> data = data;
    private int limit = data.Length;

    /// <summary>What is wrong with the input, or null.</summary>
    public string? Problem { get; private set; }

    public int Position { get; private set; } = start;

    public readonly bool AtEnd => Position >= limit || Problem is not null;

    /// <summary>The next tag without taking it; 0 at the end.</summary>
    public readonly byte NextTag => AtEnd ? (byte)0 : data[Position];

    public void Fail(string problem) => Problem ??= problem;

    /// <summary>Goes into a constructed element. Returns what <see cref="Leave"/> needs.</summary>
    public int Enter(byte tag)
    {
        var outer = limit;
        var length = Header(tag);
        limit = Position + length;
        return outer;
    }

    /// <summary>Goes into a constructed element without believing its length: of a message that was cut on the way, the beginning can still be read.</summary>
    public void EnterCut(byte tag)
    {
        if (limit - Position < 2 || data[Position] != tag)
        {
            Fail("an element of another type than expected");
            return;
        }

        var length = data[Position + 1];
        Position = Math.Min(limit, Position + 2 + (length < 0x80 ? 0 : length & 0x7F));
    }

    /// <summary>Skips what was not read of the element and goes back to the one around it.</summary>
    public void Leave(int outer)
    {
        Position = limit;
        limit = outer;
    }

    /// <summary>The rest of the element that was entered.</summary>
    public ReadOnlySpan<byte> Rest()
    {
        if (Problem is not null)
        {
            return default;
        }

        var rest = data[Position..limit];
        Position = limit;
        return rest;
    }

    public ReadOnlySpan<byte> Octets(byte tag)
    {
        var length = Header(tag);
        var content = Problem is null ? data.Slice(Position, length) : default;
        Position += content.Length;
        return content;
    }

    public long Integer()
    {
        if (!BerIntegers.TryRead(Octets(BerTag.Integer), out var number))
        {
            Fail("an integer of 0 or of more than 8 octets");
        }

        return number;
    }

    public int Integer32()
    {
        var number = Integer();
        if (number is < int.MinValue or > int.MaxValue)
        {
            Fail("an integer that does not fit into 32 bits");
            return 0;
        }

        return (int)number;
    }

    /// <summary>Any element: its tag and contents.</summary>
    public ReadOnlySpan<byte> Element(out byte tag)
    {
        tag = NextTag;
        return Octets(tag);
    }

    private int Header(byte tag)
    {
        if (Problem is not null)
        {
            return 0;
        }

        if (limit - Position < 2)
        {
            Fail("it ends in the middle of an element");
            return 0;
        }

        if (data[Position] != tag)
        {
            Fail("an element of another type than expected");
            return 0;
        }

        Position++;
        return Length();
    }

    private int Length()
    {
        int first = data[Position++];
        if (first < 0x80)
        {
            return Checked(first);
        }

        // RFC 3417 section 8: the indefinite form (0x80) is prohibited. More than four octets cannot be a datagram's length.
        var octets = first & 0x7F;
        if (octets is 0 or > 4 || limit - Position < octets)
        {
            Fail("a length in a form that SNMP does not allow");
            return 0;
        }

        var length = 0L;
        for (var i = 0; i < octets; i++)
        {
            length = (length << 8) | data[Position++];
        }

        return Checked(length);
    }

    private int Checked(long length)
    {
        if (length <= limit - Position)
        {
            return (int)length;
        }

        Fail("an element that is longer than what is around it");
        return 0;
    }
}
