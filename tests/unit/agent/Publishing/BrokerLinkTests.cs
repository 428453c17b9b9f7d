using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Publishing;
using EdgeDcim.Core.Sparkplug;
using MQTTnet.Protocol;
using Xunit;

namespace EdgeDcim.Agent.Tests.Publishing;

public sealed class BrokerLinkTests
{
    private const int Connections = 60;

    /// <summary>MQTT 5 CONNACK: no session, success, no properties.</summary>
    private static readonly byte[] Welcome = [0x20, 0x03, 0x00, 0x00, 0x00];

    /// <summary>MQTT 3.1.1 CONNACK: no session, accepted.</summary>
    private static readonly byte[] Welcome311 = [0x20, 0x02, 0x00, 0x00];

    /// <summary>Issue 5: the MQTT client met a null when its connection ended under a sender, and the agent took that for a bug of its own and ended.</summary>
    [Fact]
    public async Task A_connection_that_ends_while_messages_are_sent_is_told_as_that()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var broker = new BrokerConfig([new Uri($"mqtt://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}")], null, null, null, null, null, MqttVersion.V5);
        for (var i = 0; i < Connections; i++)
        {
            var cutting = CutAsync(listener, afterBytes: 200 + (i * 97), cancel);
            await using var link = await BrokerLink.ConnectAsync(broker, broker.Urls[0], "edgedcim", will: null, TimeProvider.System, cancel);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Assert.ThrowsAsync<BrokerException>(() => SendForEverAsync(link, cancel))));
            await cutting;
        }
    }

    /// <summary>Issue 5: RabbitMQ 3.10 gives a retained STATE back as spBv1/0/STATE, and an agent that came after its host waited for ever.</summary>
    [Fact]
    public async Task A_retained_STATE_whose_point_became_a_slash_is_heard()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var broker = new BrokerConfig([new Uri($"mqtt://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}")], null, null, null, null, null, MqttVersion.V311);
        var serving = RetainAsync(listener, ["spBv1/0/STATE/edgedcim", "spBv1.0/STATE/another"], cancel);

        await using (var link = await BrokerLink.ConnectAsync(broker, broker.Urls[0], "edgedcim", will: null, TimeProvider.System, cancel))
        {
            await link.SubscribeAsync("spBv1.0/STATE/edgedcim", cancel);

            Assert.Equal(SparkplugTopic.State("edgedcim"), (await link.Inbox.ReadAsync(cancel)).Topic);
        }

        await serving;
    }

    /// <summary>Issue 5: the MQTT client calls a cancelled subscription a time-out, and an agent that was stopped right then ended with a failure.</summary>
    [Fact]
    public async Task Whoever_stops_while_the_broker_owes_an_answer_is_told_of_a_cancellation()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var broker = new BrokerConfig([new Uri($"mqtt://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}")], null, null, null, null, null, MqttVersion.V5);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var serving = OweAsync(listener, stop, cancel);
        await using (var link = await BrokerLink.ConnectAsync(broker, broker.Urls[0], "edgedcim", will: null, TimeProvider.System, cancel))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => link.SubscribeAsync("spBv1.0/STATE/edgedcim", stop.Token));
        }

        await serving;
    }

    private static async Task SendForEverAsync(BrokerLink link, CancellationToken cancel)
    {
        await Task.Yield();
        while (true)
        {
            await link.PublishAsync("spBv1.0/site/DDATA/agent/device", new byte[64], MqttQualityOfServiceLevel.AtMostOnce, cancel);
        }
    }

    /// <summary>A broker that takes so many bytes and then is gone like a killed process.</summary>
    private static async Task CutAsync(TcpListener listener, int afterBytes, CancellationToken cancel)
    {
        using var socket = await listener.AcceptSocketAsync(cancel);
        var buffer = new byte[4096];
        await socket.ReceiveAsync(buffer, cancel);
        await socket.SendAsync(Welcome, cancel);
        for (var taken = 0; taken < afterBytes;)
        {
            taken += await socket.ReceiveAsync(buffer, cancel);
        }

        socket.LingerState = new LingerOption(true, 0);
    }

    /// <summary>A broker that stops its client as soon as that has asked for a subscription, and never grants it.</summary>
    private static async Task OweAsync(TcpListener listener, CancellationTokenSource stop, CancellationToken cancel)
    {
        using var socket = await listener.AcceptSocketAsync(cancel);
        var buffer = new byte[4096];
        await socket.ReceiveAsync(buffer, cancel);
        await socket.SendAsync(Welcome, cancel);
        await socket.ReceiveAsync(buffer, cancel);
        await stop.CancelAsync();
        while (await socket.ReceiveAsync(buffer, cancel) > 0)
        {
        }
    }

    /// <summary>A broker of MQTT 3.1.1 that grants one subscription and gives an empty message of each topic with it.</summary>
    private static async Task RetainAsync(TcpListener listener, string[] topics, CancellationToken cancel)
    {
        using var socket = await listener.AcceptSocketAsync(cancel);
        var buffer = new byte[4096];
        await socket.ReceiveAsync(buffer, cancel);
        await socket.SendAsync(Welcome311, cancel);
        await socket.ReceiveAsync(buffer, cancel);

        // SUBACK of the packet (its number is in bytes 2 and 3), then each PUBLISH with the retain bit.
        byte[] answer =
        [
            0x90, 0x03, buffer[2], buffer[3], 0x00,
            .. topics.SelectMany(topic => (byte[])[0x31, (byte)(2 + topic.Length), 0x00, (byte)topic.Length, .. Encoding.ASCII.GetBytes(topic)]),
        ];
        await socket.SendAsync(answer, cancel);
        while (await socket.ReceiveAsync(buffer, cancel) > 0)
        {
        }
    }
}
