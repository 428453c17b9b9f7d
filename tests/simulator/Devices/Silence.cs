using System.Collections.Concurrent;

namespace EdgeDcim.Simulator.Devices;

/// <summary>Which devices do not answer at present.</summary>
internal sealed class Silence
{
    private readonly ConcurrentDictionary<string, bool> _silent = new();

    public IReadOnlyCollection<string> Devices => [.. _silent.Keys.Order(StringComparer.Ordinal)];

    public bool IsSilent(string device) => _silent.ContainsKey(device);

    public void Set(string device, bool silent)
    {
        if (silent)
        {
            _silent[device] = true;
        }
        else
        {
            _silent.TryRemove(device, out _);
        }
    }
}
