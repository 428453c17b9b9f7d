using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Drivers.Modbus;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Agent.Tests.Profiles;
using EdgeDcim.Protocols.Modbus;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Agent.Tests.Drivers;

public sealed class ModbusDriverTests : IAsyncLifetime
{
    private const string FourCurrents = """
        points:
          - { metric: current, part: L1, address: 100, scale: 0.1 }
          - { metric: current, part: L2, address: 101, scale: 0.1 }
          - { metric: current, part: L3, address: 102, scale: 0.1 }
          - { metric: current.neutral, address: 103, scale: 0.1 }
        """;

    private readonly RegisterServer server = new();
    private readonly FakeTimeProvider time = new();
    private ModbusTcpClient client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        client = server.Connect();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task ReadAsync_plan_takesOneRequestAndScales()
    {
        server.Registers[100] = 125;
        server.Registers[103] = 3;

        var samples = await Driver(FourCurrents).ReadAsync(PollGroup.Normal, Cancel);

        Assert.Equal([(100, 4)], server.Asked);
        Assert.Equal([12.5, 0, 0, 0.3], samples.Select(sample => Math.Round(sample.Value, 9)));
        Assert.Equal(["holding/100", "holding/101", "holding/102", "holding/103"], samples.Select(sample => sample.Instance.Source));
    }

    [Fact]
    public async Task ReadAsync_oneRefusedRegister_keepsTheOthersAndPaysOnce()
    {
        server.Refused[102] = 2;
        var driver = Driver(FourCurrents);

        var first = (await driver.ReadAsync(PollGroup.Normal, Cancel)).Select(sample => sample.Instance.Part).ToList();
        var note = Assert.Single(driver.TakeNotes());
        server.Asked.Clear();
        var second = (await driver.ReadAsync(PollGroup.Normal, Cancel)).Count;

        Assert.Equal(["L1", "L2", null], first);
        Assert.Contains("holding/102 is set aside", note, StringComparison.Ordinal);
        Assert.Equal([(100, 2), (103, 1)], server.Asked);
        Assert.Equal(3, second);
        Assert.Empty(driver.TakeNotes());
    }

    [Fact]
    public async Task ReadAsync_refusedRegisterThatAnswersLater_comesBackWithinTheHour()
    {
        server.Refused[102] = 2;
        var driver = Driver(FourCurrents);
        await driver.ReadAsync(PollGroup.Normal, Cancel);
        driver.TakeNotes();
        server.Refused.Clear();

        time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(3, (await driver.ReadAsync(PollGroup.Normal, Cancel)).Count);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(4, (await driver.ReadAsync(PollGroup.Normal, Cancel)).Count);

        Assert.Contains("holding/102 of unit 1 answers again", driver.TakeNotes());
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(0x0B)]
    public async Task ReadAsync_deviceSaysLater_isBusyAndNothingIsSetAside(byte code)
    {
        server.Refused[102] = code;
        var driver = Driver(FourCurrents);

        var fault = await Assert.ThrowsAsync<DeviceFault>(async () => await driver.ReadAsync(PollGroup.Normal, Cancel));
        server.Refused.Clear();

        Assert.Equal(FaultKind.Busy, fault.Kind);
        Assert.Empty(driver.TakeNotes());
        Assert.Equal(4, (await driver.ReadAsync(PollGroup.Normal, Cancel)).Count);
    }

