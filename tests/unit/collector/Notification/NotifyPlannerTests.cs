using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Notification;
using EdgeDcim.Collector.Tests.Alarms;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeDcim.Collector.Tests.Notification;

/// <summary>Who is told, when, and how often.</summary>
public sealed class NotifyPlannerTests
{
    private const string Channels = "channels: { a: { webhook: \"http://127.0.0.1:1\" }, b: { webhook: \"http://127.0.0.1:1\" } }";

    private static AlarmSite Site(string routes, AlarmStore? store = null)
    {
        var site = new AlarmSite($"notify: {{ {Channels}, routes: {{ {routes} }} }}", store);
        site.Born("ups-1", "ups", "agent-1", "ups.mode");
        for (var i = 0; i < 30; i++)
        {
            site.Born($"pdu-{i}", "pdu", "agent-1", "load");
        }

        return site;
    }

    private static List<string> Told(AlarmSite site, string channel)
    {
        var told = new List<string>();
        while (site.Store.Next(channel, site.NowMs, 200) is { } message)
        {
            told.Add(string.Join('+', message.Events.Select(one => $"{one.Kind} {one.Alarm.Device}")));
            site.Store.Sent(message.Key);
        }

        return told;
    }

    [Fact]
    public void What_is_high_goes_at_once_and_what_is_lower_waits_for_company()
    {
        var site = Site("all: { priority: medium, channels: a }");
        site.Hold("pdu-1/load", 95);
        site.Run(20);
        Assert.Empty(Told(site, "a"));
        site.Hold("pdu-2/load", 95);
        site.Run(20);
        site.Say("ups-1/ups.mode", "battery");
        site.Run(8);
        Assert.Equal(["Raised ups-1+Raised pdu-1+Raised pdu-2"], Told(site, "a"));
        site.Run(60);
        Assert.Empty(Told(site, "a"));
    }

    [Fact]
    public void An_escalation_comes_only_when_nobody_has_acknowledged()
    {
        var site = Site("noc: { priority: high, channels: a }, chief: { priority: high, after: 15m, channels: b }");
        site.Say("ups-1/ups.mode", "battery");
        site.Run(14 * 60);
        Assert.Single(Told(site, "a"));
        Assert.Empty(Told(site, "b"));
        site.Run(70);
        Assert.Equal(["Raised ups-1"], Told(site, "b"));
        site.Say("ups-1/ups.mode", "online");
        site.Run(15);
        Assert.Equal(["Cleared ups-1"], Told(site, "b"));
        site.Say("ups-1/ups.mode", "battery");
        site.Run(10);
        site.Act(site.Shown[0].Id, AlarmEvent.Acknowledged);
        site.Run(20 * 60);
        Assert.Empty(Told(site, "b"));
    }

    [Fact]
    public void Outside_of_on_call_hours_nobody_is_told_until_they_begin()
    {
        // The site begins on a Monday at noon, UTC.
        var site = Site("day: { priority: high, channels: a, on_call: { days: mon-fri, from: \"12:30\", to: \"18:00\" } }, night: { priority: high, channels: b, on_call: { days: sat-sun } }");
        site.Say("ups-1/ups.mode", "battery");
        site.Run(20 * 60);
        Assert.Empty(Told(site, "a"));
        site.Run(11 * 60);
        Assert.Equal(["Raised ups-1"], Told(site, "a"));
        Assert.Empty(Told(site, "b"));
    }

    [Fact]
    public void A_reminder_comes_while_nobody_acknowledges_and_a_shelf_keeps_it_quiet()
    {
        var site = Site("all: { priority: high, repeat: 10m, channels: a }");
        site.Say("ups-1/ups.mode", "battery");
        site.Run(25 * 60);
        Assert.Equal(["Raised ups-1+Reminder ups-1+Reminder ups-1"], Told(site, "a"));
        site.Act(site.Shown[0].Id, AlarmEvent.Shelved, forMs: 3_600_000);
        site.Run(30 * 60);
        Assert.Empty(Told(site, "a"));
    }

