using System.Text;
using EdgeDcim.Simulator.Physics;

namespace EdgeDcim.Simulator.Snmp;

/// <summary>The objects of one SNMP device, in walking order; values are computed from the hall when asked for.</summary>
internal sealed class Mib
{
    public const byte Counter32 = 0x41;
    public const byte Gauge32 = 0x42;
    public const byte TimeTicks = 0x43;
    public const byte Counter64 = 0x46;

    private readonly SortedList<Oid, Func<HallState, byte[]>> _objects = [];

    public int Count => _objects.Count;

    /// <summary>An integer type: the true value times <paramref name="factor"/>, rounded and held within the type.</summary>
    public void Number(string oid, Func<HallState, double> value, double factor = 1, byte type = Ber.Integer)
    {
        var (least, most) = type switch
        {
            Ber.Integer => ((double)int.MinValue, (double)int.MaxValue),
            Counter64 => (0, long.MaxValue),
            _ => (0, uint.MaxValue),
        };
        _objects.Add(Oid.Parse(oid), state => Ber.Number((long)Math.Clamp(Math.Round(value(state) * factor), least, most), type));
    }

    public void Constant(string oid, long value, byte type = Ber.Integer)
    {
        var encoded = Ber.Number(value, type);
        _objects.Add(Oid.Parse(oid), _ => encoded);
    }

    public void Text(string oid, string value)
    {
        var encoded = Ber.Octets(Encoding.ASCII.GetBytes(value));
        _objects.Add(Oid.Parse(oid), _ => encoded);
    }

    /// <summary>The system group of SNMPv2-MIB (RFC 3418), by which a model is recognised.</summary>
    public void System(string description, string objectId, string name)
    {
        Text("1.3.6.1.2.1.1.1.0", description);
        var identifier = Ber.Identifier(Oid.Parse(objectId));
        _objects.Add(Oid.Parse("1.3.6.1.2.1.1.2.0"), _ => identifier);
        Number("1.3.6.1.2.1.1.3.0", state => state.Seconds, 100, TimeTicks);
        Text("1.3.6.1.2.1.1.4.0", "facility");
        Text("1.3.6.1.2.1.1.5.0", name);
        Text("1.3.6.1.2.1.1.6.0", "hall 1");
        Constant("1.3.6.1.2.1.1.7.0", 72);
    }

    /// <summary>The value of exactly this object, encoded; null when there is none.</summary>
    public byte[]? Get(Oid oid, HallState state) => _objects.TryGetValue(oid, out var value) ? value(state) : null;

    /// <summary>The first object after <paramref name="oid"/>; null past the end.</summary>
    public (Oid Oid, byte[] Value)? Next(Oid oid, HallState state)
    {
        int low = 0, high = _objects.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_objects.Keys[middle].CompareTo(oid) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < _objects.Count ? (_objects.Keys[low], _objects.Values[low](state)) : null;
    }
}