    [Fact]
    public async Task ReadAsync_nothingAnswers_saysThatTheProfileIsProbablyWrong()
    {
        for (var address = 100; address < 104; address++)
        {
            server.Refused[address] = 2;
        }

        var fault = await Assert.ThrowsAsync<DeviceFault>(async () => await Driver(FourCurrents).ReadAsync(PollGroup.Normal, Cancel));

        Assert.Equal(FaultKind.NotSupported, fault.Kind);
        Assert.Contains("is it the right profile?", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Illegal_address_inside_a_block_of_forty_keeps_thirty_nine_and_names_the_one_once()
    {
        server.Refused[217] = 2;
        var driver = Driver(Registers(200, 40));

        Assert.Equal(39, (await driver.ReadAsync(PollGroup.Normal, Cancel)).Count);
        Assert.Contains("holding/217 is set aside", Assert.Single(driver.TakeNotes()), StringComparison.Ordinal);
        server.Asked.Clear();
        Assert.Equal(39, (await driver.ReadAsync(PollGroup.Normal, Cancel)).Count);
        Assert.Empty(driver.TakeNotes());
        Assert.DoesNotContain(server.Asked, block => block.Address <= 217 && block.Address + block.Count > 217);
    }

    [Fact]
    public async Task Blocks_asked_together_give_every_register_its_own_value_and_a_refused_one_is_set_aside_all_the_same()
    {
        for (var i = 0; i < 40; i++)
        {
            server.Registers[200 + i] = (ushort)(1000 + i);
        }

        server.Refused[217] = 2;
        await using var eager = server.Connect(inFlight: 3);
        var driver = new ModbusDriver(eager, 1, (ModbusProfile)ProfileText.Read("modbus", "modbus: { max_registers: 4, in_flight: 3 }\n" + Registers(200, 40)), 3, time);
        for (var poll = 0; poll < 3; poll++)
        {
            var samples = await driver.ReadAsync(PollGroup.Normal, Cancel);
            Assert.Equal(Enumerable.Range(0, 40).Where(i => i != 17).Select(i => (double)(1000 + i)), samples.Select(sample => sample.Value));
        }

        Assert.Single(driver.TakeNotes());
        server.Refused[230] = 6;
        Assert.Equal(FaultKind.Busy, (await Assert.ThrowsAsync<DeviceFault>(async () => await driver.ReadAsync(PollGroup.Normal, Cancel))).Kind);
    }

    [Fact]
    public async Task ReadAsync_sentinel_isASampleWithoutValue()
    {
        server.Registers[7] = 0xFFFF;

        var sample = Assert.Single(await Driver("points:\n  - { metric: load, address: 7, missing: [65535] }").ReadAsync(PollGroup.Normal, Cancel));

        Assert.True(double.IsNaN(sample.Value));
    }

    [Fact]
    public async Task ReadAsync_scaleFromRegister_isAppliedAtEachRead()
    {
        server.Registers[7] = 123;
        server.Registers[8] = 0xFFFF; // −1: tenths
        var driver = Driver("points:\n  - { metric: current, address: 7, scale_from: { address: 8, type: s16, as: exponent } }");

        var tenths = (await driver.ReadAsync(PollGroup.Normal, Cancel))[0].Value;
        server.Registers[8] = 0;
        var whole = (await driver.ReadAsync(PollGroup.Normal, Cancel))[0].Value;

        Assert.Equal((12.3, 123), (Math.Round(tenths, 9), whole));
    }

    [Theory]
    [InlineData(0b0010, 1, "online")]
    [InlineData(0b0110, 4, "battery")]
    [InlineData(0x2002, 2, "eco")]
    [InlineData(0, 0, "unknown")]
    public async Task ReadAsync_decide_takesTheFirstBitWithAVerdict(int status, int code, string word)
    {
        server.Registers[0] = (ushort)status;
        var driver = Driver("""
            points:
              - metric: ups.mode
                address: 0
                decide:
                  - { bit: 13, states: { 1: eco } }
                  - { bit: 2, states: { 1: battery } }
                  - { bit: 1, states: { 1: online } }
            """);

        var sample = Assert.Single(await driver.ReadAsync(PollGroup.Normal, Cancel));

        Assert.Equal((code, word), ((int)sample.Value, sample.Instance.Point.Metric.StateName(sample.Value)));
    }

    [Fact]
    public async Task Two_devices_of_one_profile_share_its_points_and_neither_its_choices_nor_its_values()
    {
        await using var other = new RegisterServer();
        await using var otherClient = other.Connect();
        server.Refused[0] = 2;
        (server.Registers[10], other.Registers[0], other.Registers[10]) = (7, 5, 6);
        var profile = (ModbusProfile)ProfileText.Read("modbus", """
            points:
              - metric: current
                first_of:
                  - { address: 0 }
                  - { address: 10 }
            """);
        var (one, two) = (new ModbusDriver(client, 1, profile, 1, time), new ModbusDriver(otherClient, 1, profile, 1, time));

        for (var poll = 0; poll < 2; poll++)
        {
            var ofOne = Assert.Single(await one.ReadAsync(PollGroup.Normal, Cancel));
            var ofTwo = Assert.Single(await two.ReadAsync(PollGroup.Normal, Cancel));
            Assert.Equal([("holding/10", 7), ("holding/0", 5)], [(ofOne.Instance.Source, ofOne.Value), (ofTwo.Instance.Source, ofTwo.Value)]);
            Assert.Same(profile.Outputs(PollGroup.Normal)[0].Alternatives[0].Instance, ofTwo.Instance);
        }
    }

    private static string Registers(int first, int count) =>
        "points:\n" + string.Join('\n', Enumerable.Range(0, count).Select(i => $"  - {{ metric: current, part: outlet/{i}, address: {first + i} }}"));

    private ModbusDriver Driver(string body) => new(client, 1, (ModbusProfile)ProfileText.Read("modbus", body), 1, time);
}
