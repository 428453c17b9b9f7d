using System.Net;
using System.Threading.Tasks.Sources;

namespace EdgeDcim.Protocols.Udp;

/// <summary>How waiting for an answer ended.</summary>
internal enum UdpOutcome
{
    Answered,
    TimedOut,
    Cancelled,
    Closed,
}

/// <summary>
/// One request under way: its id, its buffers and its deadline. Pooled by the transport, so that a request costs no allocation. Armed once
/// an attempt; whoever comes first of answer, deadline, cancellation and closing wins, the others find it taken.
/// </summary>
internal sealed class UdpExchange : IValueTaskSource<UdpOutcome>, IDisposable
{
    /// <summary>Of <see cref="state"/>: nobody may end a wait. An armed wait has the odd number of its attempt, so that a late timer knows its own.</summary>
    private const int Taken = 0;

    /// <summary>Most requests and answers fit; larger ones get larger buffers, which are not kept.</summary>
    private const int UsualBytes = 2048;

    private readonly TimeProvider time;
    private readonly ITimer timer;
    private byte[] request = new byte[UsualBytes];
    private byte[] answer = new byte[UsualBytes];
    private ManualResetValueTaskSourceCore<UdpOutcome> core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration cancellation;
    private TimeSpan timeout;
    private long armedAt;
    private int attempt;
    private int state;

    public UdpExchange(TimeProvider time)
    {
        this.time = time;
        timer = time.CreateTimer(static exchange => ((UdpExchange)exchange!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>In the datagrams, and the key of the in-flight table.</summary>
    public int Id { get; set; }

    /// <summary>Where the request goes and where alone its answer may come from.</summary>
    public SocketAddress Address { get; set; } = null!;

    public int AnswerLength { get; private set; }

    public Span<byte> Answer => answer.AsSpan(0, AnswerLength);

    public TimeSpan Elapsed => time.GetElapsedTime(armedAt);

    public ReadOnlySpan<byte> Request => request;

    public Span<byte> RequestBuffer(int bytes)
    {
        if (request.Length < bytes)
        {
            request = new byte[bytes];
        }

        return request;
    }

    /// <summary>Call before sending, so that no answer can be too early.</summary>
    public ValueTask<UdpOutcome> Arm(TimeSpan wait, CancellationToken cancel)
    {
        core.Reset();
        timeout = wait;
        armedAt = time.GetTimestamp();
        attempt += 2;
        Volatile.Write(ref state, attempt | 1);
        timer.Change(wait, Timeout.InfiniteTimeSpan);
        cancellation = cancel.UnsafeRegister(static exchange => ((UdpExchange)exchange!).TryComplete(UdpOutcome.Cancelled), this);
        return new ValueTask<UdpOutcome>(this, core.Version);
    }

    /// <summary>The receive loop's first step, under the lock of the in-flight table: from here on nothing else can end the wait.</summary>
    public bool TryClaim() => TryClaim(Volatile.Read(ref state));

    /// <summary>The second step, outside the lock.</summary>
    public void Deliver(ReadOnlySpan<byte> datagram)
    {
        if (answer.Length < datagram.Length)
        {
            answer = new byte[datagram.Length];
        }

        datagram.CopyTo(answer);
        AnswerLength = datagram.Length;
        core.SetResult(UdpOutcome.Answered);
    }

    public void TryComplete(UdpOutcome outcome)
    {
        if (TryClaim())
        {
            core.SetResult(outcome);
        }
    }

    /// <summary>Back to the pool: buffers of an unusual size are let go.</summary>
    public void Rest()
    {
        AnswerLength = 0;
        Address = null!;
        if (request.Length > UsualBytes)
        {
            request = new byte[UsualBytes];
        }

        if (answer.Length > UsualBytes)
        {
            answer = new byte[UsualBytes];
        }
    }

    public void Dispose() => timer.Dispose();

    UdpOutcome IValueTaskSource<UdpOutcome>.GetResult(short token)
    {
        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        cancellation.Dispose();
        return core.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<UdpOutcome>.GetStatus(short token) => core.GetStatus(token);

    void IValueTaskSource<UdpOutcome>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        core.OnCompleted(continuation, state, token, flags);

    private bool TryClaim(int armed) => armed != Taken && Interlocked.CompareExchange(ref state, Taken, armed) == armed;

    /// <summary>A timer that fired for an earlier use of this object finds that the present one has time left, and goes on waiting.</summary>
    private void OnTimer()
    {
        var armed = Volatile.Read(ref state);
        var left = timeout - time.GetElapsedTime(armedAt);
        if (left > TimeSpan.Zero)
        {
            timer.Change(left, Timeout.InfiniteTimeSpan);
        }
        else if (TryClaim(armed))
        {
            core.SetResult(UdpOutcome.TimedOut);
        }
    }
}
