using System.Security.Cryptography;
using EdgeDcim.Protocols.Ipmi;
using EdgeDcim.Simulator.Ipmi;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Protocols.Tests.Ipmi;

/// <summary>A controller, or somebody on the way, behaves in every way that the network allows: no wrong value, no hang, nothing taken twice.</summary>
public sealed class IpmiHostileTests : IAsyncDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly IpmiTransport transport;
    private readonly BmcModel model = new();
    private Func<byte[], IEnumerable<byte[]>> mangle = datagram => [datagram];
    private BmcServer? bmc;

    public IpmiHostileTests() => transport = new IpmiTransport(time);

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
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_late_answer_is_never_taken_for_the_next_question(bool version2)
    {
        await using var client = Connect(new BmcOptions { HasVersion2 = version2 });
        var sensor = await SensorAsync(client, 10);
        var held = new List<byte[]>();
        mangle = datagram =>
        {
            // Both attempts; what finds out whether the controller lives passes.
            if (held.Count < 2)
            {
                held.Add(datagram);
                return [];
            }

            return [datagram];
        };
        await TimesOutAsync(client.ReadSensorAsync(sensor, Cancel).AsTask(), IpmiFault.Unanswered);

        model.Readings[1] = [20, 0xC0, 0xC0];
        mangle = datagram => [.. held, datagram, .. held];
        Assert.Equal(20, (await client.ReadSensorAsync(sensor, Cancel)).Value);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Doubled_answers_are_taken_once_and_counted(bool version2)
    {
        await using var client = Connect(new BmcOptions { HasVersion2 = version2 });
        mangle = datagram => [datagram, datagram, datagram];
        var sensor = await SensorAsync(client, 10);
        for (byte raw = 0; raw < 100; raw++)
        {
            model.Readings[1] = [raw, 0xC0, 0xC0];
            Assert.Equal(raw, (await client.ReadSensorAsync(sensor, Cancel)).Value);
        }

        Assert.True(transport.Strangers >= 100);
    }

    [Fact]
    public async Task An_answer_with_any_octet_changed_is_never_a_value()
    {
        await using var client = Connect(new BmcOptions());
        var sensor = await SensorAsync(client, 10);
        var length = 0;
        mangle = datagram =>
        {
            length = datagram.Length;
            return [datagram];
        };
        await client.ReadSensorAsync(sensor, Cancel);
        Assert.True(length > 60);
        for (var at = 0; at < length; at++)
        {
            // The changed one first, the right one behind it: only the right one may count.
            var changed = at;
            mangle = datagram => [Changed(datagram, changed), datagram];
            var reading = await client.ReadSensorAsync(sensor, Cancel);
            Assert.Equal((true, 10.0), (reading.IsAvailable, reading.Value));
        }
    }

    [Fact]
    public async Task An_answer_cut_at_any_octet_or_far_too_long_is_never_a_value()
    {
        await using var client = Connect(new BmcOptions());
        var sensor = await SensorAsync(client, 10);
        mangle = datagram => [.. Enumerable.Range(0, datagram.Length).Select(cut => datagram[..cut]), [.. datagram, 0], [.. datagram, .. new byte[60_000]], datagram];

        var reading = await client.ReadSensorAsync(sensor, Cancel);
        Assert.Equal((true, 10.0), (reading.IsAvailable, reading.Value));
        Assert.True(transport.Garbage > 0);
    }

    [Fact]
    public async Task A_login_with_any_octet_of_the_key_exchange_changed_is_never_a_session_with_wrong_keys()
    {
        var step = 0;
        for (var at = 4; at < 70; at++)
        {
            var changed = at;
            mangle = datagram => datagram[4] == 6 && (datagram[5] & 0x3F) is 0x13 or 0x15 && at < datagram.Length ? [Changed(datagram, changed)] : [datagram];
            await using var client = Connect(new BmcOptions());
            var read = client.ReadDeviceIdAsync(Cancel).AsTask();
            await AdvanceUntilDoneAsync(read);
            try
            {
                await read;
                step++;
            }
            catch (IpmiException fault)
            {
                Assert.True(fault.Fault is IpmiFault.Timeout or IpmiFault.Unanswered or IpmiFault.Credentials or IpmiFault.BadReply or IpmiFault.Busy or IpmiFault.UnsupportedSecurity, fault.Message);
            }

            await client.DisposeAsync();
            await bmc!.DisposeAsync();
            bmc = null;
        }

        // Octets that carry nothing (session header of an exchange outside a session, reserved ones) may change.
        Assert.InRange(step, 1, 20);
    }

    [Fact]
    public async Task A_flood_of_garbage_changes_nothing()
    {
        await using var client = Connect(new BmcOptions());
        var sensor = await SensorAsync(client, 10);
        var random = new Random(7);
        mangle = datagram =>
        [
            .. Enumerable.Range(0, 200).Select(_ =>
            {
                var noise = new byte[random.Next(0, 200)];
                random.NextBytes(noise);
                byte[] framed = [6, 0, 0xFF, 7, 6, .. noise];
                return random.Next(2) == 0 ? noise : framed;
            }),
            datagram,
        ];
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(10, (await client.ReadSensorAsync(sensor, Cancel)).Value);
        }
    }

    [Fact]
    public async Task An_answer_from_another_address_is_dropped()
    {
        await using var client = Connect(new BmcOptions());
        var sensor = await SensorAsync(client, 10);
        await using var impostor = new BmcServer(new BmcModel(), new BmcOptions());
        using var socket = new System.Net.Sockets.UdpClient(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        byte[]? held = null;
        mangle = datagram =>
        {
            held = datagram;
            return [];
        };
        var read = client.ReadSensorAsync(sensor, Cancel).AsTask();
        await UntilAsync(() => held is not null);
        await socket.SendAsync(held!, bmc!.LastClient!, Cancel);
        await UntilAsync(() => transport.Strangers > 0);
        Assert.False(read.IsCompleted);
        mangle = datagram => [datagram];
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(10, (await read).Value);
    }

    [Fact]
    public async Task Silence_is_a_timeout_after_every_attempt_and_names_the_controller_but_no_secret()
    {
        await using var client = Connect(new BmcOptions());
        bmc!.IsSilent = true;
        var read = client.ReadDeviceIdAsync(Cancel).AsTask();
        await AdvanceUntilDoneAsync(read);

        var fault = await Assert.ThrowsAsync<IpmiException>(() => read);
        Assert.Equal(IpmiFault.Timeout, fault.Fault);
        Assert.Equal($"IPMI {bmc.EndPoint}: ChannelAuthentication: no answer within 1000 ms in 2 attempts", fault.Message);
        Assert.Equal(2, transport.Sent);
    }

    [Fact]
    public async Task Cancellation_ends_the_wait_at_once_and_leaves_no_conversation()
    {
        await using var client = Connect(new BmcOptions());
        bmc!.IsSilent = true;
        using var stop = new CancellationTokenSource();
        var read = client.ReadDeviceIdAsync(stop.Token).AsTask();
        await UntilAsync(() => transport.Sent > 0);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.Equal(0, transport.Conversations);
    }

    [Fact]
    public async Task Closing_the_transport_ends_waiting_questions()
    {
        await using var client = Connect(new BmcOptions());
        await client.ReadDeviceIdAsync(Cancel);
        bmc!.IsSilent = true;
        var sent = transport.Sent;
        var read = client.ReadDeviceIdAsync(Cancel).AsTask();
        await UntilAsync(() => transport.Sent > sent);
        await transport.DisposeAsync();
        Assert.Equal(IpmiFault.Closed, (await Assert.ThrowsAsync<IpmiException>(() => read)).Fault);
    }

    [Fact]
    public async Task A_session_without_questions_is_kept_alive()
    {
        await using var client = Connect(new BmcOptions());
        await client.ReadDeviceIdAsync(Cancel);
        var asked = bmc!.Asked.Count;
        for (var i = 1; i <= 3; i++)
        {
            time.Advance(TimeSpan.FromSeconds(26));
            await UntilAsync(() => bmc.Asked.Count >= asked + i);

            // Its turn comes when the keeping alive is over.
            await client.ReadDeviceIdAsync(Cancel);
            asked++;
        }

        Assert.Equal(1, client.Logins);
    }

    private static byte[] Changed(byte[] datagram, int at)
    {
        var copy = datagram.ToArray();
        copy[at] ^= (byte)RandomNumberGenerator.GetInt32(1, 256);
        return copy;
    }

    /// <summary>For what another thread does; the test's own timeout ends an endless wait.</summary>
    private static async Task UntilAsync(Func<bool> happened)
    {
        while (!happened())
        {
            Cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task<EdgeDcim.Protocols.Ipmi.Sdr.SensorRecord> SensorAsync(IpmiClient client, byte raw)
    {
        model.Add(SdrBytes.Full(1, "Inlet", 1, 0x37, 1, 1), raw, 0xC0, 0xC0);
        return Assert.Single((await client.ReadRepositoryAsync(Cancel)).Sensors);
    }

    private async Task TimesOutAsync(Task read, IpmiFault fault)
    {
        await AdvanceUntilDoneAsync(read);
        Assert.Equal(fault, (await Assert.ThrowsAsync<IpmiException>(() => read)).Fault);
    }

    /// <summary>Lets a second pass whenever nothing has happened for a while.</summary>
    private async Task AdvanceUntilDoneAsync(Task read)
    {
        while (!read.IsCompleted)
        {
            var before = transport.Sent + transport.Answers + transport.Strangers;
            for (var i = 0; i < 20_000 && !read.IsCompleted; i++)
            {
                await Task.Yield();
            }

            if (!read.IsCompleted && before == transport.Sent + transport.Answers + transport.Strangers)
            {
                time.Advance(TimeSpan.FromSeconds(1));
            }
        }
    }

    private IpmiClient Connect(BmcOptions options)
    {
        bmc = new BmcServer(model, options with { Mangle = datagram => mangle(datagram) });
        return new IpmiClient(transport, new IpmiTarget(bmc.EndPoint, "edge", options.Password) { Timeout = TimeSpan.FromSeconds(1), Retries = 1 });
    }
}
