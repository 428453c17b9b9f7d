using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Agent.Drivers.Modbus;

/// <summary>
/// Finds out which model one unit is: by what it says (function 43/14), then by registers that tell models apart. Each register is read once,
/// whichever profiles ask for it. A unit that is silent about one request may answer the next; one that never answers is not there.
/// </summary>
internal sealed class ModbusIdentifier(ModbusClient client, byte unit)
{
    /// <summary>Unanswered requests after which a unit that has not said anything is absent.</summary>
    private const int AbsentAfter = 2;

    /// <summary>Unanswered requests that a unit which is there may cost.</summary>
    private const int GiveUpAfter = 5;

    private readonly byte[] buffer = new byte[256];
    private readonly Dictionary<RegisterSlot, byte[]?> read = [];
    private bool isThere;
    private int unanswered;

    /// <exception cref="DeviceFault">The unit does not answer.</exception>
    public async ValueTask<IReadOnlyList<ProfileMatch>> RunAsync(IReadOnlyList<ModbusProfile> profiles, CancellationToken cancel)
    {
        var says = await AskAsync(cancel);
        var matches = new List<ProfileMatch>();
        foreach (var profile in profiles.Where(profile => profile.Names is not null || profile.Fingerprints.Count > 0))
        {
            if (profile.Names is { } names && (says is null || !names.Fit(says)))
            {
                continue;
            }

            if (await FitsAsync(profile, cancel))
            {
                matches.Add(MatchOf(profile, says));
            }
        }

        return [.. matches.OrderByDescending(match => match.Closeness).ThenBy(match => match.Profile.Name, StringComparer.Ordinal)];
    }

    /// <summary>Null when the unit does not know the function.</summary>
    /// <exception cref="DeviceFault">The unit does not answer.</exception>
    public async ValueTask<string?> DescribeAsync(CancellationToken cancel)
    {
        var says = await AskAsync(cancel);
        return says is null ? null : string.Join(", ", new[] { says.Vendor, says.ProductCode, says.ProductName, says.ModelName, says.Revision }
            .OfType<string>().Select(word => word.Trim()).Where(word => word.Length > 0).Distinct());
    }

    private static ProfileMatch MatchOf(ModbusProfile profile, ModbusDeviceIdentity? says)
    {
        // A name, a text or one exact number tells more than a range.
        var named = profile.Names is null ? 0 : profile.Names is { Vendor: not null, Product: not null } ? 40 : 30;
        var exact = profile.Fingerprints.Count(print => print.Text is not null || print.Low == print.High);
        var because = new List<string>();
        if (profile.Names is not null)
        {
            because.Add($"it says '{says!.Vendor} {says.ProductName ?? says.ModelName ?? says.ProductCode}'");
        }

        because.AddRange(profile.Fingerprints.Select(print => $"{print.Slot.Source} holds what the model holds"));
        return new ProfileMatch(profile, named + profile.Fingerprints.Sum(print => print.Strength), string.Join(", ", because)) { IsGuess = named + exact == 0 };
    }

    private async ValueTask<ModbusDeviceIdentity?> AskAsync(CancellationToken cancel)
    {
        try
        {
            var says = await client.ReadIdentityAsync(unit, cancel);
            isThere = true;
            return says;
        }
        catch (ModbusException fault)
        {
            Judge(fault);
            return null;
        }
    }

    private async ValueTask<bool> FitsAsync(ModbusProfile profile, CancellationToken cancel)
    {
        foreach (var print in profile.Fingerprints)
        {
            if (!read.TryGetValue(print.Slot, out var content))
            {
                read[print.Slot] = content = await ReadAsync(print.Slot, cancel);
            }

            if (content is null || !print.Fits(content))
            {
                return false;
            }
        }

        return true;
    }

    private async ValueTask<byte[]?> ReadAsync(RegisterSlot slot, CancellationToken cancel)
    {
        if (unanswered >= GiveUpAfter)
        {
            return null;
        }

        try
        {
            var length = await client.ReadAsync(unit, slot.Table, (ushort)slot.Address, slot.Length, buffer, cancel);
            isThere = true;
            return buffer[..length];
        }
        catch (ModbusException fault)
        {
            Judge(fault);
            return null;
        }
    }

    /// <summary>Returns when it is worth asking on.</summary>
    private void Judge(ModbusException fault)
    {
        // 0A: the gateway has no way to the unit; every other refusal comes from the unit itself.
        if (fault.Fault == ModbusFault.DeviceException && !fault.IsLater && fault.ExceptionCode != 0x0A)
        {
            isThere = true;
            return;
        }

        unanswered++;
        var isAbsent = fault.Fault != ModbusFault.Timeout || (!isThere && unanswered >= AbsentAfter);
        if (isAbsent)
        {
            throw new DeviceFault(ModbusDriver.KindOf(fault), fault.Message, fault);
        }
    }
}
