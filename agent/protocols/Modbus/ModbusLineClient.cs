namespace EdgeDcim.Protocols.Modbus;

/// <summary>
/// Reads the units of one line, one request at a time: RTU or ASCII, on a serial port or through a device server. Such frames carry no
/// transaction, so what a late answer belongs to cannot be told from the answer: before each request the line is drained, and a unit that
/// stayed without answer rests for the turnaround while others are asked.
/// </summary>
public abstract class ModbusLineClient : ModbusClient
{
    // A serial handle can die without an error when its adapter is unplugged; a second silence in a row is enough suspicion.
    private const int SilencesToRenew = 2;

    private readonly LineTransport transport;
    private readonly LineFraming framing;
    private readonly TimeSpan timeout;
    private readonly TimeSpan turnaround;
    private readonly TimeSpan? closeAfterIdle;
    private readonly TimeProvider time;
    private readonly Pacing pacing;
    private readonly ITimer idle;
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource disposed = new();
    private readonly long[] restsUntil = new long[256];
    private readonly TimeSpan?[] turnarounds = new TimeSpan?[256];
    private readonly byte[] sent;
    private readonly byte[] received;
    private readonly byte[] pdu = new byte[ModbusPdu.MaxLength];
    private int silences;

    private protected ModbusLineClient(LineTransport transport, LineFraming framing, ModbusTcpOptions options, TimeProvider time)
        : this(transport, framing, options.Timeout, options.Turnaround, options.CloseAfterIdle, new Pacing(options.Gap, options.MaxLearnedGap, time), time)
    {
    }

    private protected ModbusLineClient(LineTransport transport, LineFraming framing, ModbusSerialOptions options, TimeProvider time)
        : this(transport, framing, options.Timeout, options.Turnaround, null, new Pacing(options.LeastGap, options.MaxLearnedGap, time), time)
    {
    }

