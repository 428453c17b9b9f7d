using System.Net;
using System.Net.Sockets;
using EdgeDcim.Protocols.Tests.Snmp;

namespace EdgeDcim.Profiles.Tests.Peers;

/// <summary>An SNMP v2c agent on a loopback port that answers from a recording: GET, GETNEXT and GETBULK.</summary>
internal sealed class ReplayedAgent : IAsyncDisposable
{
    private const byte Get = 0xA0;
    private const byte GetBulk = 0xA5;

    // RFC 3416: exceptions that stand in the place of a value.
    private static readonly byte[] NoSuchObject = [0x80, 0x00];
    private static readonly byte[] EndOfMibView = [0x82, 0x00];

    private readonly TestAgent agent;
    private readonly List<(uint[] Arcs, string Oid, byte[] Value)> objects;

    public ReplayedAgent(DeviceRecording recording)
    {
        objects = [.. recording.Objects.Select(entry => (entry.Key, string.Join('.', entry.Key), entry.Value))];
        agent = new TestAgent(Answer);
    }

    public IPEndPoint EndPoint => agent.EndPoint;

    public ValueTask DisposeAsync() => agent.DisposeAsync();

    private byte[] Answer(SeenRequest request) => request.Kind switch
    {
        Get => request.Answer([.. request.Oids.Select(oid => Tlv.VarBind(oid, At(oid)))]),
        GetBulk => request.Answer([.. Bulk(request)]),
        _ => request.Answer([.. request.Oids.Select(oid => Next(oid).Bind)]),
    };

    private byte[] At(string oid)
    {
        var place = Place(DeviceRecording.Arcs(oid));
        return place < objects.Count && objects[place].Oid == oid ? objects[place].Value : NoSuchObject;
    }

    private IEnumerable<byte[]> Bulk(SeenRequest request)
    {
        var cursors = request.Oids.ToArray();
        for (var row = 0; row < Math.Min(request.Third, 20); row++)
        {
            for (var i = 0; i < cursors.Length; i++)
            {
                (cursors[i], var bind) = Next(cursors[i]);
                yield return bind;
            }
        }
    }

    private (string Oid, byte[] Bind) Next(string oid)
    {
        var arcs = DeviceRecording.Arcs(oid);
        var place = Place(arcs);
        place += place < objects.Count && objects[place].Arcs.AsSpan().SequenceEqual(arcs) ? 1 : 0;
        return place < objects.Count ? (objects[place].Oid, Tlv.VarBind(objects[place].Oid, objects[place].Value)) : (oid, Tlv.VarBind(oid, EndOfMibView));
    }

    /// <summary>Index of the first object that is not before <paramref name="arcs"/>.</summary>
    private int Place(uint[] arcs)
    {
        var (low, high) = (0, objects.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = objects[middle].Arcs.AsSpan().SequenceCompareTo(arcs) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
