using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Drivers.Modbus;
using EdgeDcim.Agent.Tests.Profiles;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Agent.Tests.Drivers;

public sealed class ModbusIdentifierTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_device_says_wins_over_a_register_and_each_register_is_read_once()
    {
        await using var device = new ScriptedModbus { Identity = new ModbusDeviceIdentity("Acme", "M3", "1.0", null, null, null, null) };
        device.Registers[100] = 24;

        var matches = await new ModbusIdentifier(device, 1).RunAsync(
            [
                Model("identify: { address: 100, type: u16, between: [20, 30] }"),
                Model("identify: { address: 100, type: u16, equals: 24 }"),
                Model("identify: { vendor: \"acme\", product: \"m*\" }"),
                Model("identify: { vendor: Other }"),
                Model("identify: { vendor: Acme, address: 100, equals: 25 }"),
                Model(""),
            ],
            Cancel);

        Assert.Equal([40, 10, 5], matches.Select(match => match.Closeness));
        Assert.Equal([false, false, true], matches.Select(match => match.IsGuess));
        Assert.Equal("it says 'Acme M3'", matches[0].Because);
        Assert.Equal([100], device.Asked);
    }

    [Fact]
    public async Task A_narrow_range_says_more_than_a_wide_one_and_one_that_an_empty_register_fits_says_nearly_nothing()
    {
        await using var device = new ScriptedModbus { Identity = null };
        device.Registers[11] = 1745;
        string[] models = ["between: [-1, 2000]", "between: [500, 5000]", "between: [1744, 1763]", "between: [1700, 1800]"];

        var matches = await new ModbusIdentifier(device, 1).RunAsync([.. models.Select(range => Model($"identify: {{ address: 11, type: u16, {range} }}"))], Cancel);

        Assert.Equal([9, 8, 2, 1], matches.Select(match => match.Closeness));
        Assert.All(matches, match => Assert.True(match.IsGuess));
    }

    [Fact]
    public async Task A_device_that_only_refuses_is_there_and_fits_nothing()
    {
        await using var device = new ScriptedModbus { Fault = _ => Refused(2) };

        Assert.Empty(await new ModbusIdentifier(device, 1).RunAsync([Model("identify: { address: 1, equals: 1 }")], Cancel));
    }

    [Fact]
    public async Task A_device_that_keeps_silent_about_what_it_does_not_know_is_asked_on()
    {
        await using var device = new ScriptedModbus { Identity = null, Fault = address => address is null or 7 ? Silent() : null };
        device.Registers[8] = 3;

        var match = Assert.Single(await new ModbusIdentifier(device, 1).RunAsync([Model("identify: { address: 8, equals: 3 }"), Model("identify: { address: 7, equals: 1 }")], Cancel));

        Assert.Equal(10, match.Closeness);
    }

    [Fact]
    public async Task A_unit_that_never_answers_costs_two_requests_and_one_behind_a_gateway_that_says_so_costs_one()
    {
        var models = Enumerable.Range(0, 20).Select(i => Model($"identify: {{ address: {i}, equals: 1 }}")).ToList();
        await using var silent = new ScriptedModbus { Fault = _ => Silent() };
        var fault = await Assert.ThrowsAsync<DeviceFault>(async () => await new ModbusIdentifier(silent, 1).RunAsync(models, Cancel));
        Assert.Equal((FaultKind.Timeout, 1), (fault.Kind, silent.Asked.Count));

        foreach (var code in (byte[])[0x0A, 0x0B])
        {
            await using var gateway = new ScriptedModbus { Fault = _ => Refused(code) };
            await Assert.ThrowsAsync<DeviceFault>(async () => await new ModbusIdentifier(gateway, 1).RunAsync(models, Cancel));
            Assert.Empty(gateway.Asked);
        }
    }

    private static ModbusProfile Model(string identify) =>
        (ModbusProfile)ProfileText.Read("modbus", $"{identify}\npoints:\n  - {{ metric: current, address: 0 }}");

    private static ModbusRequest Request => new(1, 3, 0, 1);

    private static ModbusException Refused(byte code) => new(ModbusFault.DeviceException, Request, "peer", "refused", code);

    private static ModbusException Silent() => new(ModbusFault.Timeout, Request, "peer", "silent");

    private sealed class ScriptedModbus : ModbusClient
    {
        public ModbusDeviceIdentity? Identity { get; init; }

        public Dictionary<int, ushort> Registers { get; } = [];

        public List<int> Asked { get; } = [];

        /// <summary>What goes wrong at an address, or (null) with the question for the identity.</summary>
        public Func<int?, ModbusException?> Fault { get; init; } = _ => null;

        public override ValueTask<int> ReadAsync(byte unit, ModbusFunction function, ushort address, int count, Memory<byte> destination, CancellationToken cancel)
        {
            Asked.Add(address);
            if (Fault(address) is { } fault)
            {
                throw fault;
            }

            System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(destination.Span, Registers.GetValueOrDefault(address));
            return ValueTask.FromResult(2);
        }

        public override ValueTask<ModbusDeviceIdentity?> ReadIdentityAsync(byte unit, CancellationToken cancel) =>
            Fault(null) is { } fault ? throw fault : ValueTask.FromResult(Identity);

        public override void Pace(byte unit, TimeSpan gap, TimeSpan? turnaround)
        {
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
