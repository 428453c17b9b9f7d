using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using EdgeDcim.Protocols.Ipmi.Wire;
using EdgeDcim.Protocols.Udp;

namespace EdgeDcim.Protocols.Ipmi.Session;

/// <summary>
/// Questions and answers with one controller, one at a time: attempts, deadlines, and the look at every datagram whether it answers the
/// question that is open. Asking and receiving run side by side; what both touch is behind the lock.
/// </summary>
internal sealed class IpmiConversation : IDisposable
{
    private const int SetUpIdOffset = 4;

    private readonly IpmiTransport transport;
    private readonly IpmiTarget target;
    private readonly SocketAddress address;
    private readonly UdpExchange exchange;
    private readonly Lock gate = new();
    private readonly byte[] scratch = new byte[Rmcp.MaxDatagramBytes];
    private IpmiEnvelope envelope = new LegacyEnvelope();
    private IpmiRequest request;
    private PlusPayload setUp;
    private byte tag;
    private int sequence;
    private int attempts;
    private bool waiting;
    private bool ended;

    public IpmiConversation(IpmiTransport transport, IpmiTarget target, SocketAddress address)
    {
        this.transport = transport;
        this.target = target;
        this.address = address;
        exchange = new UdpExchange(transport.Time);
        ConsoleId = transport.Join(this, address);
    }

    /// <summary>By which the controller names this session in its answers; unique in the transport.</summary>
    public uint ConsoleId { get; }

    /// <summary>Of the last answer: completion code and data, or the payload of a step of the key exchange.</summary>
    public ReadOnlySpan<byte> Answer => exchange.Answer;

    /// <summary>From the next request on.</summary>
    public void Use(IpmiEnvelope next)
    {
        lock (gate)
        {
            envelope.Dispose();
            envelope = next;
        }
    }

    /// <summary>Ends when <see cref="Answer"/> holds the answer.</summary>
    /// <exception cref="IpmiException">None came.</exception>
    public ValueTask AskAsync(IpmiRequest asked, int retries, CancellationToken cancel)
    {
        if (!Enum.IsDefined(asked.Command) || (asked.IsBridged && asked.Command is not (IpmiCommand.SensorReading or IpmiCommand.SensorFactors)))
        {
            throw new ArgumentOutOfRangeException(nameof(asked), "not a command that reads");
        }

        request = asked;
        setUp = PlusPayload.Message;
        return RunAsync(default, retries, cancel);
    }

    /// <summary>One step of the key exchange; the first octet of the payload becomes its tag.</summary>
    /// <exception cref="IpmiException">No answer came.</exception>
    public ValueTask SetUpAsync(PlusPayload step, byte[] payload, CancellationToken cancel)
    {
        setUp = step;
        payload[0] = ++tag;
        return RunAsync(payload, target.Retries, cancel);
    }

    /// <summary>The receive loop offers every datagram of the controller's address.</summary>
    public bool TryTake(ReadOnlySpan<byte> session)
    {
        ReadOnlySpan<byte> body;
        lock (gate)
        {
            if (!waiting || ended || !Fits(session, out body) || !exchange.TryClaim())
            {
                return false;
            }

            waiting = false;
        }

        exchange.Deliver(body);
        return true;
    }

    public void End(UdpOutcome outcome)
    {
        lock (gate)
        {
            ended = true;
        }

        exchange.TryComplete(outcome);
    }

