using System.Net;
using System.Net.Sockets;
using EdgeDcim.Collector.Broker;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Collector.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EdgeDcim.Collector.Tests.Broker;

public sealed class RemoteBrokerTests
{
    private static readonly byte[] Accepted = [0x20, 0x02, 0x00, 0x00];

    /// <summary>SUBACK of packet 1 with two filters granted.</summary>
    private static readonly byte[] Granted = [0x90, 0x04, 0x00, 0x01, 0x01, 0x01];

    /// <summary>Issue 5: RabbitMQ 3.10 closes the connection of a client that speaks MQTT 5, and the collector never came to try 3.1.1.</summary>
    [Fact]
    public async Task A_broker_that_closes_on_MQTT_5_without_a_word_is_spoken_to_in_3_1_1()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, cancel);
        var broker = Client(listener);
        await using (broker)
        {
            await broker.StartAsync(cancel);

            Assert.True(broker.IsConnected);
        }

        Assert.Equal([5, 4], await serving);
    }

    /// <summary>Issue 5: on a cluster that closes on MQTT 5 the collector settled on the second node while its agents waited on the first.</summary>
    [Fact]
    public async Task The_broker_that_closed_on_MQTT_5_is_asked_in_3_1_1_before_the_next_of_the_list()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        var serving = ServeAsync(first, cancel);
        var broker = Client(first, second);
        await using (broker)
        {
            await broker.StartAsync(cancel);

            Assert.False(second.Pending());
        }

        Assert.Equal([5, 4], await serving);
    }

    private static RemoteBroker Client(params IEnumerable<TcpListener> listeners)
    {
        var config = new RemoteBrokerConfig([.. listeners.Select(each => new Uri($"mqtt://127.0.0.1:{((IPEndPoint)each.LocalEndpoint).Port}"))], null, null, null);
        return new(config, "site", new HostApplication("edgedcim", TimeProvider.System), new MetricRegistry(), TimeProvider.System, NullLogger<RemoteBroker>.Instance);
    }

    /// <summary>The protocol levels that were offered, until one was accepted and its connection ended.</summary>
    private static async Task<List<int>> ServeAsync(TcpListener listener, CancellationToken cancel)
    {
        var levels = new List<int>();
        var buffer = new byte[4096];
        while (true)
        {
            using var socket = await listener.AcceptSocketAsync(cancel);
            var length = await socket.ReceiveAsync(buffer, cancel);
            levels.Add(buffer[buffer.AsSpan(0, length).IndexOf("MQTT"u8) + 4]);
            if (levels[^1] == 5)
            {
                continue;
            }

            await socket.SendAsync(Accepted, cancel);
            await socket.ReceiveAsync(buffer, cancel);
            await socket.SendAsync(Granted, cancel);
            while (await socket.ReceiveAsync(buffer, cancel) > 0)
            {
            }

            return levels;
        }
    }
}
