using System.Net;
using EdgeDcim.Protocols.Ipmi;
using EdgeDcim.Protocols.Ipmi.Sdr;
using EdgeDcim.Protocols.Ipmi.Sel;
using EdgeDcim.Simulator.Ipmi;

namespace EdgeDcim.Protocols.Tests.Ipmi;

/// <summary>The client against a controller of our own, whose every octet ipmitool and FreeIPMI understand too.</summary>
public sealed class IpmiClientTests : IAsyncDisposable
{
    private readonly IpmiTransport transport = new(TimeProvider.System);
    private readonly BmcModel model = new();
    private BmcServer? bmc;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        Assert.Equal(0, transport.Conversations);
        await transport.DisposeAsync();
        if (bmc is not null)
        {
            await bmc.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(new byte[] { 0, 3, 17 }, "IPMI 2.0, cipher suite 17")]
    [InlineData(new byte[] { 0, 1, 2, 3, 8, 12 }, "IPMI 2.0, cipher suite 3")]
    [InlineData(new byte[] { 8, 12 }, "IPMI 2.0, cipher suite 8")]
    [InlineData(new byte[] { 12 }, "IPMI 2.0, cipher suite 12")]
    public async Task The_best_cipher_suite_that_the_controller_offers_is_taken(byte[] suites, string kind)
    {
        await using var client = Connect(new BmcOptions { Suites = suites });

        Assert.Equal("9.08", (await client.ReadDeviceIdAsync(Cancel)).Firmware);
        Assert.Equal(kind, client.SessionKind);
    }

    [Theory]
    [InlineData(new byte[] { 3 }, "IPMI 2.0, cipher suite 3")]
    [InlineData(new byte[] { 17 }, "IPMI 2.0, cipher suite 17")]
    [InlineData(new byte[] { 12 }, "IPMI 2.0, cipher suite 12")]
    public async Task A_controller_that_tells_no_suites_is_offered_them_one_by_one(byte[] suites, string kind)
    {
        await using var client = Connect(new BmcOptions { Suites = suites, TellsSuites = false });

        await client.ReadDeviceIdAsync(Cancel);
        Assert.Equal(kind, client.SessionKind);
    }

