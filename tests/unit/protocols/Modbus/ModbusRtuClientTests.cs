using EdgeDcim.Protocols.Modbus;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Protocols.Tests.Modbus;

public sealed class ModbusRtuClientTests
{
    // 11 03 00 6B 00 03 and its answer, as in makers' manuals.
    private const string Answer = "110306AE415652434049AD";

    // Both frames, 8 and 11 characters of 11 bits at 9600 baud, and the timeout.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1) + TimeSpan.FromSeconds(19 * 11 / 9600.0);

    // 3.5 characters of 11 bits at 9600 baud, in whole milliseconds.
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(5);

    // Without the rest of a silent unit, which has its own test.
    private static readonly ModbusSerialOptions Options = new() { Port = "line", Turnaround = TimeSpan.Zero };

    private readonly FakeTimeProvider time = new();
    private readonly ScriptedLine line = new(Options);
    private readonly byte[] data = new byte[6];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadAsync_answer_in_two_pieces_is_read()
    {
        await using var client = Client();
        var read = ReadAsync(client);
        Assert.Equal("1103006B00037687", Convert.ToHexString(Assert.Single(line.Sent)));
        line.Deliver(Convert.FromHexString(Answer[..8]));
        Assert.False(read.IsCompleted);
        line.Deliver(Convert.FromHexString(Answer[8..]));
        Assert.Equal(6, await read);
        Assert.Equal("AE4156524340", Convert.ToHexString(data));
    }

    [Fact]
    public async Task ReadAsync_deadline_counts_the_time_on_the_line()
    {
        await using var client = Client();
        var read = ReadAsync(client);
        time.Advance(Deadline - TimeSpan.FromMilliseconds(1));
        Assert.False(read.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(2));
        Assert.Equal(ModbusFault.Timeout, (await Assert.ThrowsAsync<ModbusException>(() => read)).Fault);
    }

    [Fact]
    public async Task ReadAsync_damaged_answer_is_a_bad_reply_that_shows_the_bytes_and_keeps_the_port()
    {
        await using var client = Client();
        for (var i = 0; i < 4; i++)
        {
            var read = ReadAsync(client);
            time.Advance(Gap);
            line.Deliver(Convert.FromHexString(Answer[..^2] + "AC"));
            time.Advance(Deadline);
            var fault = await Assert.ThrowsAsync<ModbusException>(() => read);
            Assert.Equal(ModbusFault.BadReply, fault.Fault);
            Assert.Contains("110306AE415652434049AC", fault.Message, StringComparison.Ordinal);
        }

        Assert.Equal(1, line.Openings);
    }

    [Fact]
    public async Task ReadAsync_second_silence_opens_the_port_anew_because_its_handle_may_be_dead()
    {
        await using var client = Client();
        for (var i = 0; i < 2; i++)
        {
            var silent = ReadAsync(client);
            time.Advance(Gap);
            time.Advance(Deadline);
            Assert.Equal(ModbusFault.Timeout, (await Assert.ThrowsAsync<ModbusException>(() => silent)).Fault);
        }

        Assert.False(line.IsOpen);
        var read = ReadAsync(client);
        time.Advance(Gap);
        line.Deliver(Convert.FromHexString(Answer));
        Assert.Equal(6, await read);
        Assert.Equal(2, line.Openings);
    }

    [Fact]
    public async Task ReadAsync_unplugged_under_the_request_is_asked_again_once_on_the_port_opened_anew()
    {
        await using var client = Client();
        await ReadWellAsync(client);
        var read = ReadAsync(client);
        time.Advance(Gap);
        line.HangUp();
        Assert.Equal(3, line.Sent.Count);
        line.Deliver(Convert.FromHexString(Answer));
        Assert.Equal(6, await read);
    }

    [Fact]
    public async Task ReadAsync_unplugged_and_away_is_unreachable_until_the_port_is_back()
    {
        await using var client = Client();
        await ReadWellAsync(client);
        line.OpenFault = new FileNotFoundException("no such device");
        var read = ReadAsync(client);
        time.Advance(Gap);
        line.HangUp();
        Assert.Equal(ModbusFault.Unreachable, (await Assert.ThrowsAsync<ModbusException>(() => read)).Fault);
        await ReadWellAsync(client);
    }

    [Fact]
    public async Task ReadAsync_gap_of_three_and_a_half_characters_is_kept_between_answer_and_request()
    {
        await using var client = Client();
        await ReadWellAsync(client);
        var read = ReadAsync(client);
        time.Advance(TimeSpan.FromMilliseconds(4));
        Assert.Single(line.Sent);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, line.Sent.Count);
        line.Deliver(Convert.FromHexString(Answer));
        await read;
    }

    private async Task ReadWellAsync(ModbusRtuClient client)
    {
        var read = ReadAsync(client);
        time.Advance(Gap);
        line.Deliver(Convert.FromHexString(Answer));
        Assert.Equal(6, await read);
    }

    private Task<int> ReadAsync(ModbusRtuClient client) => client.ReadAsync(0x11, ModbusFunction.ReadHoldingRegisters, 0x6B, 3, data, Cancel).AsTask();

    private ModbusRtuClient Client() => new(line, Options, time);
}