    private ModbusLineClient(LineTransport transport, LineFraming framing, TimeSpan timeout, TimeSpan? turnaround, TimeSpan? closeAfterIdle, Pacing pacing, TimeProvider time)
    {
        this.transport = transport;
        this.framing = framing;
        this.timeout = timeout;
        this.turnaround = turnaround ?? timeout;
        this.closeAfterIdle = closeAfterIdle;
        this.pacing = pacing;
        this.time = time;
        sent = new byte[framing.MaxLength];

        // Room for some noise around the longest answer.
        received = new byte[4 * framing.MaxLength];
        idle = time.CreateTimer(static state => ((ModbusLineClient)state!).CloseIdle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How often the port or the connection was opened.</summary>
    public long Connections { get; private set; }

    /// <summary>Bytes that were on the line before a request and belonged to nobody: late answers and noise.</summary>
    public long DrainedBytes { get; private set; }

    /// <summary>The quiet time that was learnt for a unit; zero when none was needed.</summary>
    public TimeSpan LearnedGap(byte unit) => pacing.LearnedGap(unit);

    public override void Pace(byte unit, TimeSpan gap, TimeSpan? turnaround)
    {
        pacing.State(unit, gap);
        turnarounds[unit] = turnaround;
    }

    public override ValueTask<int> ReadAsync(byte unit, ModbusFunction function, ushort address, int count, Memory<byte> destination, CancellationToken cancel) =>
        ExchangeAsync(ModbusRequest.Read(Answering(unit), function, address, count, destination), destination, cancel);

    public override ValueTask<ModbusDeviceIdentity?> ReadIdentityAsync(byte unit, CancellationToken cancel) =>
        IdentityObjects.ReadAsync(ExchangeAsync, transport.Name, Answering(unit), cancel);

    public override async ValueTask DisposeAsync()
    {
        if (disposed.IsCancellationRequested)
        {
            return;
        }

        await disposed.CancelAsync();
        await turn.WaitAsync(CancellationToken.None);
        await idle.DisposeAsync();
        await transport.CloseAsync();
        turn.Release();
        GC.SuppressFinalize(this);
    }

    private static byte Answering(byte unit) =>
        unit != 0 ? unit : throw new ArgumentOutOfRangeException(nameof(unit), unit, "Unit 0 is the broadcast of a line; nobody answers it.");

    private async ValueTask<int> ExchangeAsync(ModbusRequest request, Memory<byte> destination, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(disposed.IsCancellationRequested, this);
        await turn.WaitAsync(cancel);
        try
        {
            ObjectDisposedException.ThrowIf(disposed.IsCancellationRequested, this);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel, disposed.Token);
            await RestAsync(request.Unit, end.Token);
            return await ExchangeInTurnAsync(request, destination, end.Token);
        }
        catch (OperationCanceledException) when (disposed.IsCancellationRequested)
        {
            throw Fault(ModbusFault.Closed, request, "the client was disposed");
        }
        catch (OperationCanceledException)
        {
            throw new OperationCanceledException(cancel);
        }
        finally
        {
            if (closeAfterIdle is { } quiet && transport.IsOpen && !disposed.IsCancellationRequested)
            {
                idle.Change(quiet, Timeout.InfiniteTimeSpan);
            }

            turn.Release();
        }
    }

    private async ValueTask<int> ExchangeInTurnAsync(ModbusRequest request, Memory<byte> destination, CancellationToken cancel)
    {
        while (true)
        {
            var reused = transport.IsOpen;
            var spent = reused ? TimeSpan.Zero : await OpenAsync(request, cancel);
            var frame = sent.AsMemory(0, framing.Write(request, sent));
            var answerLength = framing.WireLength(request.Function == ModbusRequest.ReadIdentity ? ModbusPdu.MaxLength : 2 + request.DataLength);
            var left = timeout - spent + transport.TimeFor(frame.Length + answerLength);
            using var deadline = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
            var filled = 0;
            try
            {
                DrainedBytes += await transport.DrainAsync();
                if (reused && !transport.IsOpen)
                {
                    continue;
                }

                await transport.SendAsync(frame, either.Token);
                while (true)
                {
                    var count = await transport.ReceiveAsync(received.AsMemory(filled), either.Token);
                    if (count == 0)
                    {
                        throw new IOException("the other side closed");
                    }

                    filled += count;
                    var length = framing.Find(request, received.AsSpan(0, filled), pdu);
                    if (length > 0)
                    {
                        return Take(request, length, destination.Span);
                    }

                    filled = KeepTail(filled);
                }
            }
            catch (OperationCanceledException)
            {
                await SuspectAsync(request.Unit, filled);
                cancel.ThrowIfCancellationRequested();
                throw filled == 0
                    ? Fault(ModbusFault.Timeout, request, $"no answer within {timeout.TotalMilliseconds:0} ms")
                    : Fault(ModbusFault.BadReply, request, $"no sound {framing.Name} answer within {timeout.TotalMilliseconds:0} ms among the bytes {Sample(filled)}");
            }
            catch (Exception e) when (LineTransport.IsFault(e))
            {
                await transport.CloseAsync();

                // A device server closes idle connections, an adapter may have been replaced: a read may be repeated, and once is enough.
                if (!reused)
                {
                    throw new ModbusException(ModbusFault.Closed, request, transport.Name, $"the line broke ({e.Message})", null, e);
                }
            }
        }
    }

    private async ValueTask<TimeSpan> OpenAsync(ModbusRequest request, CancellationToken cancel)
    {
        try
        {
            var spent = await transport.OpenAsync(cancel);
            Connections++;
            silences = 0;
            return spent;
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new ModbusException(ModbusFault.Unreachable, request, transport.Name, "no connection within the time allowed", null, e);
        }
        catch (Exception e) when (LineTransport.IsFault(e) || e is ArgumentException)
        {
            throw new ModbusException(ModbusFault.Unreachable, request, transport.Name, $"it cannot be opened ({e.Message})", null, e);
        }
    }

    private int Take(ModbusRequest request, int pduLength, Span<byte> destination)
    {
        silences = 0;
        restsUntil[request.Unit] = 0;
        var problem = ModbusPdu.Take(request, transport.Name, pdu.AsSpan(0, pduLength), destination, out var length);
        pacing.Answered(request.Unit, problem?.ExceptionCode);
        transport.Answered(problem?.ExceptionCode);
        return problem is null ? length : throw problem;
    }

    /// <summary>Notes that the unit may still answer what nobody awaits any more.</summary>
    private async ValueTask SuspectAsync(byte unit, int bytesSeen)
    {
        restsUntil[unit] = time.GetTimestamp() + (long)((turnarounds[unit] ?? turnaround).TotalSeconds * time.TimestampFrequency);
        pacing.Quiet();
        silences = bytesSeen == 0 ? silences + 1 : 0;
        if (transport.RenewsAfterFault || silences >= SilencesToRenew)
        {
            await transport.CloseAsync();
        }
    }

    private async ValueTask RestAsync(byte unit, CancellationToken cancel)
    {
        var until = restsUntil[unit];
        var rest = until == 0 ? TimeSpan.Zero : time.GetElapsedTime(time.GetTimestamp(), until);
        if (rest > TimeSpan.Zero)
        {
            await transport.RestAsync(rest, time, cancel);
        }

        var quiet = pacing.Reserve(unit);
        if (quiet > TimeSpan.Zero)
        {
            await transport.RestAsync(quiet, time, cancel);
        }
    }

    /// <summary>A flood of noise pushes its own beginning out.</summary>
    private int KeepTail(int filled)
    {
        if (filled < received.Length)
        {
            return filled;
        }

        received.AsSpan(received.Length / 2).CopyTo(received);
        return received.Length / 2;
    }

    private void CloseIdle()
    {
        // Whoever has the turn sets the timer again at its end.
        if (turn.Wait(0))
        {
            _ = CloseIdleAsync();
        }
    }

    private async Task CloseIdleAsync()
    {
        try
        {
            await transport.CloseAsync();
        }
        finally
        {
            turn.Release();
        }
    }

    private string Sample(int filled) => Convert.ToHexString(received.AsSpan(0, Math.Min(filled, 16))) + (filled > 16 ? "..." : "");

    private ModbusException Fault(ModbusFault fault, ModbusRequest request, string cause) => new(fault, request, transport.Name, cause);
}
