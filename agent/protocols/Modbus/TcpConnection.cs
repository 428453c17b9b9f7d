using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace EdgeDcim.Protocols.Modbus;

/// <summary>
/// One TCP connection with the requests under way on it. One loop receives and hands every answer to the request that it
/// belongs to by transaction, unit and function. A request that is taken out of the table is completed by who took it out, nobody else.
/// After a timeout, a cancellation or an answer that fits nothing the connection is retired: it takes no new request, lets the
/// others finish, and closes.
/// </summary>
internal sealed class TcpConnection
{
    // Transactions so shortly before the last one are ours: an answer to them is a late or a second one, not a foreign one.
    private const int RecentTransactions = 64;

    private readonly Lock sync = new();
    private readonly PendingAnswer?[] pending;
    private readonly byte[] received = new byte[2 * MbapFrame.MaxLength];
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Socket socket;
    private readonly string peer;
    private readonly TimeProvider time;
    private readonly TimeSpan? closeAfterIdle;
    private readonly TimeSpan timeout;
    private readonly ITimer timer;
    private int underWay;
    private ushort lastTransaction;
    private long lastAnswer;
    private bool timerArmed;
    private bool retired;
    private bool ended;

    public TcpConnection(Socket socket, string peer, ModbusTcpOptions options, TimeProvider time)
    {
        this.socket = socket;
        this.peer = peer;
        this.time = time;
        closeAfterIdle = options.CloseAfterIdle;
        timeout = options.Timeout;
        pending = new PendingAnswer?[options.MaxInFlight];
        lastAnswer = time.GetTimestamp();
        timer = time.CreateTimer(static state => ((TcpConnection)state!).CheckDeadlines(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Receiving = ReceiveAsync();
    }

    /// <summary>Ends with the connection.</summary>
    public Task Receiving { get; }

    /// <summary>Completes when the socket is closed, never faulted.</summary>
    public Task Closed => closed.Task;

    /// <summary>Time stamp of the end.</summary>
    public long ClosedAt { get; private set; }

    /// <summary>Correct answers received so far.</summary>
    public long Answers { get; private set; }

    public bool IsUsable => !Volatile.Read(ref retired);

    /// <summary>Sends the request and waits for its answer, its deadline, the end of the connection or <paramref name="cancel"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> AskAsync(PendingAnswer answer, CancellationToken cancel)
    {
        if (!TryAdd(answer))
        {
            throw new ModbusException(ModbusFault.Closed, answer.Request, peer, "the connection was closed");
        }

        await using var registration = cancel.UnsafeRegister(
            static (state, token) => ((PendingAnswer)state!).Connection?.Abandon((PendingAnswer)state, token), answer);
        try
        {
            await socket.SendAsync(answer.Frame, SocketFlags.None, CancellationToken.None);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            End(ModbusFault.Closed, $"the connection broke while sending ({e.Message})", e);
        }

        return await answer.WaitAsync();
    }

    /// <summary>Closes at once; whoever still waits is told why.</summary>
    public void End(ModbusFault fault, string cause, Exception? inner = null)
    {
        PendingAnswer?[] left;
        lock (sync)
        {
            if (ended)
            {
                return;
            }

            left = [.. pending];
            Array.Clear(pending);
            underWay = 0;
            Close();
        }

        foreach (var answer in left)
        {
            answer?.Fail(new ModbusException(fault, answer.Request, peer, cause, null, inner));
        }
    }

    private bool TryAdd(PendingAnswer answer)
    {
        lock (sync)
        {
            if (retired)
            {
                return false;
            }

            pending[Array.IndexOf(pending, null)] = answer;
            underWay++;
            answer.Connection = this;
            lastTransaction = answer.Transaction;
            if (!timerArmed)
            {
                Arm(answer.Deadline);
            }

            return true;
        }
    }

    private async Task ReceiveAsync()
    {
        var filled = 0;
        try
        {
            while (true)
            {
                var count = await socket.ReceiveAsync(received.AsMemory(filled), SocketFlags.None, CancellationToken.None);
                if (count == 0)
                {
                    End(ModbusFault.Closed, "the device closed the connection");
                    return;
                }

                filled += count;
                var used = Dispatch(received.AsSpan(0, filled));
                if (used < 0)
                {
                    return;
                }

                filled -= used;
                received.AsSpan(used, filled).CopyTo(received);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            End(ModbusFault.Closed, $"the connection broke ({e.Message})", e);
        }
    }

    /// <summary>Hands out the whole frames; returns how many bytes they had, or -1 when the connection is over.</summary>
    private int Dispatch(ReadOnlySpan<byte> bytes)
    {
        var used = 0;
        while (true)
        {
            switch (MbapFrame.Read(bytes[used..], out var frame))
            {
                case MbapFrame.Outcome.Incomplete:
                    return used;
                case MbapFrame.Outcome.Broken:
                    End(ModbusFault.BadReply, $"what arrived is no Modbus TCP frame ({Convert.ToHexString(bytes.Slice(used, Math.Min(8, bytes.Length - used)))}...)");
                    return -1;
                default:
                    if (!Deliver(frame, bytes.Slice(used + MbapFrame.HeaderLength, frame.Length - MbapFrame.HeaderLength)))
                    {
                        return -1;
                    }

                    used += frame.Length;
                    break;
            }
        }
    }

    private bool Deliver(MbapFrame frame, ReadOnlySpan<byte> pdu)
    {
        PendingAnswer? answer;
        ModbusException? problem;
        var length = 0;
        lock (sync)
        {
            answer = Remove(frame.Transaction);
            if (answer is null)
            {
                problem = null;
            }
            else
            {
                problem = frame.Unit != answer.Request.Unit
                    ? new ModbusException(ModbusFault.BadReply, answer.Request, peer, $"the answer names unit {frame.Unit}")
                    : ModbusPdu.Take(answer.Request, peer, pdu, answer.Destination.Span, out length);
                lastAnswer = time.GetTimestamp();
                if (problem?.Fault == ModbusFault.BadReply)
                {
                    Volatile.Write(ref retired, true);
                }
                else
                {
                    Answers++;
                }

                if (underWay == 0 && (retired || closeAfterIdle == TimeSpan.Zero))
                {
                    Close();
                }
            }
        }

        if (answer is null)
        {
            return Stray(frame.Transaction);
        }

        if (problem is null)
        {
            answer.Complete(length);
        }
        else
        {
            answer.Fail(problem);
        }

        return true;
    }

    /// <summary>An answer that nobody awaits: never taken for another one.</summary>
    private bool Stray(ushort transaction)
    {
        if ((ushort)(lastTransaction - transaction) >= RecentTransactions)
        {
            End(ModbusFault.BadReply, $"the answer names transaction {transaction}, the last asked was {lastTransaction}");
            return false;
        }

        Retire();
        return true;
    }

    /// <summary>Takes the answer out of the table by its owner's wish.</summary>
    private void Abandon(PendingAnswer answer, CancellationToken cancel)
    {
        lock (sync)
        {
            var at = Array.IndexOf(pending, answer);
            if (at < 0)
            {
                return;
            }

            pending[at] = null;
            underWay--;
            Retire();
        }

        answer.Fail(new OperationCanceledException(cancel));
    }

    private void CheckDeadlines()
    {
        List<PendingAnswer>? late = null;
        lock (sync)
        {
            if (ended)
            {
                return;
            }

            timerArmed = false;
            var now = time.GetTimestamp();
            var next = long.MaxValue;
            for (var i = 0; i < pending.Length; i++)
            {
                if (pending[i] is { } waiting && waiting.Deadline <= now)
                {
                    (late ??= []).Add(waiting);
                    pending[i] = null;
                    underWay--;
                }
                else if (pending[i] is { } patient)
                {
                    next = Math.Min(next, patient.Deadline);
                }
            }

            if (late is not null || IsIdle(now))
            {
                Retire();
            }

            if (!ended && (next != long.MaxValue || closeAfterIdle is not null))
            {
                Arm(next);
            }
        }

        foreach (var answer in late ?? [])
        {
            answer.Fail(new ModbusException(ModbusFault.Timeout, answer.Request, peer, $"no answer within {timeout.TotalMilliseconds:0} ms"));
        }
    }

    private bool IsIdle(long now) => underWay == 0 && closeAfterIdle is { } idle && time.GetElapsedTime(lastAnswer, now) >= idle;

    private void Arm(long deadline)
    {
        var now = time.GetTimestamp();
        var wait = deadline == long.MaxValue ? TimeSpan.MaxValue : time.GetElapsedTime(now, deadline);
        if (closeAfterIdle is { } idle)
        {
            var untilIdle = idle - (underWay == 0 ? time.GetElapsedTime(lastAnswer, now) : TimeSpan.Zero);
            wait = untilIdle < wait ? untilIdle : wait;
        }

        // Timers count whole milliseconds; one too early would look at the clock again for nothing.
        timerArmed = true;
        timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(wait.TotalMilliseconds))), Timeout.InfiniteTimeSpan);
    }

    private PendingAnswer? Remove(ushort transaction)
    {
        for (var i = 0; i < pending.Length; i++)
        {
            if (pending[i] is { } answer && answer.Transaction == transaction)
            {
                pending[i] = null;
                underWay--;
                return answer;
            }
        }

        return null;
    }

    private void Retire()
    {
        lock (sync)
        {
            Volatile.Write(ref retired, true);
            if (underWay == 0)
            {
                Close();
            }
        }
    }

    /// <summary>Called with the lock held.</summary>
    private void Close()
    {
        if (ended)
        {
            return;
        }

        ended = true;
        Volatile.Write(ref retired, true);
        ClosedAt = time.GetTimestamp();
        timer.Dispose();
        socket.Dispose();
        closed.SetResult();
    }
}
