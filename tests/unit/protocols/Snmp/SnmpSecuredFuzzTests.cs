using System.Net;
using System.Net.Sockets;
using CsCheck;
using EdgeDcim.Protocols.Snmp;
using EdgeDcim.Protocols.Snmp.Usm;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Protocols.Tests.Snmp;

/// <summary>
/// SNMPv3 answers and notifications of every version, spoilt in the envelope and behind a code and a cipher that are right: a value, a report or
/// nothing, never an exception or an allocation out of proportion.
/// </summary>
public sealed class SnmpSecuredFuzzTests
{
    private const int Id = 0x12345678;
    private const int Boots = 5;
    private const int EngineTime = 100;

    private static readonly byte[] Engine = [0x80, 0, 0, 0, 1, 7, 7];
    private static readonly byte[] Receiver = [0x80, 0, 0, 0, 2, 9];

    private static readonly SnmpUser[] Users =
    [
        new("open"),
        new("signs", SnmpAuthentication.Md5, "authentication"),
        new("des", SnmpAuthentication.Sha1, "authentication", SnmpPrivacy.Des, "privacy-word"),
        new("aes", SnmpAuthentication.Sha256, "authentication", SnmpPrivacy.Aes256, "privacy-word"),
    ];

    private static readonly byte[][] Notice =
    [
        Tlv.VarBind("1.3.6.1.2.1.1.3.0", Tlv.Integer(4200, 0x43)),
        Tlv.VarBind("1.3.6.1.6.3.1.1.4.1.0", Tlv.ObjectId("1.3.6.1.4.1.318.0.5")),
        Tlv.VarBind("1.3.6.1.4.1.318.2.3.3.0", Tlv.Text("on battery")),
        Tlv.VarBind("1.3.6.1.6.3.18.1.3.0", Tlv.Of(0x40, [192, 0, 2, 7])),
    ];

    /// <summary>The content before it is encrypted, and what happens to the message around it.</summary>
    private static readonly Gen<((int, byte, int)[] Inside, (int, byte, int)[] Outside)> Damage = Gen.OneOf(
        Fuzz.Mutations.Select(inside => (inside, Array.Empty<(int, byte, int)>())),
        Fuzz.Mutations.Select(outside => (Array.Empty<(int, byte, int)>(), outside)),
        Gen.Select(Fuzz.Mutations, Fuzz.Mutations).Select((inside, outside) => (inside, outside)));

    private readonly FakeTimeProvider time = new();

    [Fact]
    public void An_answer_of_v3_is_values_a_report_or_nothing()
    {
        UsmKeys[] keys = [.. Users.Select(user => new UsmKeys(user, Engine))];
        var discovery = SecuredMessage.Of(
            new UsmKeys(Users[0], Engine), Id, isReportable: false, Boots, EngineTime, SecuredMessage.Scoped(Engine, SecuredMessage.Pdu(0xA8, Id, Tlv.VarBind("1.3.6.1.6.3.15.1.1.4.0", Tlv.Integer(1, 0x41)))));
        byte[][] pdus =
        [
            SecuredMessage.Pdu(0xA2, Id, Notice),
            SecuredMessage.Pdu(0xA8, Id, Tlv.VarBind("1.3.6.1.6.3.15.1.1.2.0", Tlv.Integer(1, 0x41))),
            SecuredMessage.Pdu(0xA8, Id, Tlv.VarBind("1.3.6.1.6.3.12.1.5.0", Tlv.Integer(1, 0x41))),
        ];
        var verdicts = new HashSet<UsmVerdict>();
        Gen.Select(Gen.Int[0, Users.Length - 1], Gen.Int[0, pdus.Length - 1], Damage).Sample(
            (who, what, damage) =>
            {
                var datagram = Spoil(keys[who], pdus[what], damage, isReportable: false, Engine, Boots, EngineTime);
                var session = new UsmSession(Users[who], "", time);
                Assert.Equal(UsmVerdict.SendAgain, session.Read(discovery.ToArray(), Id, out _, out _, out _));
                var before = GC.GetAllocatedBytesForCurrentThread();
                verdicts.Add(session.Read(datagram, Id, out _, out _, out _));
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000);
            },
            iter: Fuzz.Inputs(10_000), threads: 1);
        Assert.Equal(4, verdicts.Count);
    }

    [Fact]
    public async Task A_notification_of_any_version_is_handed_on_refused_or_dropped()
    {
        var taken = 0L;
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sender.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var source = sender.LocalEndPoint!.Serialize();
        await using var listener = new SnmpTrapListener(
            new SnmpTrapListenerOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Communities = ["public"], Users = Users, EngineId = Receiver, Take = _ => ++taken > 0 }, time);
        UsmKeys[] traps = [.. Users.Select(user => new UsmKeys(user, Engine))];
        UsmKeys[] informs = [.. Users.Select(user => new UsmKeys(user, Receiver))];
        byte[][] plain = [Community(1, SecuredMessage.Pdu(0xA7, Id, Notice)), Community(1, SecuredMessage.Pdu(0xA6, Id, Notice)), Community(0, TrapV1())];
        var request = 0;
        Gen.Select(Gen.Int[0, Users.Length - 1], Gen.Int[0, 4], Damage).Sample(
            (who, what, damage) =>
            {
                var datagram = what switch
                {
                    < 3 => Fuzz.Mutate(plain[what], damage.Outside.Length == 0 ? damage.Inside : damage.Outside),
                    3 => Spoil(traps[who], SecuredMessage.Pdu(0xA7, Id, Notice), damage, isReportable: false, Engine, Boots, EngineTime),
                    _ => Spoil(informs[who], SecuredMessage.Pdu(0xA6, ++request, Notice), damage, isReportable: true, Receiver, boots: 1, time: 0),
                };
                var before = GC.GetAllocatedBytesForCurrentThread();
                listener.Receive(datagram, source);
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
            },
            iter: Fuzz.Inputs(10_000), threads: 1);
        Assert.Equal(taken, listener.Received);
        Assert.All([listener.Received, listener.Refused, listener.Garbage], count => Assert.True(count > 0));
    }

    private static byte[] Spoil(UsmKeys keys, byte[] pdu, ((int, byte, int)[] Inside, (int, byte, int)[] Outside) damage, bool isReportable, byte[] engine, int boots, int time)
    {
        var whole = SecuredMessage.Of(keys, Id, isReportable, boots, time, Fuzz.Mutate(SecuredMessage.Scoped(engine, pdu), damage.Inside));
        return SecuredMessage.Sign(keys, Fuzz.Mutate(whole, damage.Outside));
    }

    private static byte[] Community(int version, byte[] pdu) => Tlv.Of(0x30, Tlv.Integer(version), Tlv.Text("public"), pdu);

    private static byte[] TrapV1() => Tlv.Of(
        0xA4, Tlv.ObjectId("1.3.6.1.4.1.318"), Tlv.Of(0x40, [192, 0, 2, 7]), Tlv.Integer(6), Tlv.Integer(21), Tlv.Integer(100, 0x43), Tlv.Of(0x30, Notice[2]));
}
