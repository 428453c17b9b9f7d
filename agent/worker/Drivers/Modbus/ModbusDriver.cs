using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Agent.Drivers.Modbus;

/// <summary>
/// Reads one unit by its profile's plan. A block that the device refuses is halved until the bad register is alone; that one is set aside and
/// tried again now and then, and the halves are remembered, so the price is paid once.
/// </summary>
/// <param name="inFlight">Requests that the path bears together.</param>
internal sealed class ModbusDriver(ModbusClient client, byte unit, ModbusProfile profile, int inFlight, TimeProvider time) : IDeviceDriver
{
    /// <summary>A device may learn to answer (firmware, module plugged in); asking more often only fills its log.</summary>
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromHours(1);

    // MODBUS 1.1b3 section 4.1: a PDU has 253 bytes at most.
    private readonly byte[] buffer = new byte[256];
    private readonly byte[][] together = [.. Enumerable.Range(0, inFlight > 1 ? inFlight : 0).Select(_ => new byte[256])];
    private readonly RegisterValues raw = new(profile.Places);
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

            await (together.Length > 1 ? ReadTogetherAsync(state, cancel) : ReadBlocksAsync(state, cancel));
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
            groups[group] = state = new GroupState(new RegisterOutputs(profile.Outputs(group)), profile.Plan(group), time.GetTimestamp());
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
                Decode(block, buffer.AsSpan(0, length));
            }
            catch (ModbusException refused) when (IsRefusal(refused))
            {
                Learn(state, i--, refused);
            }
        }
    }

    /// <summary>As <see cref="ReadBlocksAsync"/>, several requests under way at a time. What follows a refused block is asked again, once.</summary>
    private async ValueTask ReadTogetherAsync(GroupState state, CancellationToken cancel)
    {
        for (var first = 0; first < state.Blocks.Count;)
        {
            var wave = state.Blocks.Skip(first).Take(together.Length).ToList();
            var answers = wave.Select((block, i) => client.ReadAsync(unit, block.Table, (ushort)block.Start, block.Length, together[i], cancel).AsTask()).ToList();

            // All must have ended before a buffer is used again.
            await Task.WhenAll((IEnumerable<Task>)answers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ModbusException? failed = null;
            int? refusedAt = null;
            for (var i = 0; i < wave.Count; i++)
            {
                try
                {
                    Decode(wave[i], together[i].AsSpan(0, await answers[i]));
                }
                catch (ModbusException refused) when (IsRefusal(refused))
                {
                    if (refusedAt is null)
                    {
                        Learn(state, first + i, refused);
                        refusedAt = i;
                    }
                }
                catch (ModbusException other)
                {
                    failed ??= other;
                }
            }

            if (failed is not null)
            {
                throw failed;
            }

            first += refusedAt ?? wave.Count;
        }
    }

    private static bool IsRefusal(ModbusException fault) => fault.IsIllegalBlock || fault.ExceptionCode == 1;

    /// <summary>Halves the refused block, or sets its only register aside.</summary>
    private void Learn(GroupState state, int index, ModbusException refused)
    {
        var block = state.Blocks[index];
        state.Learn(time.GetTimestamp());
        state.Blocks.RemoveAt(index);
        if (block.Slots.Count > 1 && refused.IsIllegalBlock)
        {
            var (left, right) = ReadPlan.Split(block);
            state.Blocks.InsertRange(index, [left, right]);
        }
        else
        {
            SetAside(block, refused);
        }
    }

    private void Decode(ReadBlock block, ReadOnlySpan<byte> data)
    {
        for (var i = 0; i < block.Slots.Count; i++)
        {
            var slot = block.Slots[i];
            raw.Set(slot, slot.Decode(data, block.Start));
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
