using System.ComponentModel;
using System.Runtime.InteropServices;

namespace EdgeDcim.Protocols.Modbus;

/// <summary>
/// A serial port on Linux. System.IO.Ports sets it up, but its reading wakes a thread a thousand times a second and neither ends nor fails
/// when the adapter is unplugged; so a descriptor of our own is read by a thread that sleeps until bytes come or the line hangs up.
/// </summary>
internal sealed class LinuxSerialTransport(ModbusSerialOptions options, TimeProvider time) : LineTransport
{
    private static readonly TimeSpan WriteAgain = TimeSpan.FromMilliseconds(5);

    private SerialReader? reader;
    private string? claimed;

    public override string Name => options.Port;

    public override bool IsOpen => reader is not null;

    public override bool RenewsAfterFault => false;

    public override TimeSpan TimeFor(int characters) => options.TimeFor(characters);

    public override ValueTask<TimeSpan> OpenAsync(CancellationToken cancel)
    {
        claimed = SerialTransports.Claim(options.Port);
        try
        {
            var descriptor = Linux.Check(Linux.Open(options.Port, Linux.ReadWrite | Linux.NoControllingTerminal | Linux.NonBlocking | Linux.CloseOnExec), options.Port);
            try
            {
                Linux.Check(Linux.Flock(descriptor, Linux.LockExclusive | Linux.LockNonBlocking), $"{options.Port} is used by another program");

                // The settings belong to the device and stay while our descriptor keeps it open.
                SerialPortTransport.Configured(options).Dispose();
                reader = new SerialReader(descriptor);
            }
            finally
            {
                if (reader is null)
                {
                    _ = Linux.Close(descriptor);
                }
            }

            return ValueTask.FromResult(TimeSpan.Zero);
        }
        finally
        {
            if (reader is null)
            {
                SerialTransports.Release(claimed);
            }
        }
    }

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel)
    {
        while (true)
        {
            frame = frame[Open().Write(frame.Span)..];
            if (frame.IsEmpty)
            {
                return;
            }

            await Task.Delay(WriteAgain, time, cancel);
        }
    }

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancel) => Open().ReceiveAsync(buffer, cancel);

    public override ValueTask RestAsync(TimeSpan quiet, TimeProvider time, CancellationToken cancel) =>
        reader is { } open ? open.PauseAsync(quiet, time, cancel) : base.RestAsync(quiet, time, cancel);

    public override async ValueTask<int> DrainAsync()
    {
        var drained = reader?.Drain() ?? 0;
        if (drained < 0)
        {
            await CloseAsync();
            return 0;
        }

        return drained;
    }

    public override async ValueTask CloseAsync()
    {
        if (reader is { } open)
        {
            reader = null;
            await open.DisposeAsync();
            SerialTransports.Release(claimed);
        }
    }

    private SerialReader Open() => reader ?? throw new InvalidOperationException("the port is closed");
}

/// <summary>The few calls of libc that .NET does not offer for a character device. The numbers are those of Linux on x86-64 and ARM.</summary>
internal static partial class Linux
{
    public const int ReadWrite = 2;
    public const int NoControllingTerminal = 0x100;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;
    public const int LockExclusive = 2;
    public const int LockNonBlocking = 4;
    public const short PollIn = 1;
    public const int Interrupted = 4;
    public const int TryAgain = 11;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Flock(int descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, Span<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, ReadOnlySpan<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(Span<PollEntry> entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint value, int flags);

    /// <exception cref="IOException">The call gave a negative result.</exception>
    public static int Check(int result, string subject)
    {
        if (result >= 0)
        {
            return result;
        }

        var error = Marshal.GetLastPInvokeError();
        throw new IOException($"{subject}: {new Win32Exception(error).Message}");
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }
}
