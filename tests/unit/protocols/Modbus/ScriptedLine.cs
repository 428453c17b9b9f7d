using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Protocols.Tests.Modbus;

/// <summary>A serial line in memory. What is delivered has been taken in by the client when <see cref="Deliver"/> returns.</summary>
internal sealed class ScriptedLine(ModbusSerialOptions options) : LineTransport
{
    private TaskCompletionSource<byte[]>? waiting;
    private bool open;

    public override string Name => "line";

    public override bool IsOpen => open;

    public override bool RenewsAfterFault => false;

    public List<byte[]> Sent { get; } = [];

    public int Openings { get; private set; }

    /// <summary>Thrown by the next opening, once.</summary>
    public Exception? OpenFault { get; set; }

    public void Deliver(byte[] bytes) => waiting!.SetResult(bytes);

    public void HangUp() => waiting!.SetException(new InvalidOperationException("The port is closed."));

    public override ValueTask<TimeSpan> OpenAsync(CancellationToken cancel)
    {
        if (OpenFault is { } fault)
        {
            OpenFault = null;
            throw fault;
        }

        Openings++;
        open = true;
        return ValueTask.FromResult(TimeSpan.Zero);
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel)
    {
        Sent.Add(frame.ToArray());
        return ValueTask.CompletedTask;
    }

    public override async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        waiting = new TaskCompletionSource<byte[]>();
        var bytes = await waiting.Task.WaitAsync(cancel);
        bytes.CopyTo(buffer);
        return bytes.Length;
    }

    public override TimeSpan TimeFor(int characters) => options.TimeFor(characters);

    public override ValueTask<int> DrainAsync() => ValueTask.FromResult(0);

    public override ValueTask CloseAsync()
    {
        open = false;
        return ValueTask.CompletedTask;
    }
}
