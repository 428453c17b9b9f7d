using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EdgeDcim.Protocols.Ipmi.Wire;

namespace EdgeDcim.Protocols.Ipmi.Session;

/// <summary>Opens a session: asks what the controller offers, takes the best of it, and leaves the conversation inside the session.</summary>
internal sealed class IpmiLogin(IpmiConversation conversation, IpmiTarget target)
{
    private const byte ThisChannel = 0x0E;
    private const byte AskForVersion2 = 0x80;
    private const byte OffersVersion2 = 0x02;
    private const byte OffersMd5 = 0x04;
    private const byte NameOnlyLookup = 0x10;
    private const int AnswerBytes = 8;
    private const int OpenAnswerBytes = 36;
    private const int ChallengeAnswerBytes = 21;

    /// <summary>IPMI 2.0 table 13-9 gives no room for more.</summary>
    private const int MaxSuitePages = 64;

    private const int SuitePageBytes = 16;

    /// <exception cref="IpmiException">The controller does not answer, or lets nobody in.</exception>
    public async ValueTask<OpenedSession> OpenAsync(CancellationToken cancel)
    {
        var (types, version2) = await OfferAsync(cancel);
        if (version2)
        {
            return await OpenPlusAsync(cancel);
        }

        return (types & OffersMd5) != 0
            ? await OpenMd5Async(cancel)
            : throw new IpmiException(IpmiFault.UnsupportedSecurity, $"IPMI {target}: the controller offers neither IPMI 2.0 nor MD5 (it offers 0x{types:X2}); enable one of them there");
    }

    /// <summary>The authentication types of IPMI 1.5, and whether there is IPMI 2.0. Some controllers of IPMI 1.5 refuse the very question for 2.0.</summary>
    private async ValueTask<(byte Types, bool Version2)> OfferAsync(CancellationToken cancel)
    {
        foreach (var channel in (byte[])[ThisChannel | AskForVersion2, ThisChannel])
        {
            await conversation.AskAsync(new IpmiRequest(IpmiCommand.ChannelAuthentication, new[] { channel, (byte)target.Privilege }), target.Retries, cancel);
            if (conversation.Answer is [0, _, var types, _, var extended, ..])
            {
                return (types, (types & AskForVersion2) != 0 && (extended & OffersVersion2) != 0);
            }
        }

        throw Refused(IpmiCommand.ChannelAuthentication, conversation.Answer);
    }

    private async ValueTask<OpenedSession> OpenPlusAsync(CancellationToken cancel)
    {
        var offered = await SuitesAsync(cancel);
        var candidates = offered.Count == 0
            ? CipherSuite.Accepted
            : [.. CipherSuite.Accepted.Where(suite => offered.Contains(suite.Id))];
        if (candidates.Count == 0)
        {
            throw new IpmiException(
                IpmiFault.UnsupportedSecurity,
                $"IPMI {target}: the controller offers only the cipher suites {string.Join(", ", offered)}, none of which keeps the password and the readings safe; enable 17 or 3 there");
        }

        byte last = 0;
        foreach (var suite in candidates)
        {
            var (status, bmcId) = await OpenAsync(suite, cancel);
            if (status == 0)
            {
                return await ExchangeKeysAsync(suite, bmcId, cancel);
            }

            last = status;
            if (!RakpStatus.IsAboutAlgorithms(status))
            {
                break;
            }
        }

        throw RakpStatus.Fault(target, PlusPayload.OpenSessionRequest, last);
    }

    /// <summary>Empty when the controller does not tell, as early ones of IPMI 2.0.</summary>
    private async ValueTask<IReadOnlyList<byte>> SuitesAsync(CancellationToken cancel)
    {
        var records = new List<byte>();
        for (var page = 0; page < MaxSuitePages; page++)
        {
            if (!await AsksSuitesAsync(page, cancel))
            {
                break;
            }

            var answer = conversation.Answer;
            if (answer.Length < 2 || answer[0] != 0)
            {
                break;
            }

            records.AddRange(answer[2..]);
            if (answer.Length - 2 < SuitePageBytes)
            {
                break;
            }
        }

        return SuiteRecords.Ids([.. records]);
    }

    /// <summary>Asked once only: a controller that does not know the question may say nothing, and the suites are then tried one by one.</summary>
    private async ValueTask<bool> AsksSuitesAsync(int page, CancellationToken cancel)
    {
        try
        {
            await conversation.AskAsync(new IpmiRequest(IpmiCommand.ChannelCipherSuites, new byte[] { ThisChannel, 0, (byte)(0x80 | page) }), 0, cancel);
            return true;
        }
        catch (IpmiException silent) when (silent.Fault == IpmiFault.Timeout)
        {
            return false;
        }
    }

