using System.Globalization;
using EdgeDcim.Agent.Recording;
using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Agent.Drivers.Snmp;

/// <summary>Captures what an agent has into the text form of snmpsim (<c>OID|tag|value</c>), without what tells whose it is.</summary>
internal sealed class SnmpRecorder(SnmpClient client, RecordOptions options)
{
    private const int MaxRows = 200_000;
    private const int Repetitions = 20;
    private static readonly Oid System = Oid.Parse("1.3.6.1.2.1.1");

    /// <summary>Where measurements and models stand. Addresses, routes, users and communities stand elsewhere and are not asked for.</summary>
    private static readonly Oid[] Roots =
    [
        System,
        Oid.Parse("1.3.6.1.2.1.25.3"),
        Oid.Parse("1.3.6.1.2.1.33"),
        Oid.Parse("1.3.6.1.2.1.47.1.1.1"),
        Oid.Parse("1.3.6.1.2.1.99"),
        Oid.Parse("1.3.6.1.4.1"),
    ];

    /// <summary>sysContact, sysName, sysLocation; serial number, alias and asset tag of the ENTITY-MIB.</summary>
    private static readonly Oid[] Privates =
    [
        System.Append(4), System.Append(5), System.Append(6),
        Oid.Parse("1.3.6.1.2.1.47.1.1.1.1.11"), Oid.Parse("1.3.6.1.2.1.47.1.1.1.1.14"), Oid.Parse("1.3.6.1.2.1.47.1.1.1.1.15"),
    ];

    /// <param name="profile">Knows where the maker keeps the serial number; null: nobody does.</param>
    /// <param name="secrets">Texts that must not appear: the community.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="SnmpException">The agent does not answer any more.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(SnmpProfile? profile, IEnumerable<string> secrets, CancellationToken cancel)
    {
        var rows = new List<SnmpVariable>();
        foreach (var root in Roots)
        {
            await WalkAsync(root, rows, cancel);
        }

        var serials = profile?.Identity.GetValueOrDefault("serial", []) ?? [];
        var privates = rows.Where(row => Privates.Any(root => row.Oid.StartsWith(root)) || serials.Contains(row.Oid)).Select(row => row.Oid).ToHashSet();
        var scrubber = new Scrubber(rows.Where(row => privates.Contains(row.Oid)).Select(row => row.Value.AsText()).Concat(secrets));
        return [.. rows.Select(row => Line(row, privates.Contains(row.Oid), scrubber)).OfType<string>()];
    }

    private async Task WalkAsync(Oid root, List<SnmpVariable> rows, CancellationToken cancel)
    {
        var last = root;
        var repetitions = Repetitions;
        while (rows.Count < MaxRows)
        {
            await options.PaceAsync(cancel);
            IReadOnlyList<SnmpVariable> page;
            try
            {
                page = await client.GetBulkAsync([last], 0, repetitions, cancel);
            }
            catch (SnmpException large) when (repetitions > 1 && large.Fault is SnmpFault.AgentError or SnmpFault.Timeout)
            {
                repetitions /= 2;
                continue;
            }

            foreach (var row in page)
            {
                if (!row.Value.HasValue || !row.Oid.StartsWith(root) || row.Oid <= last)
                {
                    return;
                }

                rows.Add(row);
                last = row.Oid;
            }

            options.Progress(rows.Count);
            if (page.Count == 0)
            {
                return;
            }
        }
    }

    /// <summary>Null for a type that snmpsim does not know.</summary>
    private static string? Line(in SnmpVariable row, bool isPrivate, Scrubber scrubber)
    {
        var value = row.Value;
        return value.Type switch
        {
            SnmpType.Integer32 => $"{row.Oid}|2|{value.Integer.ToString(CultureInfo.InvariantCulture)}",
            SnmpType.Counter32 => $"{row.Oid}|65|{value.Unsigned}",
            SnmpType.Gauge32 => $"{row.Oid}|66|{value.Unsigned}",
            SnmpType.TimeTicks => $"{row.Oid}|67|{value.Unsigned}",
            SnmpType.Counter64 => $"{row.Oid}|70|{value.Unsigned}",
            SnmpType.ObjectIdentifier => $"{row.Oid}|6|{value.ObjectIdentifier}",
            SnmpType.IpAddress => $"{row.Oid}|64|192.0.2.1",
            SnmpType.Opaque => $"{row.Oid}|68x|{Convert.ToHexStringLower(value.Bytes.Span)}",
            SnmpType.OctetString when !Scrubber.IsText(value.Bytes.Span) && !isPrivate => $"{row.Oid}|4x|{Convert.ToHexStringLower(Scrubber.Octets(value.Bytes.ToArray()))}",
            SnmpType.OctetString => $"{row.Oid}|4|{(isPrivate ? value.Bytes.IsEmpty ? "" : "scrubbed" : scrubber.Text(value.AsText()))}",
            _ => null,
        };
    }
}
