using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using EdgeDcim.Protocols.Ipmi.Wire;

namespace EdgeDcim.Protocols.Ipmi.Session;

/// <summary>
/// The one session with a controller: opened at the first question, kept alive between questions, opened once more when the controller has
/// forgotten it, and closed at the end, since controllers have few of them.
/// </summary>
internal sealed class IpmiSession : IAsyncDisposable
{
    /// <summary>Controllers end a session after 60 s without traffic, some 3 s earlier (IPMI 2.0 section 6.12.15).</summary>
    private static readonly TimeSpan KeepAliveAfter = TimeSpan.FromSeconds(25);

    private static readonly IpmiRequest Probe = new(IpmiCommand.DeviceId, default) { Retries = 0 };

    private readonly IpmiTransport transport;
    private readonly IpmiTarget target;
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource stop = new();
    private readonly ITimer timer;
    private IpmiConversation? conversation;
    private OpenedSession? opened;
    private Task keepingAlive = Task.CompletedTask;
    private long lastUsed;
    private bool closed;
    private int disposed;

    public IpmiSession(IpmiTransport transport, IpmiTarget target)
    {
        this.transport = transport;
        this.target = target;
        timer = transport.Time.CreateTimer(static session => ((IpmiSession)session!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many times a session was opened.</summary>
    public long Logins { get; private set; }

    /// <summary>For people; null while none is open.</summary>
    public string? Kind => opened?.Kind;

    /// <exception cref="IpmiException">No usable answer came.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<T> AskAsync<T>(IpmiRequest request, IpmiParser<T> parse, CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            ObjectDisposedException.ThrowIf(closed, this);
            var isNew = await OpenAsync(cancel);
            try
            {
                await conversation!.AskAsync(request, request.Retries ?? target.Retries, cancel);
            }
            catch (IpmiException silent) when (silent.Fault == IpmiFault.Timeout)
            {
                await FindOutAsync(silent, isNew, cancel);
                await conversation!.AskAsync(request, request.Retries ?? target.Retries, cancel);
            }

            lastUsed = transport.Time.GetTimestamp();
            return Read(request, parse, conversation.Answer);
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        await timer.DisposeAsync();
        await stop.CancelAsync();
        await keepingAlive;
        await turn.WaitAsync(CancellationToken.None);
        try
        {
            closed = true;
            await CloseAsync();
        }
        finally
        {
            turn.Release();
            stop.Dispose();
        }
    }

    private T Read<T>(in IpmiRequest request, IpmiParser<T> parse, ReadOnlySpan<byte> answer)
    {
        var code = answer[0];
        if (code != CompletionCode.Success)
        {
            return request.Absent.Span.Contains(code) ? default! : throw CompletionCode.Fault(target, request.Command, code);
        }

        return parse(answer[1..], out var value) ? value : throw CompletionCode.Fault(target, request.Command, null);
    }

    /// <summary>True when it had to be opened.</summary>
    private async ValueTask<bool> OpenAsync(CancellationToken cancel)
    {
        if (opened is not null)
        {
            return false;
        }

        var address = await target.ResolveAsync(cancel);
        var attempt = new IpmiConversation(transport, target, address);
        try
        {
            opened = await new IpmiLogin(attempt, target).OpenAsync(cancel);
            conversation = attempt;
            Logins++;
        }
        finally
        {
            if (conversation != attempt)
            {
                attempt.Dispose();
            }
        }

        lastUsed = transport.Time.GetTimestamp();
        timer.Change(KeepAliveAfter, KeepAliveAfter);
        return true;
    }

    /// <summary>
    /// A command without an answer: when another one is answered, this one is to blame and the session stays, since a new one for each slow
    /// command would use up the controller's few. Else the session is opened anew.
    /// </summary>
    private async ValueTask FindOutAsync(IpmiException silent, bool isNew, CancellationToken cancel)
    {
        if (await IsAliveAsync(cancel))
        {
            throw new IpmiException(IpmiFault.Unanswered, silent.Message + "; other commands are answered", silent);
        }

        Forget();
        if (isNew)
        {
            throw silent;
        }

        await OpenAsync(cancel);
    }

    private async ValueTask<bool> IsAliveAsync(CancellationToken cancel)
    {
        try
        {
            await conversation!.AskAsync(Probe, 0, cancel);
            lastUsed = transport.Time.GetTimestamp();
            return true;
        }
        catch (IpmiException silent) when (silent.Fault == IpmiFault.Timeout)
        {
            return false;
        }
    }

    private void Forget()
    {
        opened = null;
        conversation?.Dispose();
        conversation = null;
        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        if (transport.Time.GetElapsedTime(lastUsed) >= KeepAliveAfter && keepingAlive.IsCompleted)
        {
            keepingAlive = KeepAliveAsync();
        }
    }

    private async Task KeepAliveAsync()
    {
        if (!await turn.WaitAsync(TimeSpan.Zero))
        {
            // A question is under way, which does the same.
            return;
        }

        try
        {
            if (opened is not null && !await IsAliveAsync(stop.Token))
            {
                Forget();
            }
        }
        catch (Exception ending) when (ending is IpmiException or OperationCanceledException)
        {
            Forget();
        }
        finally
        {
            turn.Release();
        }
    }

    private async ValueTask CloseAsync()
    {
        if (opened is null)
        {
            return;
        }

        var id = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(id, opened.Id);
        try
        {
            await conversation!.AskAsync(new IpmiRequest(IpmiCommand.SessionClose, id), 0, CancellationToken.None);
        }
        catch (IpmiException)
        {
            // A controller that does not answer ends the session by itself within a minute.
        }

        Forget();
    }
}
