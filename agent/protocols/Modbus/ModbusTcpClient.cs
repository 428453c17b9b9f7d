using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace EdgeDcim.Protocols.Modbus;

/// <summary>Reads units over Modbus TCP. Connects with the first request, keeps one connection at most, and renews it when it cannot be trusted.</summary>
public sealed class ModbusTcpClient : ModbusClient
{
    private readonly ModbusTcpOptions options;
    private readonly TimeProvider time;
    private readonly string peer;
    private readonly Pacing pacing;
    private readonly ConnectRest connectRest;
    private readonly SemaphoreSlim turns;
    private readonly SemaphoreSlim connecting = new(1);
    private readonly Stack<PendingAnswer> spare = new();
    private readonly CancellationTokenSource disposed = new();
    private volatile TcpConnection? connection;
    private SocketException? connectFailure;
    private int connectFailures;
    private int lastTransaction;

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public ModbusTcpClient(ModbusTcpOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        options.Validate();
        this.options = options;
        this.time = time;
        peer = TcpDial.NameOf(options.Host, options.Port);
        pacing = new Pacing(options.Gap, options.MaxLearnedGap, time);
        connectRest = new ConnectRest(options.ConnectDelay, options.MaxLearnedGap);
        turns = new SemaphoreSlim(options.MaxInFlight);
    }

    /// <summary>Connections made so far; more than one means that devices or the path forced a renewal.</summary>
    public long Connections { get; private set; }

    /// <summary>The quiet time that was learnt for a unit; zero when none was needed.</summary>
    public TimeSpan LearnedGap(byte unit) => pacing.LearnedGap(unit);

    /// <summary>The rest after a connection, as stated or learnt.</summary>
    public TimeSpan ConnectDelay => connectRest.Now;

    public override void Pace(byte unit, TimeSpan gap, TimeSpan? turnaround) => pacing.State(unit, gap);

    public override ValueTask<int> ReadAsync(byte unit, ModbusFunction function, ushort address, int count, Memory<byte> destination, CancellationToken cancel) =>
        ExchangeAsync(ModbusRequest.Read(unit, function, address, count, destination), destination, cancel);

    public override ValueTask<ModbusDeviceIdentity?> ReadIdentityAsync(byte unit, CancellationToken cancel) =>
        IdentityObjects.ReadAsync(ExchangeAsync, peer, unit, cancel);

    public override async ValueTask DisposeAsync()
    {
        if (disposed.IsCancellationRequested)
        {
            return;
        }

        await disposed.CancelAsync();
        if (connection is { } last)
        {
            last.End(ModbusFault.Closed, "the client was disposed");
            await last.Receiving;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ExchangeAsync(ModbusRequest request, Memory<byte> destination, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(disposed.IsCancellationRequested, this);
        await turns.WaitAsync(cancel);
        var answer = Rent();
        try
        {
            var quiet = pacing.Reserve(request.Unit);
            if (quiet > TimeSpan.Zero)
            {
                await Task.Delay(quiet, time, cancel);
            }

            var length = await ExchangeAsync(answer, request, destination, cancel);
            pacing.Answered(request.Unit, null);
            connectRest.Answered(null);
            return length;
        }
        catch (ModbusException e) when (e.ExceptionCode is { } code)
        {
            pacing.Answered(request.Unit, code);
            connectRest.Answered(code);
            throw;
        }
        finally
        {
            Return(answer);
            turns.Release();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ExchangeAsync(PendingAnswer answer, ModbusRequest request, Memory<byte> destination, CancellationToken cancel)
    {
        var deadline = 0L;
        while (true)
        {
            var reused = connection is { IsUsable: true };
            if (!reused)
            {
                deadline = await ConnectAsync(request, deadline, cancel);
                if (time.GetTimestamp() >= deadline)
                {
                    throw new ModbusException(ModbusFault.Timeout, request, peer, "connecting left no time for an answer");
                }
            }
            else if (deadline == 0)
            {
                deadline = DeadlineFrom(time.GetTimestamp());
            }

            var transaction = (ushort)Interlocked.Increment(ref lastTransaction);
            answer.Prepare(request, transaction, deadline, destination);
            try
            {
                return await connection!.AskAsync(answer, cancel);
            }
            catch (ModbusException e) when (reused && e.Fault == ModbusFault.Closed && !disposed.IsCancellationRequested)
            {
                // The device had closed a connection that was idle; a read may be repeated, and once is enough.
            }
        }
    }

    /// <summary>Makes sure of a connection; returns the request's deadline, which begins when its own connecting does.</summary>
    private async ValueTask<long> ConnectAsync(ModbusRequest request, long deadline, CancellationToken cancel)
    {
        var failuresBefore = Volatile.Read(ref connectFailures);
        await connecting.WaitAsync(cancel);
        try
        {
            if (connection is { IsUsable: true })
            {
                return deadline != 0 ? deadline : DeadlineFrom(time.GetTimestamp());
            }

            // Whoever waited while another's attempt failed shares its result, else many would wait one after the other.
            if (failuresBefore != connectFailures)
            {
                throw Unreachable(request, connectFailure);
            }

            if (connection is { } last)
            {
                await last.Closed.WaitAsync(cancel);
                var rest = options.ReconnectDelay - time.GetElapsedTime(last.ClosedAt);
                if (rest > TimeSpan.Zero)
                {
                    await Task.Delay(rest, time, cancel);
                }
            }

            deadline = deadline != 0 ? deadline : DeadlineFrom(time.GetTimestamp());
            var socket = await OpenAsync(request, deadline, cancel);
            if (connectRest.Now is var delay && delay > TimeSpan.Zero)
            {
                deadline += DeadlineFrom(0, delay);
                await RestAsync(socket, delay, cancel);
            }

            var opened = new TcpConnection(socket, peer, options, time);
            connection = opened;
            connectRest.Connected();
            Connections++;
            if (disposed.IsCancellationRequested)
            {
                opened.End(ModbusFault.Closed, "the client was disposed");
            }

            return deadline;
        }
        finally
        {
            connecting.Release();
        }
    }

    private async ValueTask<Socket> OpenAsync(ModbusRequest request, long deadline, CancellationToken cancel)
    {
        var left = time.GetElapsedTime(time.GetTimestamp(), deadline);
        var most = left < options.ConnectTimeout ? left : options.ConnectTimeout;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, disposed.Token);
        try
        {
            return await TcpDial.OpenAsync(options.Host, options.Port, most, time, either.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            cancel.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(disposed.IsCancellationRequested, this);
            connectFailure = e as SocketException;
            connectFailures++;
            throw Unreachable(request, connectFailure);
        }
    }

    private async ValueTask RestAsync(Socket socket, TimeSpan delay, CancellationToken cancel)
    {
        try
        {
            await Task.Delay(delay, time, cancel);
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }

    private ModbusException Unreachable(ModbusRequest request, SocketException? cause) =>
        new(ModbusFault.Unreachable, request, peer, cause is null ? "no connection within the time allowed" : $"no connection ({cause.Message})", null, cause);

    private long DeadlineFrom(long now) => DeadlineFrom(now, options.Timeout);

    private long DeadlineFrom(long now, TimeSpan span) => now + (long)(span.TotalSeconds * time.TimestampFrequency);

    private PendingAnswer Rent()
    {
        lock (spare)
        {
            return spare.TryPop(out var answer) ? answer : new PendingAnswer();
        }
    }

    private void Return(PendingAnswer answer)
    {
        lock (spare)
        {
            spare.Push(answer);
        }
    }
}
