using System.Net.Sockets;

namespace EdgeDcim.Protocols.Modbus;

/// <summary>A line behind a device server: the bytes of the line come and go over TCP.</summary>
internal sealed class TcpLineTransport(ModbusTcpOptions options, TimeProvider time) : LineTransport
{
    private readonly ConnectRest connectRest = new(options.ConnectDelay, options.MaxLearnedGap);
    private Socket? socket;
    private long closedAt;

    public override string Name { get; } = TcpDial.NameOf(options.Host, options.Port);

    public override bool IsOpen => socket is not null;

    public override bool RenewsAfterFault => true;

    public override async ValueTask<TimeSpan> OpenAsync(CancellationToken cancel)
    {
        var rest = closedAt == 0 ? TimeSpan.Zero : options.ReconnectDelay - time.GetElapsedTime(closedAt);
        if (rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, time, cancel);
        }

        var most = options.ConnectTimeout < options.Timeout ? options.ConnectTimeout : options.Timeout;
        var start = time.GetTimestamp();
        var opened = await TcpDial.OpenAsync(options.Host, options.Port, most, time, cancel);
        var took = time.GetElapsedTime(start);
        try
        {
            if (connectRest.Now > TimeSpan.Zero)
            {
                await Task.Delay(connectRest.Now, time, cancel);
            }

            connectRest.Connected();
            socket = opened;
            return took;
        }
        finally
        {
            if (socket is null)
            {
                opened.Dispose();
            }
        }
    }

    public override void Answered(byte? exceptionCode) => connectRest.Answered(exceptionCode);

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel) =>
        await Open().SendAsync(frame, SocketFlags.None, cancel);

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancel) => Open().ReceiveAsync(buffer, SocketFlags.None, cancel);

    public override async ValueTask<int> DrainAsync()
    {
        var drained = 0;
        var waste = new byte[256];
        while (socket is { } open && open.Poll(TimeSpan.Zero, SelectMode.SelectRead))
        {
            var count = open.Available > 0 ? open.Receive(waste) : 0;
            drained += count;
            if (count == 0)
            {
                await CloseAsync();
            }
        }

        return drained;
    }

    public override ValueTask CloseAsync()
    {
        if (socket is not null)
        {
            closedAt = time.GetTimestamp();
            socket.Dispose();
            socket = null;
        }

        return ValueTask.CompletedTask;
    }

    public static TcpLineTransport Create(ModbusTcpOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxInFlight, 1);
        return new TcpLineTransport(options, time);
    }

    private Socket Open() => socket ?? throw new InvalidOperationException("the connection is closed");
}
