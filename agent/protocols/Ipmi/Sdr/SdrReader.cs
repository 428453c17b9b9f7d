using System.Buffers.Binary;
using EdgeDcim.Protocols.Ipmi.Session;
using EdgeDcim.Protocols.Ipmi.Wire;

namespace EdgeDcim.Protocols.Ipmi.Sdr;

/// <summary>
/// Reads the sensor data records once (IPMI 2.0 section 33): piece by piece under a reservation, in pieces as large as the controller bears,
/// and again only when its time stamp has changed.
/// </summary>
internal sealed class SdrReader(IpmiSession session, IpmiTarget target)
{
    /// <summary>The largest machines that we know describe a few hundred sensors.</summary>
    private const int MaxRecords = 8192;

    private const int LargestPiece = 32;
    private const int SmallestPiece = 4;
    private const int MaxReservations = 16;
    private const ushort First = 0;
    private const ushort Last = 0xFFFF;

    private static readonly byte[] UnknownInfo = [CompletionCode.UnknownCommand, CompletionCode.NotPresent];

    private SensorRepository? known;
    private int piece = LargestPiece;

    public async ValueTask<SensorRepository> ReadAsync(CancellationToken cancel)
    {
        var identity = await session.AskAsync<IpmiDeviceId>(new IpmiRequest(IpmiCommand.DeviceId, default), IpmiDeviceId.TryParse, cancel);
        var source = identity.HasSdrRepository || !identity.HasDeviceSdrs ? Source.Repository : Source.Device;
        var stamp = await session.AskAsync<ulong>(new IpmiRequest(source.Info, default) { Absent = UnknownInfo }, source.TryParseStamp, cancel);
        if (known is not null && known.Stamp == stamp)
        {
            return known;
        }

        if (!identity.HasSdrRepository && !identity.HasDeviceSdrs)
        {
            return known = new SensorRepository(stamp, [], 0);
        }

        var sensors = await ReadAllAsync(source, cancel);
        var ofSoftware = sensors.RemoveAll(sensor => sensor.IsOfSoftware);
        return known = new SensorRepository(stamp, sensors, ofSoftware);
    }

    private async ValueTask<List<SensorRecord>> ReadAllAsync(Source source, CancellationToken cancel)
    {
        var sensors = new List<SensorRecord>();
        var seen = new HashSet<ushort>();
        var reservation = await ReserveAsync(source, cancel);
        var reservations = 1;
        var id = First;
        while (id != Last)
        {
            if (!seen.Add(id) || seen.Count > MaxRecords)
            {
                throw new IpmiException(IpmiFault.BadReply, $"IPMI {target}: {source.Get}: the sensor data records go in circles at record {id}");
            }

            var (record, next) = await ReadRecordAsync(source, reservation, id, cancel);
            if (record is null)
            {
                // Somebody else reserved or changed the repository: this record is read anew.
                if (++reservations > MaxReservations)
                {
                    throw new IpmiException(IpmiFault.Busy, $"IPMI {target}: {source.Get}: the reservation was cancelled {MaxReservations} times");
                }

                reservation = await ReserveAsync(source, cancel);
                seen.Remove(id);
                continue;
            }

            SensorRecordReader.Read(record, sensors);
            id = next;
        }

        return sensors;
    }

    private ValueTask<ushort> ReserveAsync(Source source, CancellationToken cancel) =>
        session.AskAsync<ushort>(new IpmiRequest(source.Reserve, default) { Absent = UnknownInfo }, BinaryPrimitives.TryReadUInt16LittleEndian, cancel);

