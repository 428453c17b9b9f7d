using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using EdgeDcim.Protocols.Snmp.Ber;
using EdgeDcim.Protocols.Snmp.Usm;
using EdgeDcim.Protocols.Snmp.Wire;
using EdgeDcim.Protocols.Udp;

namespace EdgeDcim.Protocols.Snmp;

/// <summary>Asks one target one thing: attempts, deadlines, and the checks that every answer has to pass before anybody looks at its values.</summary>
internal sealed class SnmpRoundTrip(SnmpTransport transport, SnmpTarget target)
{
    /// <summary>Security parameters, headers with long lengths, the last block of a cipher.</summary>
    private const int EnvelopeBytes = 512;

    private const int MaxUtf8Bytes = 3;

    /// <summary>An agent whose engine is not known takes a discovery and a time report, one that was exchanged the same again.</summary>
    private const int MaxReports = 4;

    private readonly UsmSession? session = target.Version == SnmpVersion.V3 ? target.Session(transport.Time) : null;

    /// <exception cref="SnmpException">No usable answer came.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<SnmpReply> AskAsync(SnmpRequest request, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var address = await target.ResolveAsync(cancel);
        var exchange = transport.Begin(address);
        var handedOn = false;
        try
        {
            var problem = default(string);
            var reports = 0;
            var attempt = 0;
            var sends = true;
            var wait = target.Timeout;
            while (attempt <= target.Retries)
            {
                var length = sends ? Encode(exchange, request) : 0;
                var answer = exchange.Arm(wait, cancel);
                var unsent = sends ? Send(exchange, length, request) : null;
                var outcome = await answer;
                sends = true;
                ThrowIfEnded(outcome, unsent, request, cancel);
                if (outcome == UdpOutcome.TimedOut)
                {
                    attempt++;
                    wait = target.Timeout;
                    request = request with { Repetitions = Halved(request) };
                    continue;
                }

                switch (Judge(exchange, out var pdu, out var report, out problem))
                {
                    case UsmVerdict.Answer:
                        target.LastRoundTrip = exchange.Elapsed;
                        LearnFrom(request, pdu);
                        handedOn = true;
                        return new SnmpReply(transport, exchange, pdu);
                    case UsmVerdict.SendAgain when ++reports <= MaxReports:
                        wait = target.Timeout;
                        break;
                    case UsmVerdict.Ignore when session is not null && exchange.Elapsed < wait:
                        // Anybody can send what is not authentic: the right answer may still come.
                        wait -= exchange.Elapsed;
                        sends = false;
                        break;
                    case UsmVerdict.Ignore:
                        attempt++;
                        wait = target.Timeout;
                        break;
                    default:
                        throw Refused(request, report);
                }
            }

            throw Failed(request, problem);
        }
        catch (CryptographicException missing)
        {
            throw new SnmpException(SnmpFault.UnsupportedSecurity, $"SNMP {target}: {request}: this machine does not offer {target.User?.Authentication} with {target.User?.Privacy}", missing);
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
    private int Encode(UdpExchange exchange, in SnmpRequest request)
    {
        var writer = new BerWriter(exchange.RequestBuffer(request.VarBinds.Length + target.Community.Length + (target.Context.Length * MaxUtf8Bytes) + EnvelopeBytes));
        if (session is null)
        {
            SnmpEnvelope.Write(ref writer, target.Version, target.Community, request, exchange.Id);
        }
        else
        {
            session.Write(ref writer, request, exchange.Id);
        }

        return writer.Length;
    }

    /// <summary>In SNMPv1 and v2c there is nobody to blame but the agent: what cannot be read is asked again.</summary>
    private UsmVerdict Judge(UdpExchange exchange, out SnmpPdu pdu, out UsmReport report, out string? problem)
    {
        if (session is not null)
        {
            return session.Read(exchange.Answer, exchange.Id, out pdu, out report, out problem);
        }

        report = UsmReport.Unknown;
        pdu = SnmpEnvelope.ReadCommunityAnswer(exchange.Answer, target.Version, out problem);
        return problem is null ? UsmVerdict.Answer : UsmVerdict.Ignore;
    }

    private void ThrowIfEnded(UdpOutcome outcome, SnmpException? unsent, in SnmpRequest request, CancellationToken cancel)
    {
        if (unsent is not null)
        {
            throw unsent;
        }

        switch (outcome)
        {
            case UdpOutcome.Cancelled:
                throw new OperationCanceledException(cancel);
            case UdpOutcome.Closed:
                throw new SnmpException(SnmpFault.Closed, $"SNMP {target}: {request}: the transport was closed");
        }
    }

    /// <summary>Returns the fault instead of throwing it, since the armed wait has to be ended and awaited first.</summary>
    private SnmpException? Send(UdpExchange exchange, int length, in SnmpRequest request)
    {
        try
        {
            transport.Send(exchange, exchange.Request[^length..]);
            return null;
        }
        catch (SocketException unreachable)
        {
            exchange.TryComplete(UdpOutcome.Closed);
            return new SnmpException(SnmpFault.Unreachable, $"SNMP {target}: {request}: cannot be sent ({unreachable.SocketErrorCode})", unreachable);
        }
        catch (SnmpException closed)
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

    private SnmpException Refused(in SnmpRequest request, UsmReport report)
    {
        var (fault, cause) = report switch
        {
            UsmReport.UnknownUser => (SnmpFault.Authentication, $"the agent does not know the user '{target.User}'"),
            UsmReport.WrongDigest => (SnmpFault.Authentication, $"the agent refuses the authentication of the user '{target.User}': check the password and the protocol ({target.User!.Authentication})"),
            UsmReport.DecryptionError => (SnmpFault.Privacy, $"the agent cannot decrypt what the user '{target.User}' sends: check the privacy password and the protocol ({target.User!.Privacy})"),
            UsmReport.UnsupportedSecurityLevel => (SnmpFault.UnsupportedSecurity, $"the agent does not offer the user '{target.User}' this security level ({target.User!.Authentication}, {target.User.Privacy})"),
            UsmReport.UnknownContext => (SnmpFault.AgentError, $"the agent does not know the context '{target.Context}'"),
            UsmReport.NotInTimeWindow => (SnmpFault.Authentication, "the agent finds every message outside its time window, also with the time that it told"),
            UsmReport.UnknownEngineId => (SnmpFault.BadReply, "the agent does not know the engine id that it told"),
            _ => (SnmpFault.BadReply, "the agent answered a report of an unknown kind"),
        };
        return new SnmpException(fault, $"SNMP {target}: {request}: {cause}");
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
