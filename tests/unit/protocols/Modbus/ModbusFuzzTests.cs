using CsCheck;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Protocols.Tests.Modbus;

/// <summary>Whatever bytes come: a frame, a value or the protocol's exception.</summary>
public sealed class ModbusFuzzTests
{
    private static readonly long Inputs = Fuzz.Inputs(20_000);

    private static readonly Gen<ModbusRequest> Request =
        from function in Gen.OneOf(Gen.Byte[1, 4], Gen.Const<byte>(43))
        from address in Gen.UShort
        from count in Gen.Int[1, 125]
        from unit in Gen.Byte
        select new ModbusRequest(unit, function, address, count);

    // Mostly near the truth: a random string seldom gets past the first check.
    private static readonly Gen<byte[]> Stream =
        from pieces in Gen.OneOf(
            Gen.Byte.Array[0, 300],
            from id in Gen.UShort
            from unit in Gen.Byte
            from pdu in Gen.Byte.Array[0, 260]
            from wrong in Gen.Int[-1, 1]
            select Announce(id, unit, pdu, pdu.Length + 1 + wrong)).Array[1, 4]
        select pieces.SelectMany(piece => piece).ToArray();

    private static byte[] Announce(ushort id, byte unit, byte[] pdu, int length) =>
        [(byte)(id >> 8), (byte)id, 0, 0, (byte)(length >> 8), (byte)length, unit, .. pdu];

    [Fact]
    public void MbapFrame_any_stream_gives_frames_inside_its_bytes() => Stream.Sample(
        bytes =>
        {
            var rest = bytes.AsSpan();
            while (MbapFrame.Read(rest, out var frame) == MbapFrame.Outcome.Whole)
            {
                Assert.InRange(frame.Length, MbapFrame.HeaderLength + 2, Math.Min(MbapFrame.MaxLength, rest.Length));
                rest = rest[frame.Length..];
            }
        },
        iter: Inputs, threads: 1);

    [Fact]
    public void MbapFrame_cut_anywhere_is_incomplete_or_broken_but_never_another_frame() => Gen.Select(Gen.Byte.Array[2, 253], Gen.UShort).Sample(
        (pdu, id) =>
        {
            byte[] whole = [(byte)(id >> 8), (byte)id, 0, 0, 0, (byte)(pdu.Length + 1), 7, .. pdu];
            Assert.Equal(MbapFrame.Outcome.Whole, MbapFrame.Read(whole, out var frame));
            Assert.Equal(new MbapFrame(id, 7, whole.Length), frame);
            for (var cut = 0; cut < whole.Length; cut++)
            {
                Assert.Equal(MbapFrame.Outcome.Incomplete, MbapFrame.Read(whole.AsSpan(0, cut), out _));
            }
        },
        iter: Inputs / 20, threads: 1);

    [Fact]
    public void ModbusPdu_any_answer_is_a_value_or_a_fault() => Gen.Select(Request, Gen.Byte.Array[0, 253], Gen.Bool).Sample(
        (request, pdu, near) =>
        {
            if (near && pdu.Length > 1)
            {
                pdu[0] = request.Function;
                pdu[1] = (byte)(pdu.Length - 2);
            }

            var room = new byte[ModbusPdu.MaxLength];
            var problem = ModbusPdu.Take(request, "peer", pdu, room, out var length);
            Assert.True(problem is not null ? length == 0 : length <= pdu.Length && pdu[0] == request.Function);
            Assert.InRange(ModbusPdu.AnswerLength(request, pdu), -1, ModbusPdu.MaxLength + 4);
        },
        iter: Inputs, threads: 1);

    [Fact]
    public void IdentityObjects_any_list_is_taken_or_refused() => Gen.Byte.Array[0, 253].Sample(
        bytes =>
        {
            if (bytes.Length > 5)
            {
                bytes[0] = ModbusPdu.IdentityInterface;
                bytes[5] &= 3;
            }

            new IdentityObjects().TryTake(bytes, out _, out var following);
            Assert.InRange(following, -1, 255);
        },
        iter: Inputs, threads: 1);
}