    private async ValueTask<(byte Status, uint BmcId)> OpenAsync(CipherSuite suite, CancellationToken cancel)
    {
        var payload = new byte[32];
        payload[1] = (byte)target.Privilege;
        BinaryPrimitives.WriteUInt32LittleEndian(payload.AsSpan(4), conversation.ConsoleId);
        foreach (var (at, algorithm) in ((int, byte)[])[(8, (byte)suite.Rakp), (16, (byte)suite.Integrity), (24, CipherSuite.AesCbc128)])
        {
            payload[at] = (byte)((at - 8) / 8);
            payload[at + 3] = 8;
            payload[at + 4] = algorithm;
        }

        await conversation.SetUpAsync(PlusPayload.OpenSessionRequest, payload, cancel);
        if (Status(conversation.Answer) is not 0 and var refused)
        {
            return (refused, 0);
        }

        return conversation.Answer switch
        {
            { Length: < OpenAnswerBytes } => throw BadStep(PlusPayload.OpenSessionRequest),
            var answer when answer[16] != (byte)suite.Rakp || answer[24] != (byte)suite.Integrity || answer[32] != CipherSuite.AesCbc128 =>
                throw new IpmiException(IpmiFault.UnsupportedSecurity, $"IPMI {target}: the controller answers other algorithms than those of cipher suite {suite.Id} that were asked"),
            var answer => ((byte)0, BinaryPrimitives.ReadUInt32LittleEndian(answer[AnswerBytes..])),
        };
    }

    private async ValueTask<OpenedSession> ExchangeKeysAsync(CipherSuite suite, uint bmcId, CancellationToken cancel)
    {
        var exchange = new RakpExchange(suite, target.Password, target.BmcKey.ToArray(), target.User, (byte)(NameOnlyLookup | (byte)target.Privilege))
        {
            ConsoleId = conversation.ConsoleId,
            BmcId = bmcId,
            ConsoleRandom = RandomNumberGenerator.GetBytes(RakpExchange.RandomBytes),
        };
        var user = Encoding.UTF8.GetBytes(target.User);
        byte[] first = [0, 0, 0, 0, 0, 0, 0, 0, .. exchange.ConsoleRandom, exchange.Role, 0, 0, (byte)user.Length, .. user];
        BinaryPrimitives.WriteUInt32LittleEndian(first.AsSpan(4), bmcId);
        await conversation.SetUpAsync(PlusPayload.Rakp1, first, cancel);
        ThrowIfRefused(PlusPayload.Rakp1, conversation.Answer);
        if (conversation.Answer.Length < AnswerBytes + (2 * RakpExchange.RandomBytes) + suite.HashBytes)
        {
            throw BadStep(PlusPayload.Rakp1);
        }

        exchange = exchange with
        {
            BmcRandom = conversation.Answer.Slice(AnswerBytes, RakpExchange.RandomBytes).ToArray(),
            BmcGuid = conversation.Answer.Slice(AnswerBytes + RakpExchange.RandomBytes, RakpExchange.RandomBytes).ToArray(),
        };
        if (!RakpExchange.SameProof(conversation.Answer.Slice(AnswerBytes + (2 * RakpExchange.RandomBytes), suite.HashBytes), exchange.BmcProof()))
        {
            throw new IpmiException(IpmiFault.Credentials, $"IPMI {target}: the password of the user '{target.User}' is not the controller's");
        }

        byte[] third = [0, 0, 0, 0, 0, 0, 0, 0, .. exchange.ConsoleProof()];
        BinaryPrimitives.WriteUInt32LittleEndian(third.AsSpan(4), bmcId);
        await conversation.SetUpAsync(PlusPayload.Rakp3, third, cancel);
        ThrowIfRefused(PlusPayload.Rakp3, conversation.Answer);
        var sessionKey = exchange.SessionKey();
        if (conversation.Answer.Length < AnswerBytes + suite.ExchangeCheckBytes)
        {
            throw BadStep(PlusPayload.Rakp3);
        }

        if (!RakpExchange.SameProof(conversation.Answer.Slice(AnswerBytes, suite.ExchangeCheckBytes), exchange.SessionProof(sessionKey)))
        {
            throw new IpmiException(IpmiFault.Credentials, $"IPMI {target}: the controller has made another session key; it probably has a BMC key (K_G) of its own");
        }

        conversation.Use(new PlusEnvelope(exchange, sessionKey));
        return await RaiseAsync(new OpenedSession(bmcId, $"IPMI 2.0, cipher suite {suite.Id}"), cancel);
    }

