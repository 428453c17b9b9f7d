using System.Buffers.Binary;
using System.Text;

namespace EdgeDcim.Simulator.Ipmi;

/// <summary>Writes sensor data records octet by octet, as IPMI 2.0 section 43 lays them out.</summary>
internal static class SdrBytes
{
    private const byte Version = 0x51;

    /// <summary>A full record: a sensor with a value.</summary>
    /// <param name="format">0 unsigned, 1 ones' complement, 2 two's complement, 3 none.</param>
    /// <param name="unit">IPMI 2.0 table 43-15.</param>
    public static byte[] Full(
        byte number, string name, byte type, byte entity, byte instance, byte unit, int m = 1, int b = 0, int bExp = 0, int rExp = 0,
        int format = 0, byte linearisation = 0, byte readingType = 1, bool percent = false, byte owner = 0x20)
    {
        byte[] text = Encoding.Latin1.GetBytes(name);
        var record = new byte[48 + text.Length];
        Head(record, 0x01, number, type, entity, instance, readingType, owner);
        record[20] = (byte)((format << 6) | (percent ? 1 : 0));
        record[21] = unit;
        record[23] = linearisation;
        record[24] = (byte)m;
        record[25] = (byte)((m >> 2) & 0xC0);
        record[26] = (byte)b;
        record[27] = (byte)((b >> 2) & 0xC0);
        record[29] = (byte)(((rExp & 0x0F) << 4) | (bExp & 0x0F));
        record[47] = (byte)(0xC0 | text.Length);
        text.CopyTo(record, 48);
        return record;
    }

    /// <summary>A compact record: a sensor with states, or several in a row.</summary>
    public static byte[] Compact(byte number, string name, byte type, byte entity, byte instance, byte readingType, byte share = 1, byte shareFlags = 0)
    {
        byte[] text = Encoding.Latin1.GetBytes(name);
        var record = new byte[32 + text.Length];
        Head(record, 0x02, number, type, entity, instance, readingType, 0x20);
        record[20] = 0xC0;
        record[23] = share;
        record[24] = shareFlags;
        record[31] = (byte)(0xC0 | text.Length);
        text.CopyTo(record, 32);
        return record;
    }

    /// <summary>A record that is no sensor: where an inventory stands.</summary>
    public static byte[] FruLocator(string name)
    {
        byte[] text = Encoding.Latin1.GetBytes(name);
        var record = new byte[16 + text.Length];
        record[2] = Version;
        record[3] = 0x11;
        record[4] = (byte)(record.Length - 5);
        record[5] = 0x20;
        record[7] = 0x80;
        record[15] = (byte)(0xC0 | text.Length);
        text.CopyTo(record, 16);
        return record;
    }

    /// <summary>An inventory with a board and a product.</summary>
    public static byte[] Fru(string maker, string product, string part, string serial, string boardSerial)
    {
        byte[] board = Area([0, 0, 0], maker, product, boardSerial, part);
        byte[] goods = Area([], maker, product, part, "", serial);
        byte[] head = [1, 0, 0, 1, (byte)(1 + (board.Length / 8)), 0, 0, 0];
        head[7] = Check(head);
        return [.. head, .. board, .. goods];
    }

    public static void SetId(byte[] record, ushort id) => BinaryPrimitives.WriteUInt16LittleEndian(record, id);

    private static void Head(byte[] record, byte kind, byte number, byte type, byte entity, byte instance, byte readingType, byte owner)
    {
        record[2] = Version;
        record[3] = kind;
        record[4] = (byte)(record.Length - 5);
        record[5] = owner;
        record[7] = number;
        record[8] = entity;
        record[9] = instance;
        record[10] = 0x7F;
        record[11] = 0x68;
        record[12] = type;
        record[13] = readingType;
    }

    private static byte[] Area(byte[] afterLanguage, params string[] fields)
    {
        var body = new List<byte> { 1, 0, 25 };
        body.AddRange(afterLanguage);
        foreach (var field in fields)
        {
            body.Add((byte)(0xC0 | field.Length));
            body.AddRange(Encoding.Latin1.GetBytes(field));
        }

        body.Add(0xC1);
        while (body.Count % 8 != 7)
        {
            body.Add(0);
        }

        body[1] = (byte)((body.Count + 1) / 8);
        body.Add(Check([.. body]));
        return [.. body];
    }

    private static byte Check(byte[] bytes) => (byte)-bytes.Sum(each => each);
}