    public void Dispose()
    {
        transport.Leave(this, address, ConsoleId);
        End(UdpOutcome.Closed);
        lock (gate)
        {
            envelope.Dispose();
        }

        exchange.Dispose();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask RunAsync(byte[]? payload, int retries, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        attempts = 0;
        while (attempts <= retries)
        {
            var answer = Arm(payload, out var length, cancel);
            var unsent = Send(length);
            var outcome = await answer;
            lock (gate)
            {
                waiting = false;
            }

            if (unsent is not null)
            {
                throw unsent;
            }

            switch (outcome)
            {
                case UdpOutcome.Answered:
                    return;
                case UdpOutcome.Cancelled:
                    throw new OperationCanceledException(cancel);
                case UdpOutcome.Closed:
                    throw new IpmiException(IpmiFault.Closed, $"IPMI {target}: {Name}: the transport was closed");
            }
        }

        var tried = retries == 0 ? "the only attempt" : $"{retries + 1} attempts";
        throw new IpmiException(IpmiFault.Timeout, $"IPMI {target}: {Name}: no answer within {target.Timeout.TotalMilliseconds:0} ms in {tried}");
    }

    private string Name => setUp == PlusPayload.Message ? request.ToString() : setUp.ToString();

    private ValueTask<UdpOutcome> Arm(byte[]? payload, out int length, CancellationToken cancel)
    {
        lock (gate)
        {
            attempts++;
            length = payload is null ? WriteRequest() : WriteSetUp(payload);
            waiting = true;
            if (ended)
            {
                throw new IpmiException(IpmiFault.Closed, $"IPMI {target}: {Name}: the transport was closed");
            }

            return exchange.Arm(target.Timeout, cancel);
        }
    }

    /// <summary>Every attempt has numbers of its own, so that neither end takes it for a copy; an answer to any of them answers the request.</summary>
    private int WriteRequest()
    {
        sequence = (sequence + 1) % IpmiMessage.SequenceCount;
        Span<byte> message = stackalloc byte[request.Data.Length + (request.IsBridged ? BridgedMessage.OverheadBytes : IpmiMessage.OverheadBytes)];
        _ = request.IsBridged
            ? BridgedMessage.Write(message, request, sequence)
            : IpmiMessage.Write(message, request.Command, request.Lun, sequence, request.Data.Span);
        return envelope.Write(exchange.RequestBuffer(message.Length + IpmiEnvelope.OverheadBytes), message);
    }

    private int WriteSetUp(byte[] payload)
    {
        var datagram = exchange.RequestBuffer(payload.Length + IpmiEnvelope.OverheadBytes);
        Rmcp.WriteHeader(datagram);
        var session = datagram[Rmcp.HeaderBytes..];
        PlusPacket.WriteHeader(session, setUp, isProtected: false, 0, 0, payload.Length);
        payload.CopyTo(session[PlusPacket.HeaderBytes..]);
        return Rmcp.HeaderBytes + PlusPacket.HeaderBytes + payload.Length;
    }

    /// <summary>Returns the fault instead of throwing it, since the armed wait has to be ended and awaited first.</summary>
    private IpmiException? Send(int length)
    {
        try
        {
            transport.Send(address, exchange.Request[..length]);
            return null;
        }
        catch (SocketException unreachable)
        {
            exchange.TryComplete(UdpOutcome.Closed);
            return new IpmiException(IpmiFault.Unreachable, $"IPMI {target}: {Name}: cannot be sent ({unreachable.SocketErrorCode})", unreachable);
        }
        catch (IpmiException closed)
        {
            exchange.TryComplete(UdpOutcome.Closed);
            return closed;
        }
        catch (ObjectDisposedException)
        {
            exchange.TryComplete(UdpOutcome.Closed);
            return null;
        }
    }

    private bool Fits(ReadOnlySpan<byte> session, out ReadOnlySpan<byte> body)
    {
        if (setUp != PlusPayload.Message)
        {
            return FitsSetUp(session, out body);
        }

        body = default;
        if (!envelope.TryRead(session, scratch, out var message))
        {
            return false;
        }

        int answered;
        var isAnswer = request.IsBridged
            ? BridgedMessage.TryReadAnswer(message, request.Command, out answered, out body)
            : IpmiMessage.TryReadAnswer(message, request.Command, out answered, out body);
        if (!isAnswer)
        {
            return false;
        }

        var age = (sequence - answered + IpmiMessage.SequenceCount) % IpmiMessage.SequenceCount;
        return age < attempts;
    }

    /// <summary>Sessions are told apart by our id inside the payload, steps by their tag.</summary>
    private bool FitsSetUp(ReadOnlySpan<byte> session, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (!PlusPacket.TryRead(session, out var packet) || packet.Type != setUp + 1 || packet.Payload.Length < SetUpIdOffset + sizeof(uint) || packet.Payload[0] != tag)
        {
            return false;
        }

        body = packet.Payload;
        return BinaryPrimitives.ReadUInt32LittleEndian(body[SetUpIdOffset..]) == ConsoleId;
    }
}
