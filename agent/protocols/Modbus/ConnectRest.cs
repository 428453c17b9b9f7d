namespace EdgeDcim.Protocols.Modbus;

/// <summary>
/// Rest between a connection and its first request: as stated, and longer once a peer answered the first request of a connection as busy (06)
/// or not reachable behind it (0B), because such peers listen before they are ready.
/// </summary>
internal sealed class ConnectRest(TimeSpan stated, TimeSpan most)
{
    private static readonly TimeSpan FirstStep = TimeSpan.FromMilliseconds(20);

    private int fresh;
    private TimeSpan learned;

    public TimeSpan Now => learned > stated ? learned : stated;

    public void Connected() => Volatile.Write(ref fresh, 1);

    /// <summary>Notes how a request ended; only the first of a connection teaches.</summary>
    public void Answered(byte? exceptionCode)
    {
        if (Interlocked.Exchange(ref fresh, 0) == 1 && exceptionCode is 0x06 or 0x0B && Now < most)
        {
            var next = Now * 2 > FirstStep ? Now * 2 : FirstStep;
            learned = next < most ? next : most;
        }
    }
}
