using EdgeDcim.Protocols.Ipmi;
using EdgeDcim.Simulator.Ipmi;

namespace EdgeDcim.Protocols.Tests.Ipmi;

/// <summary>What a controller does not describe or own itself: sensors of controllers behind it, and temperatures of DCMI.</summary>
public sealed class IpmiBehindTests : IAsyncDisposable
{
    private readonly IpmiTransport transport = new(TimeProvider.System);
    private readonly BmcModel model = new();
    private BmcServer? bmc;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await transport.DisposeAsync();
        if (bmc is not null)
        {
            await bmc.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sensor_of_a_controller_behind_this_one_is_read_through_it(bool inside)
    {
        var satellite = new BmcModel { Readings = { [5] = [40, 0xC0, 0xC0], [6] = [200, 0xC0, 0xC0] } };
        model.Behind[0x2C] = satellite;
        model.Add(SdrBytes.Full(5, "Here", 1, 3, 1, 1), 21, 0xC0, 0xC0);
        model.Add(SdrBytes.Full(5, "Far", 1, 3, 1, 1, owner: 0x2C));
        model.Add(SdrBytes.Full(6, "Not linear", 1, 3, 2, 1, linearisation: 0x70, owner: 0x2C));
        model.Add(SdrBytes.Full(7, "Not there", 1, 3, 3, 1, owner: 0x2C));
        model.Add(SdrBytes.Full(8, "Nobody", 1, 3, 4, 1, owner: 0x2E));
        model.Readings[5] = [21, 0xC0, 0xC0];
        satellite.Factors[(6, 200)] = [1, 0, 5, 0, 0, 0];
        await using var client = Connect(new BmcOptions { AnswersInside = inside });

        var values = new List<double?>();
        foreach (var sensor in (await client.ReadRepositoryAsync(Cancel)).Sensors)
        {
            var reading = await client.ReadSensorAsync(sensor, Cancel);
            values.Add(reading.IsAvailable ? reading.Value : null);
        }

        Assert.Equal([21, 40, 205, null, null], values);
        Assert.Equal(1, client.Logins);
    }

    [Fact]
    public async Task A_controller_behind_this_one_that_does_not_answer_costs_no_session()
    {
        model.Behind[0x2C] = new BmcModel { Override = (_, _) => [] };
        model.Add(SdrBytes.Full(5, "Far", 1, 3, 1, 1, owner: 0x2C));
        await using var client = Connect(new BmcOptions());
        var far = Assert.Single((await client.ReadRepositoryAsync(Cancel)).Sensors);

        Assert.Equal(IpmiFault.Unanswered, (await Assert.ThrowsAsync<IpmiException>(async () => await client.ReadSensorAsync(far, Cancel))).Fault);
        Assert.Equal((1, 1), (client.Logins, bmc!.OpenSessions));
    }

    [Fact]
    public async Task Temperatures_of_DCMI_come_page_by_page_with_their_signs()
    {
        model.Temperatures[0x40] = [-5];
        model.Temperatures[0x41] = [.. Enumerable.Range(41, 11)];
        await using var client = Connect(new BmcOptions());

        Assert.Equal([new DcmiTemperature(1, -5)], await client.ReadTemperaturesAsync(DcmiPlace.Inlet, Cancel));
        Assert.Equal(Enumerable.Range(1, 11).Select(i => new DcmiTemperature((byte)i, 40 + i)), await client.ReadTemperaturesAsync(DcmiPlace.Processor, Cancel));
        Assert.Empty(await client.ReadTemperaturesAsync(DcmiPlace.Board, Cancel));
    }

    private IpmiClient Connect(BmcOptions options)
    {
        bmc = new BmcServer(model, options);
        return new IpmiClient(transport, new IpmiTarget(bmc.EndPoint, options.User, options.Password) { Timeout = TimeSpan.FromMilliseconds(250), Retries = 1 });
    }
}
