using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Agent.Drivers.Modbus;

/// <summary>
/// Reads one unit by its profile's plan. A block that the device refuses is halved until the bad register is alone; that one is set aside and
/// tried again now and then, and the halves are remembered, so the price is paid once.
/// </summary>
internal sealed class ModbusDriver(ModbusClient client, byte unit, ModbusProfile profile, TimeProvider time) : IDeviceDriver
{
    /// <summary>A device may learn to answer (firmware, module plugged in); asking more often only fills its log.</summary>
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromHours(1);

    // MODBUS 1.1b3 section 4.1: a PDU has 253 bytes at most.
    private readonly byte[] buffer = new byte[256];
    private readonly Dictionary<RegisterSlot, double> raw = [];
    private readonly HashSet<RegisterSlot> setAside = [];
    private readonly Dictionary<PollGroup, GroupState> groups = [];
    private readonly List<string> notes = [];
    private readonly List<Sample> samples = [];
    private bool identified;

    public DeviceIdentity Identity { get; private set; } = DeviceIdentity.Unknown;

    public IReadOnlyList<string> TakeNotes()
    {
        if (notes.Count == 0)
        {
            return [];
        }

        string[] taken = [.. notes];
        notes.Clear();
        return taken;
    }

    public async ValueTask<IReadOnlyList<Sample>> ReadAsync(PollGroup group, CancellationToken cancel)
    {
        var state = StateOf(group);
        samples.Clear();
        raw.Clear();
        ModbusException? cause = null;
        try
        {
            if (!identified)
            {
                await IdentifyAsync(cancel);
            }

            await ReadBlocksAsync(state, cancel);
        }
        catch (ModbusException fault)
        {
            cause = fault;
        }

        state.Outputs.Collect(raw, samples);
        if (cause is not null)
        {
            throw new DeviceFault(KindOf(cause), cause.Message, cause) { Partial = samples };
        }

        state.Outputs.CollectLost(raw, samples);
        if (state.Blocks.Count == 0 && state.Outputs.Count > 0)
        {
            throw new DeviceFault(FaultKind.NotSupported, $"unit {unit} has none of the registers that the profile {profile.Name} reads {group} ({setAside.Count} refused); is it the right profile?");
        }

        return samples;
    }

    private GroupState StateOf(PollGroup group)
    {
        if (!groups.TryGetValue(group, out var state))
        {
            groups[group] = state = new GroupState(new RegisterOutputs(profile.Registers.Where(point => point.Every == group)), profile.Plan(group), time.GetTimestamp());
        }
        else if (state.Learnt && time.GetElapsedTime(state.Since) >= AskAgainAfter)
        {
            state.Blocks = profile.Plan(group);
            state.Learnt = false;
            state.Since = time.GetTimestamp();
        }

        return state;
    }

    private async ValueTask ReadBlocksAsync(GroupState state, CancellationToken cancel)
    {
        for (var i = 0; i < state.Blocks.Count; i++)
        {
            var block = state.Blocks[i];
            try
            {
                var length = await client.ReadAsync(unit, block.Table, (ushort)block.Start, block.Length, buffer, cancel);
                Decode(block, length);
            }
            catch (ModbusException refused) when (refused.IsIllegalBlock || refused.ExceptionCode == 1)
            {
                state.Learn(time.GetTimestamp());
                state.Blocks.RemoveAt(i);
                if (block.Slots.Count > 1 && refused.IsIllegalBlock)
                {
                    var (left, right) = ReadPlan.Split(block);
                    state.Blocks.InsertRange(i, [left, right]);
                }
                else
                {
                    SetAside(block, refused);
                }

                i--;
            }
        }
    }

    private void Decode(ReadBlock block, int length)
    {
        var data = buffer.AsSpan(0, length);
        for (var i = 0; i < block.Slots.Count; i++)
        {
            var slot = block.Slots[i];
            raw[slot] = slot.Decode(data, block.Start);
            if (setAside.Count > 0 && setAside.Remove(slot))
            {
                notes.Add($"{slot.Source} of unit {unit} answers again");
            }
        }
    }

    private void SetAside(ReadBlock block, ModbusException refused)
    {
        foreach (var slot in block.Slots)
        {
            if (setAside.Add(slot))
            {
                notes.Add($"{slot.Source} is set aside and asked again every {AskAgainAfter.TotalMinutes:0} minutes: {refused.Message}");
            }
        }
    }

    private async ValueTask IdentifyAsync(CancellationToken cancel)
    {
        foreach (var (key, slot) in profile.Identity)
        {
            try
            {
                var length = await client.ReadAsync(unit, slot.Table, (ushort)slot.Address, slot.Length, buffer, cancel);
                var text = slot.Type == RegisterType.Text
                    ? slot.DecodeText(buffer.AsSpan(0, length), slot.Address)
                    : slot.Decode(buffer.AsSpan(0, length), slot.Address).ToString(System.Globalization.CultureInfo.InvariantCulture);
                Identity = key switch
                {
                    "vendor" => Identity with { Vendor = text },
                    "model" => Identity with { Model = text },
                    "serial" => Identity with { Serial = text },
                    _ => Identity with { Firmware = text },
                };
            }
            catch (ModbusException refused) when (refused.Fault == ModbusFault.DeviceException && !refused.IsLater)
            {
                notes.Add($"the device does not tell its {key}: {refused.Message}");
            }
        }

        identified = true;
    }

    internal static FaultKind KindOf(ModbusException fault) => fault.Fault switch
    {
        ModbusFault.Unreachable or ModbusFault.Closed => FaultKind.Unreachable,
        ModbusFault.Timeout => FaultKind.Timeout,
        ModbusFault.DeviceException when fault.IsLater => FaultKind.Busy,
        ModbusFault.DeviceException => FaultKind.Refused,
        _ => FaultKind.BadReply,
    };

    private sealed class GroupState(RegisterOutputs outputs, List<ReadBlock> blocks, long since)
    {
        public RegisterOutputs Outputs => outputs;

        public List<ReadBlock> Blocks { get; set; } = blocks;

        /// <summary>The plan differs from the profile's, since <see cref="Since"/>.</summary>
        public bool Learnt { get; set; }

        public long Since { get; set; } = since;

        public void Learn(long now)
        {
            Since = Learnt ? Since : now;
            Learnt = true;
        }
    }
}
