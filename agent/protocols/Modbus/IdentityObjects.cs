using System.Text;

namespace EdgeDcim.Protocols.Modbus;

/// <summary>Asks for the identity object by object stream (function 43/14) over whatever exchanges requests.</summary>
internal sealed class IdentityObjects
{
    // MODBUS Application Protocol 1.1b3, section 6.21: stream access to the basic and to the regular objects.
    private const int BasicCode = 1;
    private const int RegularCode = 2;

    // Objects 0 to 6 are named by the specification; the rest is the maker's own.
    private const int NamedObjects = 7;

    // Interface, code, conformity, more follows, next object, number of objects.
    private const int HeaderLength = 6;

    private readonly string?[] values = new string?[NamedObjects];

    private bool anything;

    public delegate ValueTask<int> Exchange(ModbusRequest request, Memory<byte> destination, CancellationToken cancel);

    /// <returns>null when the device does not know the function.</returns>
    public static async ValueTask<ModbusDeviceIdentity?> ReadAsync(Exchange exchange, string peer, byte unit, CancellationToken cancel)
    {
        var objects = new IdentityObjects();
        var buffer = new byte[ModbusPdu.MaxLength];
        try
        {
            var conformity = await objects.ReadStreamAsync(exchange, peer, unit, BasicCode, 0, buffer, cancel);

            // The low bits are the level; the top one only says that objects can be asked for one by one.
            if ((conformity & 0x7F) >= RegularCode)
            {
                await objects.ReadStreamAsync(exchange, peer, unit, RegularCode, 3, buffer, cancel);
            }
        }
        catch (ModbusException refused) when (refused.ExceptionCode is 0x01 or 0x02 or 0x03)
        {
            if (!objects.anything)
            {
                return null;
            }
        }

        var v = objects.values;
        return new ModbusDeviceIdentity(v[0], v[1], v[2], v[3], v[4], v[5], v[6]);
    }

    /// <summary>Length of a whole answer PDU as far as <paramref name="begin"/> tells; 0 when more is needed, -1 when it is none.</summary>
    public static int AnswerLength(ReadOnlySpan<byte> begin)
    {
        const int first = 1 + HeaderLength;
        if (begin.Length > 1 && begin[1] != ModbusPdu.IdentityInterface)
        {
            return -1;
        }

        if (begin.Length < first)
        {
            return 0;
        }

        var length = first;
        for (var left = begin[first - 1]; left > 0; left--)
        {
            if (begin.Length < length + 2)
            {
                return 0;
            }

            length += 2 + begin[length + 1];
            if (length > ModbusPdu.MaxLength)
            {
                return -1;
            }
        }

        return length;
    }

    private async ValueTask<byte> ReadStreamAsync(Exchange exchange, string peer, byte unit, int code, int firstObject, byte[] buffer, CancellationToken cancel)
    {
        var next = firstObject;
        while (true)
        {
            var request = new ModbusRequest(unit, ModbusRequest.ReadIdentity, (ushort)next, code);
            var length = await exchange(request, buffer, cancel);
            if (!TryTake(buffer.AsSpan(0, length), out var conformity, out var following))
            {
                throw new ModbusException(ModbusFault.BadReply, request, peer, "the list of identity objects is malformed");
            }

            // A device that names an object again would keep us here for ever.
            if (following <= next)
            {
                return conformity;
            }

            next = following;
        }
    }

    /// <summary>Takes the objects out of an answer without its function code; <paramref name="following"/> is -1 when no more follow.</summary>
    internal bool TryTake(ReadOnlySpan<byte> answer, out byte conformity, out int following)
    {
        conformity = 0;
        following = -1;
        if (answer.Length < HeaderLength || answer[0] != ModbusPdu.IdentityInterface)
        {
            return false;
        }

        conformity = answer[2];
        following = answer[3] == 0xFF ? answer[4] : -1;
        var rest = answer[HeaderLength..];
        for (var left = answer[5]; left > 0; left--)
        {
            if (rest.Length < 2 || rest.Length < 2 + rest[1])
            {
                return false;
            }

            if (rest[0] < NamedObjects)
            {
                values[rest[0]] = Encoding.Latin1.GetString(rest.Slice(2, rest[1])).TrimEnd('\0', ' ');
                anything = true;
            }

            rest = rest[(2 + rest[1])..];
        }

        return rest.IsEmpty;
    }
}
