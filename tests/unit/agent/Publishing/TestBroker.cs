using System.Net;
using System.Net.Sockets;
using MQTTnet.Server;

namespace EdgeDcim.Agent.Tests.Publishing;

/// <summary>A broker in this process that can be stopped and started again on the same port.</summary>
internal sealed class TestBroker : IAsyncDisposable
{
    private MqttServer? server;

    public int Port { get; } = FreePort();

    public Uri Url => new($"mqtt://127.0.0.1:{Port}");

    /// <summary>Client ids that must not connect.</summary>
    public HashSet<string> Refused { get; } = [];

    /// <summary>Connections that ended with a DISCONNECT of the client.</summary>
    public int Goodbyes { get; private set; }

    /// <summary>Connections that ended without one, so that the will was published.</summary>
    public int Lost { get; private set; }

    public static async Task<TestBroker> StartNewAsync()
    {
        var broker = new TestBroker();
        await broker.StartAsync();
        return broker;
    }

    public async Task StartAsync()
    {
        var options = new MqttServerFactory().CreateServerOptionsBuilder().WithDefaultEndpoint()
            .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback).WithDefaultEndpointBoundIPV6Address(IPAddress.None).WithDefaultEndpointPort(Port)
            .WithDefaultEndpointReuseAddress().Build();
        server = new MqttServerFactory().CreateMqttServer(options);
        server.ValidatingConnectionAsync += connecting =>
        {
            if (Refused.Contains(connecting.ClientId))
            {
                connecting.ReasonCode = MQTTnet.Protocol.MqttConnectReasonCode.BadUserNameOrPassword;
            }

            return Task.CompletedTask;
        };
        server.ClientDisconnectedAsync += leaving =>
        {
            lock (Refused)
            {
                _ = leaving.DisconnectType == MqttClientDisconnectType.Clean ? Goodbyes++ : Lost++;
            }

            return Task.CompletedTask;
        };
        await server.StartAsync();
    }

    public async Task StopAsync()
    {
        if (server is not null)
        {
            await server.StopAsync(new MqttServerStopOptions());
            server.Dispose();
            server = null;
        }
    }

    /// <summary>Cuts a client off without a word, as a dead network does; the broker then publishes its will.</summary>
    public Task CutAsync(string clientId) => server!.DisconnectClientAsync(clientId, new MqttServerClientDisconnectOptions());

    public async ValueTask DisposeAsync() => await StopAsync();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
