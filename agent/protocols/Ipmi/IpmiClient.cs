using EdgeDcim.Protocols.Ipmi.Fru;
using EdgeDcim.Protocols.Ipmi.Sdr;
using EdgeDcim.Protocols.Ipmi.Sel;
using EdgeDcim.Protocols.Ipmi.Session;
using EdgeDcim.Protocols.Ipmi.Wire;

namespace EdgeDcim.Protocols.Ipmi;

/// <summary>Reads one controller (BMC) over the network. There is no command that switches or changes anything, and no way to build one.</summary>
public sealed class IpmiClient : IAsyncDisposable
{
    /// <summary>What a command that a controller does not have ends with.</summary>
    private static readonly byte[] NoSuchCommand = [CompletionCode.UnknownCommand, 0xC2, 0xC9, CompletionCode.NotPresent, 0xCC, 0xCD, CompletionCode.NotInThisState, 0xD6, 0x80, 0x82];

    /// <summary>Temperatures are a substitute for sensors: a user who may not ask has none.</summary>
    private static readonly byte[] NoTemperatures = [.. NoSuchCommand, CompletionCode.InsufficientPrivilege];

    private readonly IpmiSession session;
    private readonly SdrReader repository;
    private readonly SensorReader sensors;

    /// <param name="transport">Shared by all clients of the process.</param>
    /// <param name="target">The controller.</param>
    public IpmiClient(IpmiTransport transport, IpmiTarget target)
    {
        Target = target;
        session = new IpmiSession(transport, target);
        repository = new SdrReader(session, target);
        sensors = new SensorReader(session);
    }

    public IpmiTarget Target { get; }

    /// <summary>How many sessions were opened; more than one means that the controller forgot one.</summary>
    public long Logins => session.Logins;

    /// <summary>What the open session is, such as "IPMI 2.0, cipher suite 17"; null while none is open.</summary>
    public string? SessionKind => session.Kind;

    /// <exception cref="IpmiException">The controller does not answer.</exception>
    public ValueTask<IpmiDeviceId> ReadDeviceIdAsync(CancellationToken cancel) =>
        session.AskAsync<IpmiDeviceId>(new IpmiRequest(IpmiCommand.DeviceId, default), IpmiDeviceId.TryParse, cancel);

    /// <summary>The sensors that the controller describes. Read once, and again when its time stamp has changed.</summary>
    /// <exception cref="IpmiException">The controller does not answer.</exception>
    public ValueTask<SensorRepository> ReadRepositoryAsync(CancellationToken cancel) => repository.ReadAsync(cancel);

    /// <summary>One sensor now. A sensor that is switched off, not there or not ready has no value.</summary>
    /// <exception cref="IpmiException">The controller does not answer.</exception>
    public ValueTask<SensorReading> ReadSensorAsync(SensorRecord sensor, CancellationToken cancel) => sensors.ReadAsync(sensor, cancel);

    /// <summary>The power that the whole system takes; null when the controller has no DCMI or measures no power.</summary>
    /// <exception cref="IpmiException">The controller does not answer.</exception>
    public ValueTask<DcmiPower?> ReadPowerAsync(CancellationToken cancel) =>
        session.AskAsync<DcmiPower?>(new IpmiRequest(IpmiCommand.DcmiPower, DcmiPower.Request) { Absent = NoSuchCommand }, DcmiPower.TryParse, cancel);

    /// <summary>The temperatures that DCMI gives for one kind of place; empty when the controller has no DCMI or measures none there.</summary>
    /// <exception cref="IpmiException">The controller does not answer.</exception>
    public ValueTask<IReadOnlyList<DcmiTemperature>> ReadTemperaturesAsync(DcmiPlace place, CancellationToken cancel) =>
        DcmiTemperature.ReadAsync(session, place, NoTemperatures, cancel);

    /// <summary>Null when the controller has no chassis.</summary>
    /// <exception cref="IpmiException">The controller does not answer.</exception>
    public ValueTask<ChassisStatus?> ReadChassisAsync(CancellationToken cancel) =>
        session.AskAsync<ChassisStatus?>(new IpmiRequest(IpmiCommand.ChassisStatus, default) { Absent = NoSuchCommand }, ChassisStatus.TryParse, cancel);

    /// <summary>What a part says about its maker, model and serial; empty when it says nothing. 0 is the controller's own machine.</summary>
    /// <exception cref="IpmiException">The controller does not answer.</exception>
    public ValueTask<FruInventory> ReadFruAsync(byte id, CancellationToken cancel) => new FruReader(session, id).ReadAsync(cancel);

    /// <summary>Entries of the event log behind <paramref name="position"/>, at most <paramref name="most"/>, the oldest first; each question is asked once only.</summary>
    /// <param name="position">Where the last call ended; null: the end of the log now, of which no entry is given.</param>
    /// <param name="most">1 or more.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>Null when the controller keeps no log.</returns>
    /// <exception cref="IpmiException">The controller does not answer.</exception>
    public ValueTask<SelPage?> ReadEventsAsync(SelPosition? position, int most, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        return new SelReader(session).ReadAsync(position, most, cancel);
    }

    /// <summary>Tells the controller that the session is over, if one is open.</summary>
    public ValueTask DisposeAsync() => session.DisposeAsync();
}
