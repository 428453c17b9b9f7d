using System.Net.Sockets;
using EdgeDcim.Simulator.Configuration;
using EdgeDcim.Simulator.Devices;
using EdgeDcim.Simulator.Http;
using EdgeDcim.Simulator.Modbus;
using EdgeDcim.Simulator.Physics;
using EdgeDcim.Simulator.Snmp;

namespace EdgeDcim.Simulator;

/// <summary>The whole simulator, running: a hall, its servers and its truth. Tests start it in their own process, the demo as a program.</summary>
internal sealed class SimulatorHost : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _servers = [];

    private SimulatorHost(HallRunner hall, TruthTable truth, Silence silence, IReadOnlyList<SimulatedDevice> devices) =>
        (Hall, Truth, Silence, Devices) = (hall, truth, silence, devices);

    public HallRunner Hall { get; }

    public TruthTable Truth { get; }

    public Silence Silence { get; }

    public IReadOnlyList<SimulatedDevice> Devices { get; }

    public Ports Ports { get; private set; } = new(0, 0, new Dictionary<string, int>(), 0);

    /// <summary>Starts and answers once every port listens.</summary>
    public static async Task<SimulatorHost> StartAsync(SimulatorSettings settings, TimeProvider time, CancellationToken cancel)
    {
        var hall = new HallRunner(new Hall(settings.Seed, settings.StartHour), time, settings.Speed);
        var host = new SimulatorHost(hall, HallTruth.Build(), new(), HallDevices.Build());
        try
        {
            await host.ListenAsync(settings, cancel);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        return host;
    }

    /// <summary>Runs until cancelled; the answer is the exit code.</summary>
    public static async Task<int> RunAsync(SimulatorSettings settings, TimeProvider time, TextWriter output, CancellationToken cancel)
    {
        SimulatorHost host;
        try
        {
            host = await StartAsync(settings, time, cancel);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            await Console.Error.WriteLineAsync($"The simulator cannot listen: {e.Message} Choose other ports, or 0 for free ones.");
            return 1;
        }

        await using var running = host;
        if (settings.ConfigFolder is { } folder)
        {
            new SiteFiles(folder, settings.BrokerPort, settings.PagePort).Write(host.Devices, host.Ports);
        }

        if (settings.PortsFile is { } file)
        {
            // Written aside and renamed, so that whoever waits for the file never reads half of it.
            var aside = file + ".new";
            await File.WriteAllTextAsync(aside, host.Ports.ToJson(), cancel);
            File.Move(aside, file, overwrite: true);
        }

        await output.WriteLineAsync($"{host.Devices.Count} devices; utility meter modbus://127.0.0.1:{host.Ports.Main}, gateway modbus://127.0.0.1:{host.Ports.Hall}, truth http://127.0.0.1:{host.Ports.Http}/truth");
        foreach (var (device, port) in host.Ports.Snmp)
        {
            await output.WriteLineAsync($"{device} snmp://127.0.0.1:{port}");
        }

        try
        {
            while (true)
            {
                // Nobody may ask for minutes; the recent past is to be known all the same.
                host.Hall.Current();
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Enumerable.Reverse(_servers))
        {
            await server.DisposeAsync();
        }
    }

    private async Task ListenAsync(SimulatorSettings settings, CancellationToken cancel)
    {
        var behindGateway = Devices.Where(d => d.Map is not null && !d.OwnPort).ToDictionary(d => d.Unit, d => new ModbusServer.Unit(d.Id, d.Map!));
        var gateway = Keep(new ModbusServer(settings.ModbusPort, behindGateway, Hall, Silence));

        var main = Devices.Single(d => d.OwnPort);
        var own = new Dictionary<byte, ModbusServer.Unit> { [main.Unit] = new(main.Id, main.Map!) };
        var meter = Keep(new ModbusServer(settings.ModbusPort == 0 ? 0 : settings.ModbusPort + 1, own, Hall, Silence));

        var snmp = new Dictionary<string, int>();
        foreach (var device in Devices.Where(d => d.Mib is not null))
        {
            var port = settings.SnmpBasePort == 0 ? 0 : settings.SnmpBasePort + snmp.Count;
            snmp[device.Id] = Keep(new SnmpServer(port, device.Id, new(device.Mib!, HallDevices.Community), Hall, Silence)).Port;
        }

        var http = Keep(await TruthServer.StartAsync(settings.HttpPort, Hall, Truth, new(Hall, Silence, Devices), cancel));
        Ports = new(meter.Port, gateway.Port, snmp, http.Port);
    }

    private T Keep<T>(T server)
        where T : IAsyncDisposable
    {
        _servers.Add(server);
        return server;
    }
}
