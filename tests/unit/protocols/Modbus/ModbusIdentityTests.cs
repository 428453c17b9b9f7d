using System.Text;
using EdgeDcim.Protocols.Modbus;

namespace EdgeDcim.Protocols.Tests.Modbus;

public sealed class ModbusIdentityTests : IDisposable
{
    private const int TooLong = 60_000;
    private const int IdentityRequestLength = 11;

    private readonly ScriptedServer server = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => server.Dispose();

    // MODBUS Application Protocol 1.1b3, section 6.21: the example in one and in two transactions.
    [Fact(Timeout = TooLong)]
    public async Task ReadIdentityAsync_example_of_the_specification_is_asked_and_read()
    {
        await using var client = Client();
        var read = client.ReadIdentityAsync(1, Cancel).AsTask();
        using var peer = await server.AcceptAsync(Cancel);
        var asked = await peer.ReceiveAsync(Cancel, IdentityRequestLength);
        Assert.Equal("0000000501" + "2B0E0100", Convert.ToHexString(asked[2..]));
        await peer.AnswerAsync(asked, "2B 0E 01 01 00 00 03" + Object(0, "Company identification") + Object(1, "Product code XX") + Object(2, "V2.11"));

        Assert.Equal(new ModbusDeviceIdentity("Company identification", "Product code XX", "V2.11", null, null, null, null), await read);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadIdentityAsync_objects_over_several_answers_and_the_regular_ones_are_collected()
    {
        await using var client = Client();
        var read = client.ReadIdentityAsync(1, Cancel).AsTask();
        using var peer = await server.AcceptAsync(Cancel);
        await StepAsync(peer, "2B0E0100", "2B 0E 01 82 FF 02 02" + Object(0, "Acme") + Object(1, "PM-1"));
        await StepAsync(peer, "2B0E0102", "2B 0E 01 82 00 00 01" + Object(2, "3.4"));
        await StepAsync(peer, "2B0E0203", "2B 0E 02 82 00 00 03" + Object(3, "acme.example") + Object(4, "Meter") + Object(5, "X\0\0"));
        Assert.Equal(new ModbusDeviceIdentity("Acme", "PM-1", "3.4", "acme.example", "Meter", "X", null), await read);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadIdentityAsync_unknown_function_is_null()
    {
        await using var client = Client();
        var read = client.ReadIdentityAsync(1, Cancel).AsTask();
        using var peer = await server.AcceptAsync(Cancel);
        await StepAsync(peer, "2B0E0100", "AB 01");
        Assert.Null(await read);
    }

    [Fact(Timeout = TooLong)]
    public async Task ReadIdentityAsync_device_that_repeats_its_objects_for_ever_is_left()
    {
        await using var client = Client();
        var read = client.ReadIdentityAsync(1, Cancel).AsTask();
        using var peer = await server.AcceptAsync(Cancel);
        await StepAsync(peer, "2B0E0100", "2B 0E 01 01 FF 00 01" + Object(0, "Acme"));
        Assert.Equal("Acme", (await read)?.Vendor);
    }

    [Theory(Timeout = TooLong)]
    [InlineData("2B 0E 01 01 00 00 02 00 01 41")]
    [InlineData("2B 0E 01 01 00 00 01 00 05 41")]
    [InlineData("2B 0E 01 01 00 00 00 41")]
    [InlineData("2B 0D 01 01 00 00 00")]
    [InlineData("2B 0E")]
    public async Task ReadIdentityAsync_malformed_list_is_a_bad_reply(string pdu)
    {
        await using var client = Client();
        var read = client.ReadIdentityAsync(1, Cancel).AsTask();
        using var peer = await server.AcceptAsync(Cancel);
        await StepAsync(peer, "2B0E0100", pdu);
        Assert.Equal(ModbusFault.BadReply, (await Assert.ThrowsAsync<ModbusException>(() => read)).Fault);
    }

    private static async Task StepAsync(ScriptedPeer peer, string expected, string answer)
    {
        var asked = await peer.ReceiveAsync(Cancel, IdentityRequestLength);
        Assert.Equal(expected, Convert.ToHexString(asked[7..]));
        await peer.AnswerAsync(asked, answer);
    }

    private static string Object(byte id, string text) => $"{id:X2}{text.Length:X2}{Convert.ToHexString(Encoding.ASCII.GetBytes(text))}";

    private ModbusTcpClient Client() => new(new ModbusTcpOptions { Host = "127.0.0.1", Port = server.Port }, TimeProvider.System);
}
