using System.Buffers.Binary;
using EdgeDcim.Protocols.Ipmi.Session;
using EdgeDcim.Protocols.Ipmi.Wire;

namespace EdgeDcim.Protocols.Ipmi.Fru;

/// <summary>Reads the inventory of one part piece by piece (IPMI 2.0 section 34), as far as its texts go.</summary>
internal sealed class FruReader(IpmiSession session, byte id)
{
    private const int MaxBytes = 4096;
    private const int LargestPiece = 32;
    private const int SmallestPiece = 4;
    private const int HeaderBytes = 8;

    private static readonly byte[] NoInventory = [CompletionCode.UnknownCommand, 0xC9, CompletionCode.NotPresent, 0xCC, CompletionCode.NotInThisState];

    public async ValueTask<FruInventory> ReadAsync(CancellationToken cancel)
    {
        var info = await session.AskAsync<Info>(new IpmiRequest(IpmiCommand.FruInfo, new[] { id }) { Absent = NoInventory }, Info.TryParse, cancel);
        var size = Math.Min(info.Size, MaxBytes);
        if (size < HeaderBytes)
        {
            return FruInventory.Empty;
        }

        var unit = info.CountsWords ? 2 : 1;
        var image = new List<byte>(size);
        await ReadToAsync(image, HeaderBytes, unit, cancel);
        await ReadToAsync(image, FruInventory.BytesNeeded([.. image], size), unit, cancel);
        return FruInventory.Read([.. image]);
    }

    private async ValueTask ReadToAsync(List<byte> image, int end, int unit, CancellationToken cancel)
    {
        var piece = LargestPiece;
        while (image.Count < end)
        {
            var request = new byte[4];
            request[0] = id;
            BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(1), (ushort)(image.Count / unit));
            request[3] = (byte)(Math.Min(piece, end - image.Count + unit - 1) / unit);
            try
            {
                var part = await session.AskAsync<byte[]?>(new IpmiRequest(IpmiCommand.FruData, request) { Absent = NoInventory }, TryParseData, cancel);
                if (part is not { Length: > 0 })
                {
                    return;
                }

                image.AddRange(part);
            }
            catch (IpmiException large) when (piece > SmallestPiece && large.Fault == IpmiFault.Refused)
            {
                piece /= 2;
            }
            catch (IpmiException ended) when (ended.Fault == IpmiFault.Refused)
            {
                return;
            }
        }
    }

    private static bool TryParseData(ReadOnlySpan<byte> data, out byte[]? bytes)
    {
        bytes = data.Length < 1 ? null : data[1..].ToArray();
        return bytes is not null;
    }

    private readonly record struct Info(int Size, bool CountsWords)
    {
        public static bool TryParse(ReadOnlySpan<byte> data, out Info info)
        {
            info = data.Length < 3 ? default : new Info(BinaryPrimitives.ReadUInt16LittleEndian(data), (data[2] & 1) != 0);
            return data.Length >= 3;
        }
    }
}
