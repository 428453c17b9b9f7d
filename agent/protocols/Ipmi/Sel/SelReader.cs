using System.Buffers.Binary;
using EdgeDcim.Protocols.Ipmi.Session;
using EdgeDcim.Protocols.Ipmi.Wire;

namespace EdgeDcim.Protocols.Ipmi.Sel;

/// <summary>Reads an event log from where it was last read. Asks everything once only: a log that is slow today is read tomorrow.</summary>
internal sealed class SelReader(IpmiSession session)
{
    private const ushort First = 0;
    private const ushort Last = 0xFFFF;
    private const byte WholeRecord = 0xFF;

    private static readonly byte[] NoLog = [CompletionCode.UnknownCommand, CompletionCode.NotPresent, 0xCC];

    public async ValueTask<SelPage?> ReadAsync(SelPosition? from, int most, CancellationToken cancel)
    {
        var info = await session.AskAsync<Info?>(new IpmiRequest(IpmiCommand.SelInfo, default) { Retries = 0, Absent = NoLog }, Info.TryParse, cancel);
        if (info is null)
        {
            return null;
        }

        if (from is null)
        {
            var newest = info.Value.Count == 0 ? null : await EntryAsync(Last, cancel);
            return new SelPage([], At(newest?.Entry, info.Value.Erased));
        }

        var position = from.Value with { Erased = info.Value.Erased };
        return info.Value.Count == 0 ? new SelPage([], At(null, info.Value.Erased)) : await ReadBehindAsync(position, most, cancel);
    }

    private async ValueTask<SelPage> ReadBehindAsync(SelPosition position, int most, CancellationToken cancel)
    {
        var entries = new List<SelEntry>();
        var next = First;
        if (position.LastId != First)
        {
            // The entry that was read last tells the one behind it; when it is gone or another one the log was erased or rotated and begins anew.
            next = await EntryAsync(position.LastId, cancel) is { } last && last.Entry.Id == position.LastId && last.Entry.Held == position.LastHeld ? last.Next : First;
        }

        while (next != Last && entries.Count < most)
        {
            if (await EntryAsync(next, cancel) is not { } found || found.Next == found.Entry.Id)
            {
                break;
            }

            entries.Add(found.Entry);
            position = At(found.Entry, position.Erased);
            next = found.Next;
        }

        return new SelPage(entries, position);
    }

    private static SelPosition At(SelEntry? last, uint erased) => new(last?.Id ?? First, erased, last?.Held ?? 0);

    private ValueTask<Link?> EntryAsync(ushort id, CancellationToken cancel)
    {
        var request = new byte[6];
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(2), id);
        request[5] = WholeRecord;
        return session.AskAsync<Link?>(new IpmiRequest(IpmiCommand.SelEntry, request) { Retries = 0, Absent = NoLog }, Link.TryParse, cancel);
    }

    private readonly record struct Info(int Count, uint Erased)
    {
        public static bool TryParse(ReadOnlySpan<byte> data, out Info? info)
        {
            info = data.Length < 13 ? null : new Info(BinaryPrimitives.ReadUInt16LittleEndian(data[1..]), BinaryPrimitives.ReadUInt32LittleEndian(data[9..]));
            return info is not null;
        }
    }

    private sealed record Link(ushort Next, SelEntry Entry)
    {
        public static bool TryParse(ReadOnlySpan<byte> data, out Link? link)
        {
            link = data.Length >= 2 && SelEntry.TryParse(data[2..], out var entry) ? new Link(BinaryPrimitives.ReadUInt16LittleEndian(data), entry) : null;
            return link is not null;
        }
    }
}
