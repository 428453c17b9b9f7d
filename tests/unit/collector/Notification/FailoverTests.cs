using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Notification;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeDcim.Collector.Tests.Notification;

/// <summary>Two collectors on one site: both know every alarm, one tells, and the other goes on where the first stopped.</summary>
public sealed class FailoverTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edgedcim-failover-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_second_collector_tells_what_the_first_has_not_and_nothing_twice()
    {
        var port = Receiver.FreePort();
        var yaml = $"notify: {{ channels: {{ there: {{ syslog: \"tcp://127.0.0.1:{port}\" }} }}, routes: {{ all: {{ channels: there }} }} }}";
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(Alarms.AlarmSite.Start));
        var (first, second) = (new NotifierLease("a", TimeSpan.FromSeconds(30), time), new NotifierLease("b", TimeSpan.FromSeconds(30), time));
        await using var receiver = await Receiver.PythonAsync(Cancel, "syslog", $"{port}");
        using var storeA = AlarmStore.Open(Path.Combine(folder, "a.db"));
        using var storeB = AlarmStore.Open(Path.Combine(folder, "b.db"));
        var book = new ToldBook("b", storeB);
        await using var b = new NotifySite(yaml, storeB, second, time, book);
        await using (var a = new NotifySite(yaml, storeA, first, time, new ToldBook("a", storeA)))
        {
            a.Notifier.HasTold = book.Heard;
            a.Site.Say("cdu-1/leak.detected", "dry");
            b.Site.Say("cdu-1/leak.detected", "dry");
            await BothAsync(40);
            Assert.True(first.IsHeld);
            a.Site.Say("cdu-1/leak.detected", "leak");
            b.Site.Say("cdu-1/leak.detected", "leak");
            while (receiver.Received("line").Count == 0)
            {
                await BothAsync(5);
            }

            await BothAsync(40);
            Assert.Equal(a.Site.Shown.Single().Id, b.Site.Shown.Single().Id);

            async Task BothAsync(int seconds)
            {
                for (var i = 0; i < seconds; i++)
                {
                    a.Site.Run(1);
                    b.Site.Run(1);
                    time.Advance(TimeSpan.FromSeconds(1));
                    if (first.Renew(canHear: true))
                    {
                        second.Hear("a");
                    }

                    second.Renew(canHear: true);
                    await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Cancel);
                }
            }
        }

        // The first is dead; what happens now is the second one's to tell.
        b.Site.Hold("pdu-1/load", 120);
        for (var i = 0; receiver.Received("line").Count < 2; i++)
        {
            Assert.True(i < 600, "the second never told");
            second.Renew(canHear: true);
            await b.RunAsync(1, Cancel);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
        }

        await b.RunAsync(200, Cancel);
        var lines = receiver.Received("line").Select(line => line.GetProperty("line").GetString()!).ToList();
        Assert.Single(lines, line => line.Contains("CRITICAL cdu-1", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("HIGH pdu-1", StringComparison.Ordinal));
        Assert.Equal(2, lines.Count);
    }
}