    private async ValueTask<OpenedSession> OpenMd5Async(CancellationToken cancel)
    {
        var challengeRequest = new byte[1 + IpmiTarget.MaxUserBytes];
        challengeRequest[0] = LegacyEnvelope.Md5Authentication;
        Encoding.UTF8.GetBytes(target.User, challengeRequest.AsSpan(1));
        await conversation.AskAsync(new IpmiRequest(IpmiCommand.SessionChallenge, challengeRequest), target.Retries, cancel);
        if (conversation.Answer is not [0, ..] || conversation.Answer.Length < ChallengeAnswerBytes)
        {
            throw conversation.Answer is [0x81 or 0x82, ..]
                ? new IpmiException(IpmiFault.Credentials, $"IPMI {target}: the controller does not know the user '{target.User}'")
                : Refused(IpmiCommand.SessionChallenge, conversation.Answer);
        }

        var temporaryId = BinaryPrimitives.ReadUInt32LittleEndian(conversation.Answer[1..]);
        byte[] activation = [LegacyEnvelope.Md5Authentication, (byte)target.Privilege, .. conversation.Answer.Slice(5, 16), .. RandomNumberGenerator.GetBytes(3), 1];
        conversation.Use(new LegacyEnvelope(LegacyEnvelope.Md5Authentication, temporaryId, 0, target.Password));
        await ActivateAsync(activation, cancel);
        if (conversation.Answer is not [0, LegacyEnvelope.NoAuthentication or LegacyEnvelope.Md5Authentication, _, _, _, _, _, _, _, _, ..])
        {
            throw conversation.Answer is [0x81 or 0x82 or 0x83, ..]
                ? new IpmiException(IpmiFault.Busy, $"IPMI {target}: all sessions of the controller are taken")
                : conversation.Answer is [0x86, ..]
                    ? new IpmiException(IpmiFault.Credentials, $"IPMI {target}: the user '{target.User}' may not have the privilege {target.Privilege}")
                    : Refused(IpmiCommand.SessionActivation, conversation.Answer);
        }

        var id = BinaryPrimitives.ReadUInt32LittleEndian(conversation.Answer[2..]);
        conversation.Use(new LegacyEnvelope(conversation.Answer[1], id, BinaryPrimitives.ReadUInt32LittleEndian(conversation.Answer[6..]), target.Password));
        return await RaiseAsync(new OpenedSession(id, "IPMI 1.5, MD5"), cancel);
    }

    /// <summary>A controller that gets a wrong code says nothing at all, as the specification wants it.</summary>
    private async ValueTask ActivateAsync(byte[] activation, CancellationToken cancel)
    {
        try
        {
            await conversation.AskAsync(new IpmiRequest(IpmiCommand.SessionActivation, activation), target.Retries, cancel);
        }
        catch (IpmiException silent) when (silent.Fault == IpmiFault.Timeout)
        {
            throw new IpmiException(IpmiFault.Credentials, $"IPMI {target}: the controller answers the challenge but not the login of '{target.User}': the password is probably wrong", silent);
        }
    }

    /// <summary>A session begins as a user's.</summary>
    private async ValueTask<OpenedSession> RaiseAsync(OpenedSession opened, CancellationToken cancel)
    {
        if (target.Privilege > IpmiPrivilege.User)
        {
            await conversation.AskAsync(new IpmiRequest(IpmiCommand.SessionPrivilege, new[] { (byte)target.Privilege }), target.Retries, cancel);
            if (conversation.Answer is not [0, ..])
            {
                throw new IpmiException(IpmiFault.Credentials, $"IPMI {target}: the user '{target.User}' may not have the privilege {target.Privilege}");
            }
        }

        return opened;
    }

    private static byte Status(ReadOnlySpan<byte> answer) => answer[1];

    private void ThrowIfRefused(PlusPayload step, ReadOnlySpan<byte> answer)
    {
        if (Status(answer) is not 0 and var status)
        {
            throw RakpStatus.Fault(target, step, status);
        }
    }

    private IpmiException BadStep(PlusPayload step) => new(IpmiFault.BadReply, $"IPMI {target}: {step}: the answer is too short ({conversation.Answer.Length} octets)");

    private IpmiException Refused(IpmiCommand command, ReadOnlySpan<byte> answer) => CompletionCode.Fault(target, command, answer is [var code and not 0, ..] ? code : null);
}

/// <param name="Id">The controller's, for closing.</param>
/// <param name="Kind">For people.</param>
internal sealed record OpenedSession(uint Id, string Kind);
