using CsCheck;
using EdgeDcim.Protocols.Snmp;
using EdgeDcim.Protocols.Snmp.Ber;
using EdgeDcim.Protocols.Snmp.Usm;
using EdgeDcim.Protocols.Snmp.Wire;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Protocols.Tests.Snmp;

/// <summary>
/// Whatever arrives, decoding ends with values or a told problem, and never allocates out of proportion. The environment variable
/// EDGEDCIM_FUZZ multiplies the short run of the test command.
/// </summary>
public sealed class SnmpDecoderFuzzTests
{
    private static readonly byte[][] Corpus =
    [
        Tlv.Response(1, "public", 0x12345678, 0, 0, Tlv.VarBind("1.3.6.1.2.1.1.3.0", Tlv.Integer(42, 0x43)), Tlv.VarBind("1.3.6.1.2.1.1.5.0", Tlv.Text("rack 7"))),
        Tlv.Response(0, "public", 0x12345678, 2, 1, Tlv.VarBind("1.3.6.1.4.1.318.1.1.12.2.3.1.1.2.1", [0x05, 0x00])),
        Tlv.Response(1, "", 1, 0, 0, Tlv.VarBind("1.3", [0x82, 0x00]), Tlv.VarBind("1.3.6", [0x46, 9, 0, 255, 255, 255, 255, 255, 255, 255, 255]), Tlv.VarBind("2.999.4294967295", Tlv.ObjectId("1.3.6.1"))),
        Tlv.Response(1, "public", 7, 0, 0, [.. Enumerable.Range(0, 40).Select(i => Tlv.VarBind($"1.3.6.1.2.1.2.2.1.10.{i}", Tlv.Integer(i * 77777L, 0x41)))]),
    ];

    private static readonly int Times = int.TryParse(Environment.GetEnvironmentVariable("EDGEDCIM_FUZZ"), out var times) ? times : 1;

    [Fact]
    public void Decode_of_random_bytes_gives_values_or_a_problem() => Gen.Byte.Array[0, 300].Sample(Decode, iter: 20_000L * Times);

    [Fact]
    public void Decode_of_mutated_answers_gives_values_or_a_problem() =>
        Gen.Select(Gen.Int[0, Corpus.Length - 1].Select(i => Corpus[i]), Gen.Select(Gen.Int[0, 10_000], Gen.Byte, Gen.Int[0, 3]).Array[1, 6])
            .Sample((datagram, mutations) => Decode(mutations.Aggregate(datagram, Mutate)), iter: 50_000L * Times);

    [Fact]
    public void Decode_of_mutated_secured_messages_gives_values_or_a_problem()
    {
        var user = new SnmpUser("edge", SnmpAuthentication.None);
        var time = new FakeTimeProvider();
        var agent = new UsmReceiver([user], [0x80, 0, 0, 0, 1], 1, time);
        byte[] discovery = Ask(new UsmSession(user, "", time));
        agent.Read(discovery.ToArray(), out var report, out _);
        var known = new UsmSession(user, "", time);
        known.Read(report!.ToArray(), 0x12345678, out _, out _, out _);
        var request = Ask(known);
        var answer = agent.Confirm(request, agent.Read(request.ToArray(), out _, out _)!);
        byte[][] corpus = [discovery, report!, request, answer];
        Gen.Select(Gen.Int[0, corpus.Length - 1], Gen.Select(Gen.Int[0, 10_000], Gen.Byte, Gen.Int[0, 3]).Array[1, 6]).Sample(
            (which, mutations) =>
            {
                var datagram = mutations.Aggregate(corpus[which], Mutate);
                var session = new UsmSession(user, "", time);
                session.Read(report!.ToArray(), 0x12345678, out _, out _, out _);
                session.Read(datagram.ToArray(), 0x12345678, out _, out _, out _);
                new UsmReceiver([user], [0x80, 0, 0, 0, 1], 1, time).Read(datagram.ToArray(), out _, out _);
            },
            iter: 20_000L * Times);

        static byte[] Ask(UsmSession session)
        {
            var writer = new BerWriter(new byte[512]);
            session.Write(ref writer, new VarBindList([Oid.Parse("1.3.6.1.2.1.1.3.0")]).Request(BerTag.Get, 0, 1), 0x12345678);
            return writer.Written.ToArray();
        }
    }

    private static byte[] Mutate(byte[] datagram, (int At, byte Octet, int How) mutation)
    {
        if (datagram.Length == 0)
        {
            return datagram;
        }

        var at = mutation.At % datagram.Length;
        return mutation.How switch
        {
            0 => [.. datagram[..at], mutation.Octet, .. datagram[(at + 1)..]],
            1 => [.. datagram[..at], .. datagram[(at + 1)..]],
            2 => [.. datagram[..at], mutation.Octet, .. datagram[at..]],
            _ => datagram[..at],
        };
    }

    private static void Decode(byte[] datagram)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        SnmpEnvelope.TryPeek(datagram, out _, out _);
        var pdu = SnmpEnvelope.ReadCommunityAnswer(datagram, SnmpVersion.V2c, out var problem);
        if (problem is null)
        {
            var variables = new VarBindReader(datagram.AsSpan(pdu.VarBinds));
            while (variables.Next(out SnmpVariable variable))
            {
                variable.Value.TryGetNumber(out _);
                variable.Value.AsText();
            }
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }
}
