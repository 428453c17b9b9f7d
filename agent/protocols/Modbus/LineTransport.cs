using System.Net.Sockets;

namespace EdgeDcim.Protocols.Modbus;

/// <summary>What carries the bytes of a line: a serial port, or a TCP connection to a device server that passes them on.</summary>
internal abstract class LineTransport : IAsyncDisposable
{
    /// <summary>For messages: the port, or host and port.</summary>
    public abstract string Name { get; }

    public abstract bool IsOpen { get; }

    /// <summary>Whether any fault makes a new connection worth while, not only repeated silence.</summary>
    public abstract bool RenewsAfterFault { get; }

    /// <summary>Opens. Throws what <see cref="IsFault"/> knows; returns how much of the request's time it took.</summary>
    public abstract ValueTask<TimeSpan> OpenAsync(CancellationToken cancel);

    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel);

    /// <summary>Waits for the next bytes; 0 when the other side is gone.</summary>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancel);

    /// <summary>Throws away what has arrived so far; returns how many bytes. Closes when it finds the other side gone.</summary>
    public abstract ValueTask<int> DrainAsync();

    /// <summary>May be opened again.</summary>
    public abstract ValueTask CloseAsync();

    public ValueTask DisposeAsync() => CloseAsync();

    /// <summary>Lets the line be quiet.</summary>
    public virtual ValueTask RestAsync(TimeSpan quiet, TimeProvider time, CancellationToken cancel) =>
        new(Task.Delay(Pacing.WholeMilliseconds(quiet), time, cancel));

    /// <summary>Notes an answer; a transport that connects learns from it how soon it may ask.</summary>
    public virtual void Answered(byte? exceptionCode)
    {
    }

    /// <summary>How long so many characters take on the line; zero when nobody knows.</summary>
    public virtual TimeSpan TimeFor(int characters) => TimeSpan.Zero;

    /// <summary>All that sockets and serial ports throw when the path is broken; a serial port has no one type for it.</summary>
    public static bool IsFault(Exception e) =>
        e is IOException or SocketException or ObjectDisposedException or InvalidOperationException or UnauthorizedAccessException or TimeoutException;
}
