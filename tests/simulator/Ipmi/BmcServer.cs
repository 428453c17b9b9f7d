using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace EdgeDcim.Simulator.Ipmi;

/// <summary>How a controller is reached, and how it misbehaves.</summary>
internal sealed record BmcOptions
{
    public string User { get; init; } = "edge";

    public string Password { get; init; } = "s3cret-word";

    /// <summary>Of 3, 8, 12, 17; what else is named is told and refused.</summary>
    public IReadOnlyList<byte> Suites { get; init; } = [3, 17];

    public bool TellsSuites { get; init; } = true;

    /// <summary>False: IPMI 1.5 with MD5.</summary>
    public bool HasVersion2 { get; init; } = true;

    public int MaxSessions { get; init; } = 4;

    /// <summary>The answer of a controller behind comes inside that of Send Message, and not in a message of its own.</summary>
    public bool AnswersInside { get; init; }

    /// <summary>What becomes of an answer on its way: nothing, itself, or other datagrams.</summary>
    public Func<byte[], IEnumerable<byte[]>> Mangle { get; init; } = datagram => [datagram];
}

/// <summary>A controller on a UDP port of loopback: RMCP+ with every suite that encrypts, and IPMI 1.5 with MD5.</summary>
[SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "the specification names it")]
[SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "the specification names it")]
internal sealed class BmcServer : IAsyncDisposable
{
    private static readonly byte[] Guid = [.. Enumerable.Range(0xA0, 16).Select(each => (byte)each)];

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<uint, BmcSession> _sessions = [];
    private readonly Dictionary<uint, uint> _legacy = [];
    private readonly BmcModel _model;
    private readonly BmcOptions _options;
    private readonly Task _serving;
    private readonly byte[] _challenge = RandomNumberGenerator.GetBytes(16);
    private uint _lastId = 0x1000;
    private byte[]? _answerFromBehind;

    /// <summary>Listens at once; port 0 takes a free one.</summary>
    public BmcServer(BmcModel model, BmcOptions options, int port = 0)
    {
        _model = model;
        _options = options;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _serving = ServeAsync(_stop.Token);
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Network function and command of what was asked inside sessions and outside.</summary>
    public List<int> Asked { get; } = [];

    public int OpenSessions
    {
        get
        {
            lock (_sessions)
            {
                return _sessions.Values.Count(session => session.IsOpen) + _legacy.Count;
            }
        }
    }

    public bool IsSilent { get; set; }

    /// <summary>Where the last datagram came from.</summary>
    public IPEndPoint? LastClient { get; private set; }

    /// <summary>As after a restart.</summary>
    public void ForgetSessions()
    {
        lock (_sessions)
        {
            _sessions.Clear();
            _legacy.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _socket.Dispose();
        _stop.Dispose();
    }

    private byte[] PasswordBytes => Encoding.UTF8.GetBytes(_options.Password);

    private async Task ServeAsync(CancellationToken cancel)
    {
        var buffer = new byte[65_536];
        var anyone = new IPEndPoint(IPAddress.Any, 0);
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, anyone, cancel);
                var datagram = buffer[..received.ReceivedBytes];
                LastClient = (IPEndPoint)received.RemoteEndPoint;
                if (IsSilent || datagram.Length < 14 || datagram[0] != 6 || datagram[3] != 7)
                {
                    continue;
                }

                foreach (var each in Answers(datagram[4..]).SelectMany(answer => _options.Mangle([6, 0, 0xFF, 7, .. answer])))
                {
                    await _socket.SendToAsync(each, SocketFlags.None, received.RemoteEndPoint, cancel);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // On Windows the ICMP answer of a client that has gone arrives here; the next request does not care.
            }
        }
    }

    private List<byte[]> Answers(byte[] session)
    {
        lock (_sessions)
        {
            var answers = new List<byte[]>();
            if ((session[0] == 6 ? AnswerPlus(session) : AnswerLegacy(session)) is { } answer)
            {
                answers.Add(answer);
            }

            if (_answerFromBehind is { } second)
            {
                _answerFromBehind = null;
                answers.Add(_sessions[BinaryPrimitives.ReadUInt32LittleEndian(session.AsSpan(2))].Seal(second));
            }

            return answers;
        }
    }

