using System.ComponentModel;
using System.Runtime.InteropServices;

namespace EdgeDcim.Protocols.Modbus;

/// <summary>Owns an open serial descriptor: a sleeping thread collects what arrives and notices a hang-up at once.</summary>
internal sealed class SerialReader : IAsyncDisposable
{
    // Many of the longest frames; a line that floods beyond has nothing worth keeping.
    private const int Capacity = 8192;

    // The thread calls three functions of libc and nothing deep.
    private const int StackSize = 128 * 1024;

    private readonly Lock sync = new();
    private readonly byte[] arrived = new byte[Capacity];
    private readonly SemaphoreSlim news = new(0, 1);
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int descriptor;
    private readonly int wake;
    private int filled;
    private bool ended;

    public SerialReader(int descriptor)
    {
        this.descriptor = descriptor;
        wake = Linux.Check(Linux.EventDescriptor(0, Linux.CloseOnExec | Linux.NonBlocking), "eventfd");
        new Thread(Run, StackSize) { IsBackground = true, Name = "serial line" }.Start();
    }

    /// <summary>Waits for bytes; 0 when the line hung up.</summary>
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        while (true)
        {
            lock (sync)
            {
                if (filled > 0)
                {
                    var count = Math.Min(filled, buffer.Length);
                    arrived.AsSpan(0, count).CopyTo(buffer.Span);
                    filled -= count;
                    arrived.AsSpan(count, filled).CopyTo(arrived);
                    return count;
                }

                if (ended)
                {
                    return 0;
                }
            }

            await news.WaitAsync(cancel);
        }
    }

    /// <summary>Forgets what has arrived; -1 when the line hung up.</summary>
    public int Drain()
    {
        lock (sync)
        {
            var count = filled;
            filled = 0;
            return ended ? -1 : count;
        }
    }

    /// <summary>Writes what the driver takes now.</summary>
    /// <exception cref="IOException">The line hung up.</exception>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        lock (sync)
        {
            if (ended)
            {
                throw new IOException("the line hung up");
            }

            var count = Linux.Write(descriptor, bytes, bytes.Length);
            var error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
            return error switch
            {
                0 => (int)count,
                Linux.TryAgain or Linux.Interrupted => 0,
                _ => throw new IOException(new Win32Exception(error).Message),
            };
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (sync)
        {
            if (!ended)
            {
                // The thread alone closes the descriptors, so that their numbers cannot be another's meanwhile.
                Span<byte> one = stackalloc byte[8];
                one[0] = 1;
                _ = Linux.Write(wake, one, one.Length);
            }
        }

        await closed.Task;
    }

    private void Run()
    {
        Span<byte> buffer = stackalloc byte[512];
        while (Wait() && Read(buffer))
        {
        }

        lock (sync)
        {
            ended = true;
            _ = Linux.Close(descriptor);
            _ = Linux.Close(wake);
            Announce();
        }

        closed.SetResult();
    }

    /// <summary>Sleeps until bytes are there; false when it is over.</summary>
    private bool Wait()
    {
        Span<Linux.PollEntry> entries = stackalloc Linux.PollEntry[2];
        while (true)
        {
            entries[0] = new Linux.PollEntry { Descriptor = descriptor, Events = Linux.PollIn };
            entries[1] = new Linux.PollEntry { Descriptor = wake, Events = Linux.PollIn };
            if (Linux.Poll(entries, 2, -1) >= 0)
            {
                return entries[1].Happened == 0 && (entries[0].Happened & Linux.PollIn) != 0;
            }

            if (Marshal.GetLastPInvokeError() != Linux.Interrupted)
            {
                return false;
            }
        }
    }

    private bool Read(Span<byte> buffer)
    {
        var count = (int)Linux.Read(descriptor, buffer, buffer.Length);
        if (count <= 0)
        {
            return count < 0 && Marshal.GetLastPInvokeError() is Linux.TryAgain or Linux.Interrupted;
        }

        lock (sync)
        {
            if (filled + count > Capacity)
            {
                filled = 0;
            }

            buffer[..count].CopyTo(arrived.AsSpan(filled));
            filled += count;
            Announce();
        }

        return true;
    }

    private void Announce()
    {
        if (news.CurrentCount == 0)
        {
            news.Release();
        }
    }
}
