using EdgeDcim.Simulator.Physics;

namespace EdgeDcim.Simulator.Devices;

/// <summary>Every true value of the hall under the name that the vocabulary gives it, in its canonical unit, before any meter rounds it.</summary>
internal sealed class TruthTable
{
    private readonly SortedDictionary<string, Func<HallState, double>> _values = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => _values.Keys;

    /// <summary>Every name with what it is computed by; asked of a view as the instruments show it, it gives what they show.</summary>
    public IEnumerable<(string Name, Func<HallState, double> Value)> Points => _values.Select(one => (one.Key, one.Value));

    /// <param name="name">"metric" or "metric/part".</param>
    public void Add(string device, string name, Func<HallState, double> value) => _values.Add($"{device}/{name}", value);

    public SortedDictionary<string, double> At(HallState state)
    {
        var result = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, value) in _values)
        {
            result[name] = value(state);
        }

        return result;
    }
}
