using CsCheck;
using EdgeDcim.Protocols.Snmp;
using EdgeDcim.Protocols.Snmp.Wire;

namespace EdgeDcim.Protocols.Tests.Snmp;

/// <summary>Whatever arrives, decoding ends with values or a told problem, and never allocates out of proportion.</summary>
public sealed class SnmpDecoderFuzzTests
{
    private static readonly byte[][] Corpus =
    [
        Tlv.Response(1, "public", 0x12345678, 0, 0, Tlv.VarBind("1.3.6.1.2.1.1.3.0", Tlv.Integer(42, 0x43)), Tlv.VarBind("1.3.6.1.2.1.1.5.0", Tlv.Text("rack 7"))),
        Tlv.Response(0, "public", 0x12345678, 2, 1, Tlv.VarBind("1.3.6.1.4.1.318.1.1.12.2.3.1.1.2.1", [0x05, 0x00])),
        Tlv.Response(1, "", 1, 0, 0, Tlv.VarBind("1.3", [0x82, 0x00]), Tlv.VarBind("1.3.6", [0x46, 9, 0, 255, 255, 255, 255, 255, 255, 255, 255]), Tlv.VarBind("2.999.4294967295", Tlv.ObjectId("1.3.6.1"))),
        Tlv.Response(1, "public", 7, 0, 0, [.. Enumerable.Range(0, 40).Select(i => Tlv.VarBind($"1.3.6.1.2.1.2.2.1.10.{i}", Tlv.Integer(i * 77777L, 0x41)))]),
        Tlv.Response(1, "public", 8, 0, 0, Tlv.VarBind("1.3.6.1.4.1.2021.1", Tlv.Of(0x44, [0x9F, 0x78, 4, 0x42, 0x28, 0, 0])), Tlv.VarBind("1.3.6.1.4.1.2021.2", Tlv.Of(0x40, [10, 0, 0, 1]))),
    ];

    [Fact]
    public void Decode_of_random_bytes_gives_values_or_a_problem() => Gen.Byte.Array[0, 300].Sample(bytes => Decode(bytes), iter: Fuzz.Inputs(20_000), threads: 1);

    [Fact]
    public void Decode_of_mutated_answers_gives_values_or_a_problem() =>
        Gen.Select(Gen.Int[0, Corpus.Length - 1], Fuzz.Mutations)
            .Sample((which, mutations) => Decode(Fuzz.Mutate(Corpus[which], mutations)), iter: Fuzz.Inputs(50_000), threads: 1);

    /// <summary>Random octets seldom get as far as the values, so these stand in an answer that is right around them.</summary>
    [Fact]
    public void Decode_of_any_objects_and_values_in_a_sound_answer_gives_values_or_a_problem()
    {
        var element = Gen.Select(
            Gen.OneOf(Gen.Byte, Fuzz.OneOf(0x02, 0x04, 0x05, 0x06, 0x40, 0x41, 0x42, 0x43, 0x44, 0x46, 0x80, 0x81, 0x82)),
            Gen.OneOf(Gen.Byte.Array[0, 12], Gen.Byte.Array[0, 200], Gen.Byte.Array[0, 9].Select(inner => (byte[])[0x9F, 0x78, (byte)inner.Length, .. inner])));
        var reached = 0L;
        Gen.Select(Gen.Byte.Array[0, 20], element).Array[0, 6].Sample(
            variables =>
            {
                var datagram = Tlv.Response(1, "public", 1, 0, 0, [.. variables.Select(each => Tlv.Of(0x30, Tlv.Of(0x06, each.Item1), Tlv.Of(each.Item2.Item1, each.Item2.Item2)))]);
                reached += Decode(datagram);
            },
            iter: Fuzz.Inputs(20_000), threads: 1);
        Assert.True(reached > 0, "no input had a value that could be read");
    }

    private static int Decode(byte[] datagram)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var values = 0;
        SnmpEnvelope.TryPeek(datagram, out var version, out _);
        var pdu = SnmpEnvelope.ReadCommunityAnswer(datagram, version, out var problem);
        if (problem is null)
        {
            var variables = new VarBindReader(datagram.AsSpan(pdu.VarBinds));
            while (variables.Next(out SnmpVariable variable))
            {
                variable.Value.TryGetNumber(out _);
                variable.Value.AsText();
                variable.Oid.ToString();
                values++;
            }
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        return values;
    }
}
