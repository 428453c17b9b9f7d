using System.Text;

namespace EdgeDcim.Collector.Ingest;

/// <summary>
/// The metrics of one edge node by alias, and by device and name for nodes without aliases. Small aliases, which is what agents use,
/// live in an array; nothing is allocated by a look-up.
/// </summary>
internal sealed class BindingTable
{
    /// <summary>An edge node that announces more is not believed: the table is memory that a peer makes us spend.</summary>
    public const int MaxMetrics = 200_000;

    private const int DirectAliases = 1 << 16;
    private const int LongestName = 512;
    private readonly Dictionary<ulong, MetricBinding> sparse = [];
    private readonly Dictionary<string, Dictionary<string, MetricBinding>> names = new(StringComparer.Ordinal);
    private MetricBinding?[] direct = new MetricBinding?[256];

    public int Count { get; private set; }

    public void Clear()
    {
        Array.Clear(direct);
        sparse.Clear();
        names.Clear();
        Count = 0;
    }

    /// <summary>False when the table is full.</summary>
    public bool Add(string device, string name, ulong? alias, MetricBinding binding)
    {
        if (Count >= MaxMetrics)
        {
            return false;
        }

        if (!names.TryGetValue(device, out var ofDevice))
        {
            names.Add(device, ofDevice = new Dictionary<string, MetricBinding>(StringComparer.Ordinal));
        }

        Count += ofDevice.TryAdd(name, binding) ? 1 : 0;
        ofDevice[name] = binding;
        switch (alias)
        {
            case null:
                break;
            case < DirectAliases:
                if ((int)alias >= direct.Length)
                {
                    Array.Resize(ref direct, Math.Max(direct.Length * 2, (int)alias + 1));
                }

                direct[(int)alias] = binding;
                break;
            default:
                sparse[alias.Value] = binding;
                break;
        }

        return true;
    }

    public MetricBinding? Find(ulong alias) =>
        alias < (ulong)direct.Length ? direct[alias] : sparse.GetValueOrDefault(alias);

    /// <param name="device">An empty text for metrics of the node itself.</param>
    public MetricBinding? Find(string device, ReadOnlySpan<byte> nameUtf8)
    {
        if (!names.TryGetValue(device, out var ofDevice) || nameUtf8.Length > LongestName)
        {
            return null;
        }

        Span<char> name = stackalloc char[LongestName];
        return Encoding.UTF8.TryGetChars(nameUtf8, name, out var length)
            && ofDevice.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name[..length], out var found) ? found : null;
    }

    public MetricBinding? Find(string device, string name) =>
        names.TryGetValue(device, out var ofDevice) ? ofDevice.GetValueOrDefault(name) : null;
}