    [Fact]
    public void In_a_flood_only_what_is_critical_goes_out_by_itself()
    {
        var site = Site("all: { priority: medium, channels: a }");
        for (var i = 0; i < 30; i++)
        {
            site.Hold($"pdu-{i}/load", 95);
            site.Run(1);
        }

        site.Run(40);
        Assert.True(site.View.FloodSinceMs > 0);
        var messages = Told(site, "a");
        Assert.True(messages.Count <= 2, string.Join('|', messages));
        site.Say("ups-1/ups.mode", "off");
        site.Run(8);
        Assert.StartsWith("Raised ups-1", Told(site, "a")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_keeps_its_key_and_its_events_over_every_attempt()
    {
        var site = Site("all: { priority: high, channels: a }");
        site.Say("ups-1/ups.mode", "battery");
        site.Run(10);
        var first = site.Store.Next("a", site.NowMs, 200)!;
        site.Store.Failed(first.Key, site.NowMs + 5000);
        Assert.Null(site.Store.Next("a", site.NowMs, 200));
        site.Hold("pdu-1/load", 120);
        site.Run(40);
        var again = site.Store.Next("a", site.NowMs, 200)!;
        Assert.Equal((first.Key, 1, 1), (again.Key, again.Attempts, again.Events.Count));
    }

    [Fact]
    public void Of_two_collectors_one_holds_the_lease_and_the_other_takes_it_when_the_first_is_silent()
    {
        var time = new FakeTimeProvider();
        var (a, b) = (new NotifierLease("a", TimeSpan.FromSeconds(30), time), new NotifierLease("b", TimeSpan.FromSeconds(30), time));
        void Live(int seconds, bool aLives)
        {
            for (var i = 0; i < seconds; i += 5)
            {
                time.Advance(TimeSpan.FromSeconds(5));
                if (aLives && a.Renew(canHear: true))
                {
                    b.Hear("a");
                }

                if (b.Renew(canHear: true) && aLives)
                {
                    a.Hear("b");
                }

                Assert.False(aLives && a.IsHeld && b.IsHeld);
            }
        }

        Assert.False(a.IsHeld || b.IsHeld);
        Live(60, aLives: true);
        Assert.True(a.IsHeld);
        Live(25, aLives: false);
        Assert.False(b.IsHeld);
        Live(10, aLives: false);
        Assert.True(b.IsHeld);
        Live(60, aLives: true);
        Assert.True(a.IsHeld ^ b.IsHeld);
    }

    [Fact]
    public void Who_is_known_to_be_gone_is_not_waited_for_and_who_heard_nothing_listens_first()
    {
        var time = new FakeTimeProvider();
        var (a, b) = (new NotifierLease("a", TimeSpan.FromSeconds(10), time), new NotifierLease("b", TimeSpan.FromSeconds(10), time));
        Assert.False(a.Renew(canHear: true) || b.Renew(canHear: true));
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(a.Renew(canHear: true) || b.Renew(canHear: false));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(a.Renew(canHear: true));
        b.Hear("a");
        Assert.False(b.Renew(canHear: true));

        b.OtherIsGone();
        Assert.True(b.Renew(canHear: true));

        // The first was only cut off: it went on by itself, and yields to whoever speaks when it hears again.
        Assert.True(a.IsHeld);
        a.HearsAgain();
        Assert.False(a.Renew(canHear: true));
        a.Hear("b");
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(a.Renew(canHear: true));
        a.Hear("b");
        Assert.True(b.Renew(canHear: true) && !a.IsHeld);

        // Who was stopped in the meantime (SIGSTOP, a machine asleep) does not believe that it still holds it.
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(b.IsHeld);
        Assert.False(b.Renew(canHear: true));
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(b.Renew(canHear: true));
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(b.Renew(canHear: true));
        b.Retire();
        Assert.False(b.Renew(canHear: true) || b.IsHeld);
    }
}
