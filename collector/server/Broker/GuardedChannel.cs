using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;

namespace EdgeDcim.Collector.Broker;

/// <summary>The bytes of one client on their way into the MQTT server: metered before anybody looks inside, with deadlines for what has begun.</summary>
internal sealed class GuardedChannel(Stream stream, Visitor visitor, BrokerLimits limits, OffenceReport report, TimeProvider time) : IMqttChannel
{
    private readonly byte[] buffer = new byte[16 << 10];
    private readonly PacketMeter meter = new(limits, time);
    private readonly CancellationTokenSource patience = new(Timeout.InfiniteTimeSpan, time);
    private TimeSpan waited;
    private int from;
    private int filled;

    public EndPoint RemoteEndPoint => visitor.From;

    public EndPoint? LocalEndPoint => null;

    public X509Certificate2? ClientCertificate => visitor.Certificate;

    public bool IsSecureConnection => stream is SslStream;

    public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task DisconnectAsync(CancellationToken cancellationToken)
    {
        visitor.Close();
        return Task.CompletedTask;
    }

    public async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        if (from == filled)
        {
            await FillAsync(cancellationToken);
        }

        var taken = Math.Min(count, filled - from);
        Buffer.BlockCopy(this.buffer, from, buffer, offset, taken);
        from += taken;
        return taken;
    }

    public async Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(limits.TakeWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            foreach (var segment in buffer)
            {
                await stream.WriteAsync(segment, either.Token);
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw CutOff(Offence.Slow, $"it does not take what it asked for within {limits.TakeWithin.TotalSeconds:0} s");
        }
        catch (ObjectDisposedException closed)
        {
            throw new IOException("the connection is closed", closed);
        }
    }

    public void Dispose()
    {
        visitor.Close();
        patience.Dispose();
    }

    private async ValueTask FillAsync(CancellationToken cancel)
    {
        try
        {
            (from, filled) = (0, await ReceiveAsync(cancel));
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw CutOff(Offence.Slow, $"a packet that it began did not end within {limits.PacketWithin.TotalSeconds:0} s");
        }
        catch (ObjectDisposedException)
        {
            // Closed from this side, which reads as the end.
            (from, filled) = (0, 0);
        }

        var before = meter.Packets;
        if (meter.Take(buffer.AsSpan(0, filled)) is { } offence)
        {
            throw CutOff(offence, Words(offence));
        }

        waited = meter.Packets > before ? TimeSpan.Zero : waited;
    }

    /// <summary>Only the waiting counts, so that a collector that is busy does not blame its clients.</summary>
    private async ValueTask<int> ReceiveAsync(CancellationToken cancel)
    {
        await using var closing = cancel.UnsafeRegister(static visitor => ((Visitor)visitor!).Close(), visitor);
        if (!meter.IsInside)
        {
            return await stream.ReadAsync(buffer, CancellationToken.None);
        }

        var began = time.GetTimestamp();
        patience.CancelAfter(waited < limits.PacketWithin ? limits.PacketWithin - waited : TimeSpan.Zero);
        var received = await stream.ReadAsync(buffer, patience.Token);
        patience.CancelAfter(Timeout.InfiniteTimeSpan);
        waited += time.GetElapsedTime(began);
        return received;
    }

    private IOException CutOff(Offence offence, string detail)
    {
        report.Add(offence, visitor, detail);
        visitor.Close();
        return new IOException(detail);
    }

    private string Words(Offence offence) => offence switch
    {
        Offence.Messages => $"it sends more than {limits.Messages} messages a second",
        Offence.Bytes => $"it sends more than {limits.Bytes} bytes a second",
        Offence.Size => $"it announces a packet larger than {(meter.Packets == 0 ? limits.FirstPacket : limits.Packet)} bytes",
        _ => "what it sends is no MQTT",
    };
}
