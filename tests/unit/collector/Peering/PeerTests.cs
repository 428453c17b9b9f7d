using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Broker;
using EdgeDcim.Collector.Notification;
using Xunit;

namespace EdgeDcim.Collector.Tests.Peering;

/// <summary>What holds between two collectors, whoever of them goes and whenever.</summary>
public sealed class PeerTests : IAsyncDisposable
{
    private const double TooMuch = 120;
    private readonly Twins twins = new();

    public ValueTask DisposeAsync() => twins.DisposeAsync();

    [Fact]
    public async Task One_tells_of_the_raise_and_when_it_is_gone_the_other_tells_of_the_end_and_neither_twice()
    {
        await StartedAsync();
        var first = Holder();
        twins.Hold("pdu-1/load", TooMuch);
        await twins.RunAsync(60);
        Assert.Equal([$"{first} Raised pdu-1"], twins.Heard);

        var survivor = await KillHolderAsync();
        await twins.RunAsync(30);
        Assert.Single(twins.Heard);
        twins.Hold("pdu-1/load", 10);
        await twins.RunAsync(120);

        Assert.Equal([$"{first} Raised pdu-1", $"{survivor} Cleared pdu-1"], twins.Heard);
    }

    [Fact]
    public async Task What_happens_between_the_death_and_the_takeover_is_told_all_the_same()
    {
        await StartedAsync();
        await Dead(Holder()).StopAsync();
        twins.Hold("pdu-1/load", TooMuch);

        // No will this time: the silence alone has to tell.
        await twins.RunAsync(90);

        Assert.Single(twins.Heard, heard => heard.EndsWith("Raised pdu-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_comes_back_without_its_memory_does_not_tell_again_what_the_other_has_told()
    {
        await StartedAsync();
        twins.Hold("pdu-1/load", TooMuch);
        await twins.RunAsync(60);
        var told = twins.Heard.Single();

        // The standby loses its disk, comes back, and is alone a minute later.
        var standby = Holder() == "a" ? "b" : "a";
        await twins.KillAsync(Dead(standby));
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(twins.File("x"))!, $"{standby}.db*"))
        {
            File.Delete(file);
        }

        twins.Restart(Dead(standby));
        Dead(standby).Site.Hold("pdu-1/load", TooMuch);
        Dead(standby).Peer.Connected();
        await twins.RunAsync(60);
        await KillHolderAsync();
        await twins.RunAsync(60);
        Assert.Equal([told], twins.Heard);

        twins.Hold("pdu-1/load", 10);
        await twins.RunAsync(120);
        Assert.Equal([told, $"{standby} Cleared pdu-1"], twins.Heard);
    }

    [Fact]
    public async Task While_the_broker_is_away_the_holder_goes_on_and_the_other_takes_nothing_over()
    {
        await StartedAsync();
        var holder = Holder();
        twins.HasBroker = false;
        twins.Hold("pdu-1/load", TooMuch);
        await twins.RunAsync(60);

        Assert.Equal([$"{holder} Raised pdu-1"], twins.Heard);
        Assert.False(twins.A.Lease.IsHeld && twins.B.Lease.IsHeld);
        twins.Reconnect();
        await twins.RunAsync(60);
        Assert.Equal([$"{holder} Raised pdu-1"], twins.Heard);
        Assert.Equal(holder, Holder());
    }

    [Fact]
    public async Task What_a_person_does_on_one_is_done_on_the_other()
    {
        await StartedAsync();
        twins.Hold("pdu-1/load", TooMuch);
        await twins.RunAsync(60);
        var id = twins.A.Site.Shown.Single().Id;

        Assert.True(twins.A.Site.Act(id, AlarmEvent.Acknowledged, "ann"));
        Assert.True(twins.B.Site.Act(id, AlarmEvent.Commented, "bob", "fuse ordered"));
        Assert.True(twins.B.Site.Act(id, AlarmEvent.Shelved, "bob", "known", forMs: 600_000));
        await twins.RunAsync(2);

        Assert.All((Twin[])[twins.A, twins.B], twin => Assert.Equal(
            ("ann", "fuse ordered", "known"), (twin.Site.Service.Find(id)!.AcknowledgedBy, twin.Site.Service.Find(id)!.Comment, twin.Site.Service.Find(id)!.Shelf?.Reason)));
        Assert.Single(twins.B.Site.Store.Changes(0, long.MaxValue, id), change => change.Event == AlarmEvent.Acknowledged && change.User == "ann");
    }

    [Fact]
    public async Task What_a_person_did_while_one_was_away_is_known_to_it_when_it_is_back()
    {
        await StartedAsync();
        await twins.KillAsync(twins.B);
        twins.Hold("pdu-1/load", TooMuch);
        await twins.RunAsync(60);
        var id = twins.A.Site.Shown.Single().Id;
        twins.A.Site.Act(id, AlarmEvent.Acknowledged, "ann");

        twins.Restart(twins.B);
        twins.B.Site.Hold("pdu-1/load", TooMuch);
        twins.B.Peer.Connected();
        await twins.RunAsync(60);

        Assert.Equal((AlarmState.ActiveAcknowledged, "ann"), (twins.B.Site.Service.Find(id)!.State, twins.B.Site.Service.Find(id)!.AcknowledgedBy));
    }

    [Fact]
    public void What_is_no_message_of_the_other_is_counted_and_nothing_else()
    {
        Assert.False(twins.A.Peer.Hears(new InboundMessage("edgedcim/demo/peer/c", "{}"u8.ToArray(), "")));
        Assert.True(twins.A.Peer.Hears(new InboundMessage("edgedcim/demo/peer/b", "no json"u8.ToArray(), "")));
        Assert.True(twins.A.Peer.Hears(new InboundMessage("edgedcim/demo/peer/b", """{"Told":[null],"Act":{},"Alarms":[{}]}"""u8.ToArray(), "")));
        Assert.True(twins.A.Peer.Hears(new InboundMessage("edgedcim/demo/peer/b", "{}"u8.ToArray(), "")));
    }

    [Theory]
    [InlineData("Raised", 100, 0, 103, true)]
    [InlineData("Raised", 100, 0, 900, true)]
    [InlineData("Raised", 100, 101, 104, true)]
    [InlineData("Raised", 100, 101, 120, false)]
    [InlineData("Cleared", 100, 0, 110, false)]
    [InlineData("Cleared", 100, 105, 104, true)]
    [InlineData("Reminder", 100, 0, 104, true)]
    [InlineData("Reminder", 100, 0, 200, false)]
    public void What_a_receiver_knows_already_follows_from_what_it_was_told_last(string kind, long raised, long cleared, long at, bool isKnown)
    {
        var alarm = new Alarm("x", "pdu-1", "load", null, AlarmClass.Power, AlarmPriority.High, AlarmState.ActiveUnacknowledged, "", "", false, false, []);
        var told = new Told("there", "all", "x", "b", AlarmPriority.High, raised * 1000, cleared * 1000);

        Assert.Equal(isKnown, told.Covers(new NotifyEvent(Enum.Parse<NotifyKind>(kind), "all", at * 1000, alarm)));
        Assert.False(told.Covers(new NotifyEvent(NotifyKind.Raised, "all", raised * 1000, alarm with { Priority = AlarmPriority.Critical })));
    }

    /// <summary>Both are there, and one of them notifies.</summary>
    private async Task StartedAsync()
    {
        twins.Hold("pdu-1/load", 10);
        twins.A.Peer.Connected();
        twins.B.Peer.Connected();
        await twins.RunAsync(30);
        Assert.True(twins.A.Lease.IsHeld ^ twins.B.Lease.IsHeld);
    }

    private string Holder() => twins.A.Lease.IsHeld ? "a" : "b";

    private Twin Dead(string name) => name == "a" ? twins.A : twins.B;

    private async Task<string> KillHolderAsync()
    {
        var holder = Holder();
        await twins.KillAsync(Dead(holder));
        return holder == "a" ? "b" : "a";
    }
}