    /// <summary>Null when the reservation was cancelled.</summary>
    private async ValueTask<(byte[]? Record, ushort Next)> ReadRecordAsync(Source source, ushort reservation, ushort id, CancellationToken cancel)
    {
        try
        {
            var head = await ReadPieceAsync(source, reservation, id, 0, SensorRecordReader.HeaderBytes, cancel);
            if (head.Bytes.Length < SensorRecordReader.HeaderBytes)
            {
                throw new IpmiException(IpmiFault.BadReply, $"IPMI {target}: {source.Get}: record {id} has no header");
            }

            var record = new byte[SensorRecordReader.HeaderBytes + head.Bytes[4]];
            head.Bytes.AsSpan(0, SensorRecordReader.HeaderBytes).CopyTo(record);
            for (var at = SensorRecordReader.HeaderBytes; at < record.Length;)
            {
                var part = await ReadPieceAsync(source, reservation, id, (byte)at, Math.Min(piece, record.Length - at), cancel);
                var length = Math.Min(part.Bytes.Length, record.Length - at);
                if (length == 0)
                {
                    throw new IpmiException(IpmiFault.BadReply, $"IPMI {target}: {source.Get}: record {id} ends early");
                }

                part.Bytes.AsSpan(0, length).CopyTo(record.AsSpan(at));
                at += length;
            }

            return (record, head.Next);
        }
        catch (IpmiException cancelled) when (cancelled.CompletionCode == CompletionCode.ReservationCancelled)
        {
            return (null, 0);
        }
        catch (IpmiException empty) when (id == First && empty.CompletionCode == CompletionCode.NotPresent)
        {
            return ([], Last);
        }
    }

    private async ValueTask<Piece> ReadPieceAsync(Source source, ushort reservation, ushort id, byte offset, int count, CancellationToken cancel)
    {
        while (true)
        {
            var request = new byte[6];
            BinaryPrimitives.WriteUInt16LittleEndian(request, reservation);
            BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(2), id);
            request[4] = offset;
            request[5] = (byte)count;
            try
            {
                return await session.AskAsync<Piece>(new IpmiRequest(source.Get, request), Piece.TryParse, cancel);
            }
            catch (IpmiException large) when (count > SmallestPiece && IsTooMuch(large))
            {
                count = Math.Max(SmallestPiece, count / 2);
                piece = Math.Min(piece, count);
            }
        }
    }

    /// <summary>The code that the specification has for it, and those that controllers use instead.</summary>
    private static bool IsTooMuch(IpmiException refused) => refused.CompletionCode
        is CompletionCode.TooManyBytes or CompletionCode.LengthExceeded or CompletionCode.LengthInvalid or CompletionCode.RequestTruncated or CompletionCode.Unspecified;

    private readonly record struct Piece(ushort Next, byte[] Bytes)
    {
        public static bool TryParse(ReadOnlySpan<byte> data, out Piece piece)
        {
            piece = default;
            if (data.Length < 2)
            {
                return false;
            }

            piece = new Piece(BinaryPrimitives.ReadUInt16LittleEndian(data), data[2..].ToArray());
            return true;
        }
    }

    /// <summary>The repository of the whole machine, or the sensors of the controller itself.</summary>
    private sealed record Source(IpmiCommand Info, IpmiCommand Reserve, IpmiCommand Get, IpmiParser<ulong> TryParseStamp)
    {
        public static Source Repository { get; } = new(
            IpmiCommand.SdrInfo,
            IpmiCommand.SdrReservation,
            IpmiCommand.Sdr,
            static (data, out stamp) =>
            {
                // When the last record was added, and when one was last erased; the count too, since some controllers' clocks stand still.
                stamp = data.Length < 13 ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(data[5..]) ^ ((ulong)BinaryPrimitives.ReadUInt16LittleEndian(data[1..]) << 24);
                return data.Length >= 13;
            });

        public static Source Device { get; } = new(
            IpmiCommand.DeviceSdrInfo,
            IpmiCommand.DeviceSdrReservation,
            IpmiCommand.DeviceSdr,
            static (data, out stamp) =>
            {
                // Count and flags; the population's time stamp stands there only when it can change.
                stamp = data.Length >= 6 ? BinaryPrimitives.ReadUInt32LittleEndian(data[2..]) : data.Length >= 2 ? data[0] : 0u;
                return data.Length >= 2;
            });
    }
}
