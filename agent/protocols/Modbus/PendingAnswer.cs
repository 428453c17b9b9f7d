using System.Threading.Tasks.Sources;

namespace EdgeDcim.Protocols.Modbus;

/// <summary>One request under way on a <see cref="TcpConnection"/>; reused for the next, so that waiting allocates nothing.</summary>
internal sealed class PendingAnswer : IValueTaskSource<int>
{
    private readonly byte[] frame = new byte[MbapFrame.HeaderLength + ModbusPdu.MaxRequestLength];
    private ManualResetValueTaskSourceCore<int> source;
    private int frameLength;

    public ModbusRequest Request { get; private set; }

    public ushort Transaction { get; private set; }

    /// <summary>Time stamp of the clock at which waiting ends.</summary>
    public long Deadline { get; private set; }

    public Memory<byte> Destination { get; private set; }

    public TcpConnection? Connection { get; set; }

    public ReadOnlyMemory<byte> Frame => frame.AsMemory(0, frameLength);

    public void Prepare(in ModbusRequest request, ushort transaction, long deadline, Memory<byte> destination)
    {
        Request = request;
        Transaction = transaction;
        Deadline = deadline;
        Destination = destination;
        frameLength = MbapFrame.Write(transaction, request, frame);
        source.Reset();
    }

    /// <summary>May be awaited once.</summary>
    public ValueTask<int> WaitAsync() => new(this, source.Version);

    public void Complete(int length) => source.SetResult(length);

    public void Fail(Exception cause) => source.SetException(cause);

    int IValueTaskSource<int>.GetResult(short token) => source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => source.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        source.OnCompleted(continuation, state, token, flags);
}