    [Theory]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0, 1, 2, 6, 7 })]
    public async Task A_controller_with_nothing_but_unsafe_suites_is_refused(byte[] suites)
    {
        await using var client = Connect(new BmcOptions { Suites = suites });

        var fault = await Assert.ThrowsAsync<IpmiException>(async () => await client.ReadDeviceIdAsync(Cancel));
        Assert.Equal(IpmiFault.UnsupportedSecurity, fault.Fault);
        Assert.Contains($"offers only the cipher suites {string.Join(", ", suites)}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_controller_of_IPMI_1_5_is_read_with_MD5()
    {
        model.Add(SdrBytes.Full(1, "Inlet", 1, 0x37, 1, 1), 25, 0xC0, 0xC0);
        await using var client = Connect(new BmcOptions { HasVersion2 = false, Password = "sixteen-octets-at-most" [..16] });

        var sensor = Assert.Single((await client.ReadRepositoryAsync(Cancel)).Sensors);
        Assert.Equal(25, (await client.ReadSensorAsync(sensor, Cancel)).Value);
        Assert.Equal("IPMI 1.5, MD5", client.SessionKind);
        await client.DisposeAsync();
        Assert.Equal(0, bmc!.OpenSessions);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_wrong_password_is_told_as_such_and_not_repeated(bool version2)
    {
        await using var client = Connect(new BmcOptions { HasVersion2 = version2, Password = "another" }, password: "wrong-password");

        var fault = await Assert.ThrowsAsync<IpmiException>(async () => await client.ReadDeviceIdAsync(Cancel));
        Assert.Equal(IpmiFault.Credentials, fault.Fault);
        Assert.Contains("password", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-password", fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_unknown_user_is_told_as_such(bool version2)
    {
        await using var client = Connect(new BmcOptions { HasVersion2 = version2, User = "another" });

        var fault = await Assert.ThrowsAsync<IpmiException>(async () => await client.ReadDeviceIdAsync(Cancel));
        Assert.Equal(IpmiFault.Credentials, fault.Fault);
        Assert.Contains("does not know the user 'edge'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_session_serves_all_questions_and_is_closed_at_the_end()
    {
        var client = Connect(new BmcOptions());
        for (var i = 0; i < 70; i++)
        {
            await client.ReadDeviceIdAsync(Cancel);
        }

        Assert.Equal((1, 1), (client.Logins, bmc!.OpenSessions));
        await client.DisposeAsync();
        Assert.Equal(0, bmc.OpenSessions);
        Assert.Equal(0x063C, bmc.Asked[^1]);
    }

    [Fact]
    public async Task A_controller_whose_sessions_are_all_taken_is_busy()
    {
        await using var first = Connect(new BmcOptions { MaxSessions = 1 });
        await first.ReadDeviceIdAsync(Cancel);
        await using var second = Client(bmc!.EndPoint);

        var fault = await Assert.ThrowsAsync<IpmiException>(async () => await second.ReadDeviceIdAsync(Cancel));
        Assert.Equal(IpmiFault.Busy, fault.Fault);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_that_the_controller_forgot_is_opened_once_more_within_the_same_question(bool version2)
    {
        await using var client = Connect(new BmcOptions { HasVersion2 = version2 });
        await client.ReadDeviceIdAsync(Cancel);
        bmc!.ForgetSessions();

        await client.ReadDeviceIdAsync(Cancel);
        Assert.Equal(2, client.Logins);
    }

    [Fact]
    public async Task A_command_that_is_never_answered_costs_no_session()
    {
        model.Override = (command, _) => command == 0x0001 ? [] : null;
        await using var client = Connect(new BmcOptions());

        for (var i = 0; i < 3; i++)
        {
            var fault = await Assert.ThrowsAsync<IpmiException>(async () => await client.ReadChassisAsync(Cancel));
            Assert.Equal(IpmiFault.Unanswered, fault.Fault);
        }

        await client.ReadDeviceIdAsync(Cancel);
        Assert.Equal((1, 1), (client.Logins, bmc!.OpenSessions));
    }

    [Fact]
    public async Task The_repository_is_read_once_and_again_when_its_time_stamp_changes()
    {
        model.Add(SdrBytes.Full(1, "CPU1 Temp", 1, 3, 1, 1), 40, 0xC0, 0xC0);
        model.Records.Add(SdrBytes.FruLocator("System FRU"));
        model.Add(SdrBytes.Compact(9, "PS", 8, 10, 1, 0x6F, share: 0x12, shareFlags: 0x80), 0, 0xC0, 1, 0x80);
        model.Add(SdrBytes.Full(5, "Far", 1, 3, 1, 1, owner: 0x41), 40, 0xC0, 0xC0);
        await using var client = Connect(new BmcOptions());

        var first = await client.ReadRepositoryAsync(Cancel);
        var asked = bmc!.Asked.Count;
        var again = await client.ReadRepositoryAsync(Cancel);
        Assert.Same(first, again);
        Assert.True(bmc.Asked.Count - asked <= 2);
        Assert.Equal(["CPU1 Temp", "PSA", "PSB"], first.Sensors.Select(sensor => sensor.Name));
        Assert.Equal([(9, 1), (10, 2)], first.Sensors.Skip(1).Select(sensor => ((int)sensor.Number, (int)sensor.EntityInstance)));
        Assert.Equal(1, first.OfSoftware);

        model.SdrStamp++;
        model.Add(SdrBytes.Full(2, "CPU2 Temp", 1, 3, 2, 1), 40, 0xC0, 0xC0);
        Assert.Equal(4, (await client.ReadRepositoryAsync(Cancel)).Sensors.Count);
    }

    [Fact]
    public async Task A_controller_without_any_sensor_has_an_empty_repository()
    {
        await using var client = Connect(new BmcOptions());
        Assert.Empty((await client.ReadRepositoryAsync(Cancel)).Sensors);
    }

    [Theory]
    [InlineData(255)]
    [InlineData(16)]
    [InlineData(5)]
    public async Task Records_and_inventories_are_read_in_pieces_as_large_as_the_controller_bears(int largest)
    {
        model.LargestPiece = largest;
        model.Add(SdrBytes.Full(1, "A sensor with a name", 1, 3, 1, 1), 40, 0xC0, 0xC0);
        model.Fru = SdrBytes.Fru("Acme", "Rack Server 9", "RS-9", "SN-1", "BSN-1");
        await using var client = Connect(new BmcOptions());

        Assert.Equal("A sensor with a name", Assert.Single((await client.ReadRepositoryAsync(Cancel)).Sensors).Name);
        var fru = await client.ReadFruAsync(0, Cancel);
        Assert.Equal(("Acme", "Rack Server 9", "RS-9", "SN-1", "BSN-1"), (fru.ProductManufacturer, fru.ProductName, fru.ProductPart, fru.ProductSerial, fru.BoardSerial));
    }

    [Fact]
    public async Task A_reservation_that_is_lost_in_the_middle_is_taken_again()
    {
        for (byte i = 1; i < 6; i++)
        {
            model.Add(SdrBytes.Full(i, $"Temp {i}", 1, 3, i, 1), 40, 0xC0, 0xC0);
        }

        var pieces = 0;
        model.Override = (command, _) =>
        {
            model.Reservation += command == 0x0A23 && ++pieces is 4 or 9 ? (ushort)1 : (ushort)0;
            return null;
        };
        await using var client = Connect(new BmcOptions());

        Assert.Equal(5, (await client.ReadRepositoryAsync(Cancel)).Sensors.Count);
    }

    [Fact]
    public async Task Records_that_go_in_circles_are_a_fault_and_no_endless_loop()
    {
        model.Add(SdrBytes.Full(1, "Temp", 1, 3, 1, 1), 40, 0xC0, 0xC0);
        model.Override = (command, data) => command == 0x0A23 && data[4] == 0 ? [0, 7, 0, .. model.Records[0].AsSpan(0, 5)] : command == 0x0A23 ? [0, 7, 0, .. model.Records[0].AsSpan(data[4], data[5])] : null;
        await using var client = Connect(new BmcOptions());

        var fault = await Assert.ThrowsAsync<IpmiException>(async () => await client.ReadRepositoryAsync(Cancel));
        Assert.Equal(IpmiFault.BadReply, fault.Fault);
        Assert.Contains("go in circles", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0xC0, true)]
    [InlineData(0x40, true)]
    [InlineData(0xE0, false)]
    [InlineData(0x80, false)]
    [InlineData(0x00, false)]
    public async Task A_sensor_that_is_not_scanned_or_not_available_has_no_value(byte flags, bool available)
    {
        model.Add(SdrBytes.Full(1, "Inlet", 1, 0x37, 1, 1), 25, flags, 0xC0);
        await using var client = Connect(new BmcOptions());
        var sensor = Assert.Single((await client.ReadRepositoryAsync(Cancel)).Sensors);

        var reading = await client.ReadSensorAsync(sensor, Cancel);
        Assert.Equal(available, reading.IsAvailable);
        Assert.Equal(available ? 25.0 : 0, reading.Value);
    }

    [Theory]
    [InlineData(0xCB)]
    [InlineData(0xC0)]
    [InlineData(0xD5)]
    public async Task A_sensor_that_is_refused_has_no_value(byte code)
    {
        model.Add(SdrBytes.Full(1, "Inlet", 1, 0x37, 1, 1), 25, 0xC0, 0xC0);
        model.Override = (command, _) => command == 0x042D ? [code] : null;
        await using var client = Connect(new BmcOptions());
        var sensor = Assert.Single((await client.ReadRepositoryAsync(Cancel)).Sensors);

        Assert.False((await client.ReadSensorAsync(sensor, Cancel)).IsAvailable);
    }

    [Fact]
    public async Task A_sensor_that_is_not_linear_is_converted_with_the_factors_of_its_raw_value()
    {
        model.Add(SdrBytes.Full(1, "Flow", 1, 0x37, 1, 1, linearisation: 0x70), 50, 0xC0, 0xC0);
        model.Factors[(1, 50)] = [3, 0, 10, 0, 0, 0xF0];
        await using var client = Connect(new BmcOptions());
        var sensor = Assert.Single((await client.ReadRepositoryAsync(Cancel)).Sensors);

        Assert.Equal(16, (await client.ReadSensorAsync(sensor, Cancel)).Value, 9);
    }

    [Fact]
    public async Task Power_is_told_with_its_active_flag_and_is_null_where_there_is_no_DCMI()
    {
        await using var client = Connect(new BmcOptions());
        Assert.Null(await client.ReadPowerAsync(Cancel));

        model.Power = (2222, 1111, 3333, 1234);
        Assert.Equal(new DcmiPower(true, 2222, 1111, 3333, 1234, TimeSpan.FromMinutes(1)), await client.ReadPowerAsync(Cancel));

        model.PowerIsActive = false;
        Assert.False((await client.ReadPowerAsync(Cancel))!.IsActive);
    }

    [Fact]
    public async Task Events_are_read_from_where_they_were_last_read()
    {
        model.LogEvent(8, 9, 0x6F, 1, 0x6000_0000);
        await using var client = Connect(new BmcOptions());
        var begin = await client.ReadEventsAsync(null, 8, Cancel);
        Assert.Empty(begin!.Entries);

        for (byte i = 0; i < 5; i++)
        {
            model.LogEvent(8, 9, 0x6F, i, 0x6000_0001u + i);
        }

        var some = await client.ReadEventsAsync(begin.Position, 3, Cancel);
        var rest = await client.ReadEventsAsync(some!.Position, 3, Cancel);
        var none = await client.ReadEventsAsync(rest!.Position, 3, Cancel);
        Assert.Equal([0, 1, 2], some.Entries.Select(entry => (int)entry.State));
        Assert.Equal([3, 4], rest.Entries.Select(entry => (int)entry.State));
        Assert.Empty(none!.Entries);

        model.Log.Clear();
        model.LogErased++;
        model.LogEvent(7, 1, 0x6F, 6, 10);
        var anew = Assert.Single((await client.ReadEventsAsync(none.Position, 3, Cancel))!.Entries);
        Assert.Equal((7, 6, null), (anew.SensorType, anew.State, anew.At));
    }

    [Fact]
    public async Task An_event_log_that_was_erased_and_filled_again_is_read_from_its_beginning_and_one_that_lost_an_old_entry_is_not()
    {
        model.LogEvent(8, 9, 0x6F, 3, 0x6000_0000);
        model.LogEvent(8, 9, 0x6F, 3, 0x6000_0001);
        await using var client = Connect(new BmcOptions());
        var position = (await client.ReadEventsAsync(null, 10, Cancel))!.Position;

        model.Log.RemoveAt(0);
        model.LogErased++;
        var kept = await client.ReadEventsAsync(position, 10, Cancel);
        Assert.Empty(kept!.Entries);

        // The clock of the erasure stands still, and the number of the entry that was read last has come again.
        model.Log.Clear();
        model.LogEvent(8, 9, 0x6F, 1, 0x6000_0100);
        model.LogEvent(8, 9, 0x6F, 1, 0x6000_0101);
        model.LogEvent(8, 9, 0x6F, 1, 0x6000_0102);
        Assert.Equal([1, 2, 3], (await client.ReadEventsAsync(kept.Position, 10, Cancel))!.Entries.Select(entry => (int)entry.Id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("7:8")]
    [InlineData("65536:8:9")]
    [InlineData("7:-8:9")]
    [InlineData("7:8:9:A")]
    public void A_position_of_an_event_log_comes_back_from_its_text_and_from_no_other(string other)
    {
        var position = new SelPosition(0xFFFE, 0xDEAD_BEEF, ulong.MaxValue - 1);
        Assert.True(SelPosition.TryParse(position.ToString(), out var again));
        Assert.Equal(position, again);
        Assert.False(SelPosition.TryParse(other, out _));
    }

    [Fact]
    public async Task Fifty_controllers_of_which_three_are_dead_leave_forty_seven_on_time()
    {
        await using var dead = new BmcServer(model, new BmcOptions()) { IsSilent = true };
        bmc = new BmcServer(model, new BmcOptions { MaxSessions = 50 });
        var clients = Enumerable.Range(0, 50).Select(i => (Dead: i % 17 == 0, Client: Client(i % 17 == 0 ? dead.EndPoint : bmc.EndPoint, TimeSpan.FromMinutes(5)))).ToArray();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var reads = clients.Select(each => (each.Dead, Read: each.Client.ReadDeviceIdAsync(stop.Token).AsTask())).ToArray();

        var onTime = await Task.WhenAll(reads.Where(read => !read.Dead).Select(read => read.Read));
        Assert.Equal(47, onTime.Length);
        Assert.All(reads.Where(read => read.Dead), read => Assert.False(read.Read.IsCompleted));
        await stop.CancelAsync();
        foreach (var (client, read) in clients.Zip(reads, (each, read) => (each.Client, read.Read)))
        {
            await Task.WhenAny(read);
            await client.DisposeAsync();
        }
    }

    private IpmiClient Connect(BmcOptions options, string? password = null)
    {
        bmc = new BmcServer(model, options);
        return Client(bmc.EndPoint, password: password ?? options.Password);
    }

    private IpmiClient Client(IPEndPoint endPoint, TimeSpan? timeout = null, string? password = null) =>
        new(transport, new IpmiTarget(endPoint, "edge", password ?? new BmcOptions().Password) { Timeout = timeout ?? TimeSpan.FromMilliseconds(250), Retries = 1 });
}
