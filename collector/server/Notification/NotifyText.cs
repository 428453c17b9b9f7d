using System.Globalization;
using System.Text;
using EdgeDcim.Collector.Alarms;

namespace EdgeDcim.Collector.Notification;

/// <summary>What people read in a message, the same words whatever way it comes.</summary>
internal static class NotifyText
{
    public static string Subject(string site, IReadOnlyList<NotifyEvent> events)
    {
        var first = First(events);
        var more = events.Count > 1 ? $" and {(events.Count - 1).ToString(CultureInfo.InvariantCulture)} more" : "";
        return $"[{site}] {Word(first)} {first.Alarm.Subject}: {first.Alarm.Text}{more}";
    }

    public static string Line(NotifyEvent told) => $"{Word(told)} {told.Alarm.Subject}: {told.Alarm.Text} ({told.Alarm.Evidence})";

    public static string Body(IReadOnlyList<NotifyEvent> events, TimeZoneInfo zone)
    {
        var text = new StringBuilder();
        foreach (var told in events.OrderByDescending(one => one.Alarm.Safety).ThenByDescending(one => one.Alarm.Priority).ThenBy(one => one.AtMs))
        {
            text.Append(Word(told)).Append("  ").AppendLine(told.Alarm.Subject);
            text.Append("  ").AppendLine(told.Alarm.Text);
            text.Append("  evidence: ").AppendLine(told.Alarm.Evidence);
            text.Append("  raised: ").AppendLine(At(told.Alarm.RaisedMs, zone));
            if (told.Kind == NotifyKind.Cleared)
            {
                text.Append("  cleared: ").AppendLine(At(told.AtMs, zone));
            }

            text.Append("  id: ").AppendLine(told.Alarm.Id).AppendLine();
        }

        return text.ToString();
    }

    public static string Word(NotifyEvent told) => told.Kind switch
    {
        NotifyKind.Cleared => "CLEARED",
        NotifyKind.Test => "TEST",
        NotifyKind.Reminder => $"STILL {told.Alarm.Priority.ToString().ToUpperInvariant()}",
        _ => told.Alarm.Priority.ToString().ToUpperInvariant(),
    };

    public static string At(long ms, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(ms), zone).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);

    private static NotifyEvent First(IReadOnlyList<NotifyEvent> events) =>
        events.OrderBy(one => one.Kind == NotifyKind.Cleared).ThenByDescending(one => one.Alarm.Safety).ThenByDescending(one => one.Alarm.Priority).ThenBy(one => one.AtMs).First();
}
