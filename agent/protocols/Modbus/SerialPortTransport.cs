using System.IO.Ports;

namespace EdgeDcim.Protocols.Modbus;

/// <summary>A serial port through System.IO.Ports alone, where the operating system waits without polling (Windows).</summary>
internal sealed class SerialPortTransport(ModbusSerialOptions options) : LineTransport
{
    private readonly byte[] arrived = new byte[1024];
    private SerialPort? port;
    private Task<int>? reading;
    private string? claimed;

    public override string Name => options.Port;

    public override bool IsOpen => port is not null;

    public override bool RenewsAfterFault => false;

    public override TimeSpan TimeFor(int characters) => options.TimeFor(characters);

    public override ValueTask<TimeSpan> OpenAsync(CancellationToken cancel)
    {
        claimed = SerialTransports.Claim(options.Port);
        try
        {
            port = Configured(options);
            return ValueTask.FromResult(TimeSpan.Zero);
        }
        finally
        {
            if (port is null)
            {
                SerialTransports.Release(claimed);
            }
        }
    }

    /// <summary>Opens the port with speed, form and no flow control; the lines that feed many RS-485 converters stay on.</summary>
    public static SerialPort Configured(ModbusSerialOptions options)
    {
        var opened = new SerialPort(options.Port, options.BaudRate, options.Parity, options.DataBits, options.StopBits) { Handshake = Handshake.None };
        try
        {
            opened.Open();
            TryPowerLines(opened);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel) => await Stream().WriteAsync(frame, cancel);

    public override async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        // Not every platform ends a serial read when asked to; an unfinished one waits here for the next caller.
        reading ??= Stream().ReadAsync(arrived, CancellationToken.None).AsTask();
        var count = await reading.WaitAsync(cancel);
        reading = null;
        var taken = Math.Min(count, buffer.Length);
        arrived.AsSpan(0, taken).CopyTo(buffer.Span);
        return taken;
    }

    public override async ValueTask<int> DrainAsync()
    {
        var drained = 0;
        if (reading is { IsCompleted: true })
        {
            drained = await reading;
            reading = null;
        }

        if (port is { } open)
        {
            drained += open.BytesToRead;
            open.DiscardInBuffer();
        }

        return drained;
    }

    public override async ValueTask CloseAsync()
    {
        if (port is not { } open)
        {
            return;
        }

        port = null;
        var unfinished = reading;
        reading = null;
        try
        {
            // Closing waits for the driver.
            await Task.Run(open.Dispose);
        }
        catch (Exception e) when (IsFault(e))
        {
            // The adapter is gone; nothing is left to close.
        }

        _ = unfinished?.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        SerialTransports.Release(claimed);
    }

    private static void TryPowerLines(SerialPort opened)
    {
        try
        {
            opened.DtrEnable = true;
            opened.RtsEnable = true;
        }
        catch (Exception e) when (IsFault(e))
        {
            // Pseudo terminals and some adapters have no such lines.
        }
    }

    private Stream Stream() => port?.BaseStream ?? throw new InvalidOperationException("the port is closed");
}
