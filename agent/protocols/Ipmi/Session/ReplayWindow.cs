namespace EdgeDcim.Protocols.Ipmi.Session;

/// <summary>Lets each sequence number of the controller's packets pass once, and none that is far behind (IPMI 2.0 section 6.12.13).</summary>
internal struct ReplayWindow
{
    private const int Width = 32;

    private uint newest;
    private uint seen;

    public bool Accept(uint sequence)
    {
        var ahead = unchecked((int)(sequence - newest));
        if (seen == 0 || ahead >= Width)
        {
            newest = sequence;
            seen = 1;
            return true;
        }

        if (ahead > 0)
        {
            newest = sequence;
            seen = (seen << ahead) | 1;
            return true;
        }

        var bit = ahead > -Width ? 1u << -ahead : 0;
        if (bit == 0 || (seen & bit) != 0)
        {
            return false;
        }

        seen |= bit;
        return true;
    }
}
