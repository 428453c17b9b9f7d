using System.Net;
using System.Net.Sockets;
using EdgeDcim.Scenarios.Harness;
using MQTTnet;
using Xunit;

namespace EdgeDcim.Scenarios.Security;

/// <summary>Too much, too large, too slow, or no MQTT at all: whoever does it is cut off and counted, nobody else notices.</summary>
[Collection(nameof(SecuredCollector))]
public sealed class FloodAttacks(SecuredCollector collector)
{
    private const int HalfOpen = 10_000;

    private const int MalformedConnections = 150;
    private const int MalformedPayloads = 2000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Thousands_of_half_open_connections_are_bounded_and_end_by_themselves()
    {
        var before = await collector.CutOffAsync("connections", Cancel);
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < HalfOpen; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, collector.Port, Cancel);
                if (i % 500 == 0)
                {
                    Assert.InRange(await collector.MetricAsync("edgedcim_broker_connections_half_open", Cancel), 0, 64); // 32 of each of the two addresses
                    await collector.HarmsNobodyAsync(Cancel);
                }
            }

            // Even from the attacker's own address somebody who says who he is gets in meanwhile.
            using var agent = await collector.ConnectAsync("mallory", Cancel);
            Assert.True(agent.IsConnected);
            await Eventually.TrueAsync(
                async () => await collector.MetricAsync("edgedcim_broker_connections_half_open", Cancel) == 0, "half-open connections end", TimeSpan.FromSeconds(60), Cancel);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }

        await Eventually.TrueAsync(
            async () => await collector.CutOffAsync("connections", Cancel) >= before + (HalfOpen / 2), "those that gave way are counted", TimeSpan.FromSeconds(60), Cancel);
        Assert.InRange(collector.Output.Split("cut off").Length - 1, 1, 100); // a line a minute and kind, not one a connection
        await collector.HarmsNobodyAsync(Cancel);
    }

    [Fact]
    public async Task A_subscriber_that_neither_reads_nor_acknowledges_harms_nobody()
    {
        const int subscriptions = 400;
        await using var silent = await collector.OpenAsync("mallory", Cancel);
        await silent.WriteAsync(RawMqtt.Connect("silent"), Cancel);
        for (var i = 1; i <= subscriptions; i++)
        {
            // Each brings the retained STATE once more, at least once, and none is ever acknowledged.
            await silent.WriteAsync(RawMqtt.Subscribe((ushort)i, "spBv1.0/STATE/edgedcim"), Cancel);
            if (i % 100 == 0)
            {
                await collector.HarmsNobodyAsync(Cancel);
            }
        }

        using var other = await collector.ConnectAsync("honest", Cancel);
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        other.ApplicationMessageReceivedAsync += _ =>
        {
            heard.TrySetResult();
            return Task.CompletedTask;
        };
        await other.SubscribeAsync("spBv1.0/STATE/edgedcim", cancellationToken: Cancel);
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Cancel);
        await collector.HarmsNobodyAsync(Cancel);
    }

    [Fact]
    public async Task More_connections_of_one_address_than_allowed_are_refused()
    {
        var before = await collector.CutOffAsync("connections", Cancel);
        var clients = new List<IMqttClient>();
        try
        {
            for (var i = 0; i < 110; i++)
            {
                var client = new MqttClientFactory().CreateMqttClient();
                clients.Add(client);
                if (!await collector.LetsInAsync(client, "mallory", Cancel) && await collector.CutOffAsync("connections", Cancel) > before)
                {
                    break;
                }
            }

            Assert.InRange(clients.Count(client => client.IsConnected), 30, 100);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        await collector.CountsAsync("connections", before, Cancel);
        await collector.HarmsNobodyAsync(Cancel);
    }

    [Fact]
    public async Task A_flood_of_messages_costs_the_sender_his_connection()
    {
        var before = await collector.CutOffAsync("messages", Cancel);
        await using var flood = await collector.OpenAsync("mallory", Cancel);
        await flood.WriteAsync(RawMqtt.Connect("flood"), Cancel);
        var message = RawMqtt.Publish("spBv1.0/ams-1/NDATA/mallory", [1]);
        await WriteUntilClosedAsync(flood, [.. Enumerable.Repeat(message, 100).SelectMany(bytes => bytes)], 2 * SecuredCollector.MessagesPerSecond);
        await collector.CountsAsync("messages", before, Cancel);
        await collector.HarmsNobodyAsync(Cancel);
    }

    [Fact]
    public async Task A_flood_of_bytes_costs_the_sender_his_connection()
    {
        var before = await collector.CutOffAsync("bytes", Cancel);
        await using var flood = await collector.OpenAsync("mallory", Cancel);
        await flood.WriteAsync(RawMqtt.Connect("flood"), Cancel);
        await WriteUntilClosedAsync(flood, RawMqtt.Publish("spBv1.0/ams-1/NDATA/mallory", new byte[200 << 10]), 1000);
        await collector.CountsAsync("bytes", before, Cancel);
        await collector.HarmsNobodyAsync(Cancel);
    }

    [Theory]
    [InlineData(0x10, 100_000)] // CONNECT of a stranger
    [InlineData(0x30, SecuredCollector.LargestPacket + 1)]
    [InlineData(0x30, 268_435_455)] // the most that MQTT can announce
    public async Task A_packet_that_announces_too_much_is_refused_before_its_bytes_come(byte header, int length)
    {
        var before = await collector.CutOffAsync("size", Cancel);
        await using var raw = await collector.OpenAsync("mallory", Cancel);
        if (header != 0x10)
        {
            await raw.WriteAsync(RawMqtt.Connect("large"), Cancel);
            Assert.Equal(0x20, raw.ReadByte());
        }

        await raw.WriteAsync(new[] { header, (byte)(length | 0x80), (byte)((length >> 7) | 0x80), (byte)((length >> 14) | 0x80), (byte)((length >> 21) & 0x7f) }, Cancel);
        await RawMqtt.ReadToEndAsync(raw, Cancel);
        await collector.CountsAsync("size", before, Cancel);
        await collector.HarmsNobodyAsync(Cancel);
    }

    [Fact]
    public async Task A_CONNECT_that_drips_byte_by_byte_is_ended_in_time()
    {
        var before = await collector.CutOffAsync("slow", Cancel);
        await using var raw = await collector.OpenAsync("mallory", Cancel);
        var ended = RawMqtt.ReadToEndAsync(raw, Cancel);
        var connect = RawMqtt.Connect("slow-loris");
        try
        {
            for (var i = 0; i < connect.Length && !ended.IsCompleted; i++)
            {
                await raw.WriteAsync(connect.AsMemory(i, 1), Cancel);
                await Task.WhenAny(ended, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Cancel));
            }
        }
        catch (IOException)
        {
            // Ended while the next byte was written.
        }

        Assert.Empty(await ended);
        await collector.CountsAsync("slow", before, Cancel);
        await collector.HarmsNobodyAsync(Cancel);
    }

    [Fact]
    public async Task Malformed_MQTT_ends_only_its_own_connection()
    {
        var random = new Random(20_26);
        for (var i = 0; i < MalformedConnections; i++)
        {
            await using var raw = await collector.OpenAsync("mallory", Cancel);
            try
            {
                if (i % 3 != 0)
                {
                    await raw.WriteAsync(RawMqtt.Connect($"fuzz-{i}"), Cancel);
                }

                await raw.WriteAsync(Garbage(random, i), Cancel);
                await raw.ShutdownAsync();
            }
            catch (IOException)
            {
                // Ended before all of it was written.
            }

            await RawMqtt.ReadToEndAsync(raw, Cancel);
        }

        Assert.True(await collector.CutOffAsync("malformed", Cancel) > 0);
        await collector.HarmsNobodyAsync(Cancel);
    }

    [Fact]
    public async Task Malformed_Sparkplug_is_discarded_and_the_collector_goes_on()
    {
        using var mallory = await collector.ConnectAsync("mallory", Cancel);
        var random = new Random(20_26);
        var types = new[] { "NBIRTH/mallory", "NDATA/mallory", "DBIRTH/mallory/d", "DDATA/mallory/d", "DDEATH/mallory/d", "NDEATH/mallory" };
        for (var i = 0; i < MalformedPayloads; i++)
        {
            var payload = new byte[random.Next(1, 300)];
            random.NextBytes(payload);
            if (i % 2 == 0)
            {
                // Looks like a payload: time stamp, then a metric that claims some length.
                payload = [0x08, 0x80, 0x80, 0x01, 0x12, (byte)random.Next(256), .. payload];
            }

            await mallory.PublishAsync(SecuredCollector.Message("spBv1.0/ams-1/" + types[i % types.Length], payload), Cancel);
            if (i % 400 == 399)
            {
                // Within the rate of one client.
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Cancel);
            }
        }

        Assert.True(mallory.IsConnected);
        await collector.HarmsNobodyAsync(Cancel);
    }

    private static byte[] Garbage(Random random, int round)
    {
        var body = new byte[random.Next(0, 200)];
        random.NextBytes(body);
        return (round % 4) switch
        {
            0 => body, // no MQTT
            1 => RawMqtt.Packet((byte)random.Next(256), body), // a frame with any kind and any content
            2 => RawMqtt.Packet((byte)(0x30 | random.Next(16)), body), // PUBLISH with any flags
            _ => [(byte)(0x80 | random.Next(16)), 0xff, 0xff, 0xff, 0xff, 0x7f], // a length of five bytes
        };
    }

    private static async Task WriteUntilClosedAsync(Stream stream, byte[] bytes, int times)
    {
        var said = RawMqtt.ReadToEndAsync(stream, Cancel);
        try
        {
            for (var i = 0; i < times && !said.IsCompleted; i++)
            {
                await stream.WriteAsync(bytes, Cancel);
            }
        }
        catch (IOException)
        {
            // Closed by the broker, as it should be.
        }

        await said;
    }
}