    private byte[]? AnswerPlus(byte[] session)
    {
        var payload = session.AsSpan(12, Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(session.AsSpan(10)), session.Length - 12)).ToArray();
        switch (session[1] & 0x3F)
        {
            case 0x10:
                return SetUp(0x11, Open(payload));
            case 0x12:
                return SetUp(0x13, Rakp(payload, (each, guid) => Encoding.UTF8.GetString(payload, 28, payload[27]) == _options.User
                    ? each.Prove(payload, guid)
                    : [payload[0], 0x0D, 0, 0, .. Word(each.ConsoleId)]));
            case 0x14:
                return SetUp(0x15, Rakp(payload, (each, guid) => each.Finish(payload, guid)));
            default:
                var id = BinaryPrimitives.ReadUInt32LittleEndian(session.AsSpan(2));
                if (!_sessions.TryGetValue(id, out var known) || !known.IsOpen || known.Open(session) is not { } message)
                {
                    return null;
                }

                var answer = Message(message);
                if (message is [_, 0x18, _, _, _, 0x3C, ..])
                {
                    _sessions.Remove(id);
                }

                return answer is null ? null : known.Seal(answer);
        }
    }

    private byte[] Open(byte[] request)
    {
        byte[] console = request[4..8];
        byte suite = (request[12], request[20], request[28]) switch { (1, 1, 1) => 3, (3, 4, 1) => 17, (2, 2, 1) => 8, (2, 3, 1) => 12, _ => 0 };
        if (!_options.Suites.Contains(suite) || suite == 0)
        {
            return [request[0], 0x11, 0, 0, .. console];
        }

        if (OpenSessions >= _options.MaxSessions)
        {
            return [request[0], 0x01, 0, 0, .. console];
        }

        var id = ++_lastId;
        _sessions[id] = new BmcSession(BinaryPrimitives.ReadUInt32LittleEndian(console), id, suite, PasswordBytes);
        // 0 asks for the highest there is.
        return [request[0], 0, request[1] == 0 ? (byte)4 : request[1], 0, .. console, .. Word(id), .. request.AsSpan(8, 24)];
    }

    private byte[] Rakp(byte[] payload, Func<BmcSession, byte[], byte[]> step) =>
        _sessions.TryGetValue(BinaryPrimitives.ReadUInt32LittleEndian(payload.AsSpan(4)), out var session)
            ? step(session, Guid)
            : [payload[0], 0x02, 0, 0, 0, 0, 0, 0];

    private byte[]? AnswerLegacy(byte[] session)
    {
        var id = BinaryPrimitives.ReadUInt32LittleEndian(session.AsSpan(5));
        if (session[0] == 0)
        {
            return Message(session.AsSpan(10, session[9]).ToArray()) is { } plain ? [0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)plain.Length, .. plain] : null;
        }

        byte[] message = session.AsSpan(26, session[25]).ToArray();
        if (!session.AsSpan(9, 16).SequenceEqual(Md5(session[5..9], message, session[1..5])) || (id != 0x77 && !_legacy.ContainsKey(id)))
        {
            return null;
        }

        var answer = Message(message);
        if (message is [_, 0x18, _, _, _, 0x3C, ..])
        {
            _legacy.Remove(id);
        }

        if (answer is null)
        {
            return null;
        }

        byte[] number = Word(_legacy.TryGetValue(id, out var last) ? _legacy[id] = last + 1 : 0);
        return [2, .. number, .. session[5..9], .. Md5(session[5..9], answer, number), (byte)answer.Length, .. answer];
    }

    private byte[] Md5(byte[] id, byte[] message, byte[] number)
    {
        byte[] password = [.. PasswordBytes.Take(16), .. new byte[Math.Max(0, 16 - PasswordBytes.Length)]];
        return MD5.HashData([.. password, .. id, .. message, .. number, .. password]);
    }

    /// <summary>The answer to a message; null is silence.</summary>
    private byte[]? Message(byte[] message)
    {
        if (message.Length < 7)
        {
            return null;
        }

        var command = ((message[1] >> 2) << 8) | message[5];
        byte[] data = message[6..^1];
        Asked.Add(command);
        byte[] body = command switch
        {
            0x0638 => (data[0] & 0x80) != 0 && !_options.HasVersion2 ? [0xCC] : [0, 1, _options.HasVersion2 ? (byte)0x84 : (byte)0x04, 0x04, _options.HasVersion2 ? (byte)2 : (byte)0, 0, 0, 0, 0],
            0x0654 => Suites(data[2] & 0x3F),
            0x0639 => data.AsSpan(1).TrimEnd((byte)0).SequenceEqual(Encoding.UTF8.GetBytes(_options.User)) ? [0, .. Word(0x77), .. _challenge] : [0x81],
            0x063A => Activate(data),
            0x063B => [0, data[0]],
            0x063C => [0],
            0x0634 => SendMessage(data),
            _ => _model.Answer(command, data),
        };
        return body.Length == 0 ? null : Reply(message, message[3], body);
    }

    /// <summary>IPMI 2.0 section 22.7: channel, then a message as it goes over the bus. A controller that is not there takes nothing.</summary>
    private byte[] SendMessage(byte[] data)
    {
        byte[] carried = data[1..];
        if (!_model.Behind.TryGetValue(carried[0], out var behind))
        {
            return [0x83];
        }

        var body = behind.Answer(((carried[1] >> 2) << 8) | carried[5], carried[6..^1]);
        if (body.Length == 0)
        {
            return [0];
        }

        if (_options.AnswersInside)
        {
            return [0, .. Reply(carried, carried[3], body)];
        }

        const byte remoteConsole = 0x81;
        _answerFromBehind = Reply(carried, remoteConsole, body);
        return [0];
    }

    private static byte[] Reply(byte[] message, byte to, byte[] body)
    {
        byte[] head = [to, (byte)(message[1] + 4), 0];
        head[2] = (byte)-(head[0] + head[1]);
        byte[] rest = [message[0], message[4], message[5], .. body];
        return [.. head, .. rest, (byte)-rest.Sum(each => each)];
    }

    private byte[] Activate(byte[] data)
    {
        if (_legacy.Count >= _options.MaxSessions)
        {
            return [0x81];
        }

        _legacy[++_lastId] = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(18));
        return [0, 2, .. Word(_lastId), .. Word(0x100), data[1]];
    }

    private byte[] Suites(int page)
    {
        if (!_options.TellsSuites)
        {
            return [0xC1];
        }

        byte[] all = [.. _options.Suites.SelectMany(suite => suite switch
        {
            3 => (byte[])[0xC0, 3, 1, 0x41, 0x81],
            17 => [0xC0, 17, 3, 0x44, 0x81],
            8 => [0xC0, 8, 2, 0x42, 0x81],
            12 => [0xC0, 12, 2, 0x43, 0x81],
            _ => [0xC0, suite, 0, 0x40, 0x80],
        })];
        return [0, 1, .. all.Skip(page * 16).Take(16)];
    }

    private static byte[] SetUp(byte type, byte[] payload) => [6, type, 0, 0, 0, 0, 0, 0, 0, 0, (byte)payload.Length, (byte)(payload.Length >> 8), .. payload];

    private static byte[] Word(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
