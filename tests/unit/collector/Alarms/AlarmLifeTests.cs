using CsCheck;
using EdgeDcim.Collector.Alarms;
using Xunit;

namespace EdgeDcim.Collector.Tests.Alarms;

/// <summary>The state machine under anything that may happen to it, in any order.</summary>
public sealed class AlarmLifeTests
{
    private static readonly Gen<(AlarmEvent Event, AlarmPriority Priority, bool Latches, int Hours)> Step =
        from what in Gen.Enum<AlarmEvent>()
        from priority in Gen.Enum<AlarmPriority>()
        from latches in Gen.Bool
        from hours in Gen.Int[-1, 26]
        select (what, priority, latches, hours);

    [Fact]
    public void No_sequence_of_events_reaches_an_impossible_state_and_the_trail_replays_to_the_same_alarm() =>
        Step.Array[0, 60].Sample(
            steps =>
            {
                Alarm? alarm = null;
                var trail = new List<AlarmChange>();
                var atMs = 1_000L;
                foreach (var step in steps)
                {
                    atMs += 1000;
                    var change = Change(step, atMs);
                    if (AlarmLife.Apply(alarm, change) is { } next)
                    {
                        Assert.True(alarm is null || IsAllowed(alarm, next), $"{alarm?.State} became {next.State} by {change.Event}");
                        alarm = next;
                        trail.Add(change);
                        AssertSound(alarm);
                    }
                }

                Alarm? replayed = null;
                foreach (var change in trail)
                {
                    replayed = AlarmLife.Apply(replayed, change);
                }

                Assert.Equal(alarm, replayed);
            },
            iter: 5_000, threads: 1);

    [Fact]
    public void An_acknowledged_alarm_that_gets_worse_asks_again()
    {
        var alarm = AlarmLife.Apply(null, Change((AlarmEvent.Raised, AlarmPriority.Low, false, 0), 1))!;
        alarm = AlarmLife.Apply(alarm, Change((AlarmEvent.Acknowledged, default, false, 0), 2))!;
        alarm = AlarmLife.Apply(alarm, Change((AlarmEvent.Reprioritised, AlarmPriority.High, false, 0), 3))!;
        Assert.Equal(AlarmState.ActiveUnacknowledged, alarm.State);
        Assert.Null(alarm.AcknowledgedBy);
        alarm = AlarmLife.Apply(AlarmLife.Apply(alarm, Change((AlarmEvent.Acknowledged, default, false, 0), 4)), Change((AlarmEvent.Reprioritised, AlarmPriority.Low, false, 0), 5))!;
        Assert.Equal(AlarmState.ActiveAcknowledged, alarm.State);
    }

    [Theory]
    [InlineData(true, AlarmState.ReturnedUnacknowledged)]
    [InlineData(false, AlarmState.Normal)]
    public void What_clears_unseen_waits_for_a_person_only_when_it_latches(bool latches, object expected)
    {
        var alarm = AlarmLife.Apply(null, Change((AlarmEvent.Raised, AlarmPriority.High, latches, 0), 1));
        Assert.Equal(expected, AlarmLife.Apply(alarm, Change((AlarmEvent.Cleared, default, false, 0), 2))!.State);
    }

    [Fact]
    public void A_shelf_is_never_longer_than_a_day()
    {
        var alarm = AlarmLife.Apply(null, Change((AlarmEvent.Raised, AlarmPriority.High, false, 0), 1));
        Assert.NotNull(AlarmLife.Apply(alarm, Change((AlarmEvent.Shelved, default, false, 24), 2)));
        Assert.Null(AlarmLife.Apply(alarm, Change((AlarmEvent.Shelved, default, false, 25), 2)));
        Assert.Null(AlarmLife.Apply(alarm, Change((AlarmEvent.Shelved, default, false, 0), 2)));
    }

    private static AlarmChange Change((AlarmEvent Event, AlarmPriority Priority, bool Latches, int Hours) step, long atMs) => new(
        "a", atMs, step.Event, "ann", "because",
        step.Event is AlarmEvent.Raised or AlarmEvent.Reprioritised
            ? new Alarm("a", "cdu-1", "leak", null, AlarmClass.Cooling, step.Priority, AlarmState.Normal, "text", "evidence", false, step.Latches, ["leak:cdu-1/leak.detected"])
            : null,
        step.Event == AlarmEvent.Shelved ? atMs + (step.Hours * 3_600_000L) : 0);

    private static bool IsAllowed(Alarm before, Alarm after) => (before.State, after.State) switch
    {
        var (old, now) when old == now => true,
        (AlarmState.Normal, AlarmState.ActiveUnacknowledged) => true,
        (AlarmState.ActiveUnacknowledged, _) => true,
        (AlarmState.ActiveAcknowledged, AlarmState.Normal or AlarmState.ActiveUnacknowledged) => true,
        (AlarmState.ReturnedUnacknowledged, AlarmState.Normal or AlarmState.ActiveUnacknowledged) => true,
        _ => false,
    };

    private static void AssertSound(Alarm alarm)
    {
        Assert.True(alarm.IsActive || !alarm.Unknown, "only what holds can be unknown");
        Assert.True(alarm.State != AlarmState.ActiveAcknowledged || alarm.AcknowledgedBy is not null);
        Assert.True(alarm.State != AlarmState.ActiveUnacknowledged || alarm.AcknowledgedBy is null);
        Assert.True(alarm.Shelf is not { } shelf || shelf.UntilMs - shelf.SinceMs is > 0 and <= Shelf.MaxMs);
        Assert.True(!alarm.IsShown || (alarm.State != AlarmState.Normal && alarm.Shelf is null && alarm.SuppressedBy is null && alarm.OutOfService is null));
        Assert.True(alarm.Times > 0 && alarm.RaisedMs > 0);
        Assert.Equal(alarm.IsActive, alarm.Sources.Count > 0);
    }
}
