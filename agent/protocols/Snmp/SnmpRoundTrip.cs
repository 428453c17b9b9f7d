using System.Net.Sockets;
using System.Runtime.CompilerServices;
using EdgeDcim.Protocols.Snmp.Ber;
using EdgeDcim.Protocols.Snmp.Wire;

namespace EdgeDcim.Protocols.Snmp;

/// <summary>Asks one target one thing: attempts, deadlines, and the checks that every answer has to pass before anybody looks at its values.</summary>
internal sealed class SnmpRoundTrip(SnmpTransport transport, SnmpTarget target)
{
    /// <summary>Community or security parameters, headers with long lengths.</summary>
    private const int EnvelopeBytes = 512;

    /// <exception cref="SnmpException">No usable answer came.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<SnmpReply> AskAsync(SnmpRequest request, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (target.Version == SnmpVersion.V3)
        {
            throw new SnmpException(SnmpFault.UnsupportedSecurity, $"SNMP {target}: SNMPv3 is not built yet; use v2c");
        }

        var address = await target.ResolveAsync(cancel);
        var exchange = transport.Begin(address);
        var handedOn = false;
        try
        {
            var problem = default(string);
            for (var attempt = 0; attempt <= target.Retries; attempt++)
            {
                var length = Encode(exchange, request);
                var answer = exchange.Arm(target.Timeout, cancel);
                var unsent = Send(exchange, length, request);
                var outcome = await answer;
                if (unsent is not null)
                {
                    throw unsent;
                }

                switch (outcome)
                {
                    case SnmpOutcome.Cancelled:
                        cancel.ThrowIfCancellationRequested();
                        break;
                    case SnmpOutcome.Closed:
                        throw new SnmpException(SnmpFault.Closed, $"SNMP {target}: {request}: the transport was closed");
                    case SnmpOutcome.TimedOut:
                        request = request with { Repetitions = Halved(request) };
                        break;
                    default:
                        var pdu = SnmpEnvelope.ReadCommunityAnswer(exchange.Answer, target.Version, out problem);
                        if (problem is null)
                        {
                            target.LastRoundTrip = exchange.Elapsed;
                            LearnFrom(request, pdu);
                            handedOn = true;
                            return new SnmpReply(transport, exchange, pdu);
                        }

                        break;
                }
            }

            throw Failed(request, problem);
        }
        finally
        {
            if (!handedOn)
            {
                transport.End(exchange);
            }
        }
    }

    /// <summary>The fault that an error status means, for requests that cannot go on.</summary>
    public SnmpException AgentError(in SnmpRequest request, int status) =>
        new(SnmpFault.AgentError, $"SNMP {target}: {request}: the agent answered {SnmpErrorStatus.NameOf(status)}") { ErrorStatus = status };

    public SnmpException BadReply(in SnmpRequest request, string problem) =>
        new(SnmpFault.BadReply, $"SNMP {target}: {request}: the answer is not valid: {problem}");

    private static int Halved(in SnmpRequest request) => request.Repetitions > 1 ? request.Repetitions / 2 : request.Repetitions;

    /// <summary>Into the end of the exchange's request buffer; returns how many bytes.</summary>
    private int Encode(SnmpExchange exchange, in SnmpRequest request)
    {
        var writer = new BerWriter(exchange.RequestBuffer(request.VarBinds.Length + target.Community.Length + EnvelopeBytes));
        SnmpEnvelope.Write(ref writer, target.Version, target.Community, request, exchange.Id);
        return writer.Length;
    }

    /// <summary>Returns the fault instead of throwing it, since the armed wait has to be ended and awaited first.</summary>
    private SnmpException? Send(SnmpExchange exchange, int length, in SnmpRequest request)
    {
        try
        {
            transport.Send(exchange, exchange.Request[^length..]);
            return null;
        }
        catch (SocketException unreachable)
        {
            exchange.TryComplete(SnmpOutcome.Closed);
            return new SnmpException(SnmpFault.Unreachable, $"SNMP {target}: {request}: cannot be sent ({unreachable.SocketErrorCode})", unreachable);
        }
        catch (SnmpException closed)
        {
            exchange.TryComplete(SnmpOutcome.Closed);
            return closed;
        }
        catch (ObjectDisposedException)
        {
            exchange.TryComplete(SnmpOutcome.Closed);
            return null;
        }
    }

    private void LearnFrom(in SnmpRequest request, in SnmpPdu pdu)
    {
        if (request.Kind != BerTag.GetBulk)
        {
            return;
        }

        if (pdu.ErrorStatus == SnmpErrorStatus.TooBig)
        {
            target.LearnTooManyRepetitions(request.Repetitions);
        }
        else if (request.NonRepeaters == 0)
        {
            target.LearnAnswered(request.Repetitions);
        }
    }

    private SnmpException Failed(in SnmpRequest request, string? problem)
    {
        if (problem is not null)
        {
            return BadReply(request, problem);
        }

        target.ForgetAddress();
        var attempts = target.Retries == 0 ? "the only attempt" : $"{target.Retries + 1} attempts";
        return new SnmpException(SnmpFault.Timeout, $"SNMP {target}: {request}: no answer within {target.Timeout.TotalMilliseconds:0} ms in {attempts}");
    }
}
