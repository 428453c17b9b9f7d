using EdgeDcim.Agent.Profiles;
using EdgeDcim.Agent.Recording;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Agent.Drivers.Modbus;

/// <summary>Captures the registers that a profile reads: a line a block, <c>holding/3027|4366 199A</c>; bits one a line. The serial number becomes zeros.</summary>
internal sealed class ModbusRecorder(ModbusClient client, byte unit, ModbusProfile profile, RecordOptions options)
{
    private readonly byte[] buffer = new byte[256];
    private readonly List<string> lines = [];

    /// <exception cref="ModbusException">The unit does not answer.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancel)
    {
        var serial = profile.Identity.GetValueOrDefault("serial");
        var blocks = Enum.GetValues<PollGroup>().SelectMany(profile.Plan)
            .Concat(ReadPlan.Build(profile.Identity.Values.Concat(profile.Fingerprints.Select(print => print.Slot)), profile.Limits));
        foreach (var block in blocks)
        {
            await ReadAsync(block, serial, cancel);
            options.Progress(lines.Count);
        }

        return [.. lines.Distinct()];
    }

    private async Task ReadAsync(ReadBlock block, RegisterSlot? serial, CancellationToken cancel)
    {
        await options.PaceAsync(cancel);
        try
        {
            var length = await client.ReadAsync(unit, block.Table, (ushort)block.Start, block.Length, buffer, cancel);
            Write(block, buffer.AsSpan(0, length), serial);
        }
        catch (ModbusException refused) when (refused.IsIllegalBlock || refused.ExceptionCode == 1)
        {
            if (block.Slots.Count > 1)
            {
                var (left, right) = ReadPlan.Split(block);
                await ReadAsync(left, serial, cancel);
                await ReadAsync(right, serial, cancel);
            }
        }
    }

    private void Write(ReadBlock block, ReadOnlySpan<byte> data, RegisterSlot? serial)
    {
        var table = RegisterSlot.TableName(block.Table);
        if (ModbusLimits.IsBits(block.Table))
        {
            for (var i = 0; i < block.Length; i++)
            {
                lines.Add($"{table}/{block.Start + i}|{(data[i / 8] >> (i % 8)) & 1}");
            }

            return;
        }

        var words = new string[block.Length];
        for (var i = 0; i < block.Length; i++)
        {
            var address = block.Start + i;
            var isSerial = serial is not null && serial.Table == block.Table && address >= serial.Address && address < serial.End;
            words[i] = isSerial ? "0000" : Convert.ToHexString(data.Slice(i * 2, 2));
        }

        lines.Add($"{table}/{block.Start}|{string.Join(' ', words)}");
    }
}
