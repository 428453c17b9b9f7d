using EdgeDcim.Collector.Alarms;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Collector.Notification;

/// <summary>Who is told of alarms, how, and when.</summary>
/// <param name="GroupWait">Alarms below high wait that long for others, so that they are told together.</param>
/// <param name="Keep">A notification that could not be delivered is given up after this.</param>
internal sealed record NotifyConfig(TimeSpan GroupWait, TimeSpan Keep, IReadOnlyList<ChannelConfig> Channels, IReadOnlyList<NotifyRoute> Routes)
{
    public static NotifyConfig None { get; } = new(TimeSpan.FromSeconds(30), TimeSpan.FromDays(7), [], []);
}

/// <summary>One way to reach somebody.</summary>
/// <param name="Rate">Messages in ten minutes at most; what comes beyond is gathered into the next one.</param>
internal abstract record ChannelConfig(string Name, int Rate, TimeSpan Timeout);

internal sealed record SmtpChannelConfig(
    string Name, int Rate, TimeSpan Timeout, Uri Server, string From, IReadOnlyList<string> To, string? User, Secret? Password) : ChannelConfig(Name, Rate, Timeout);

internal sealed record WebhookChannelConfig(string Name, int Rate, TimeSpan Timeout, Uri Url, Secret? Secret) : ChannelConfig(Name, Rate, Timeout);

internal sealed record AlertmanagerChannelConfig(string Name, int Rate, TimeSpan Timeout, Uri Url, string? User, Secret? Password) : ChannelConfig(Name, Rate, Timeout);

/// <param name="Enterprise">Below it stand the trap and its variables; see the README of the folder.</param>
/// <param name="Inform">Wait for the station's confirmation.</param>
internal sealed record SnmpChannelConfig(string Name, int Rate, TimeSpan Timeout, SnmpTarget Station, Oid Enterprise, bool Inform) : ChannelConfig(Name, Rate, Timeout);

internal sealed record MqttChannelConfig(string Name, int Rate, TimeSpan Timeout, string Topic) : ChannelConfig(Name, Rate, Timeout);

/// <param name="Authority">PEM file of the authority that vouches for a <c>tls</c> server; null for those of the system.</param>
internal sealed record SyslogChannelConfig(string Name, int Rate, TimeSpan Timeout, Uri Server, int Facility, string? Authority) : ChannelConfig(Name, Rate, Timeout);

/// <summary>Which alarms go to which channels. Each route tells of a raise once (and again after <paramref name="Repeat"/>), and of the end to those it told of the beginning.</summary>
/// <param name="After">An escalation: only what is still unacknowledged after that long.</param>
/// <param name="Window">On-call hours; null is always. What is still active when they begin is told then.</param>
internal sealed record NotifyRoute(
    string Name, AlarmPriority Priority, IReadOnlyList<string> Devices, IReadOnlyList<AlarmClass> Classes, TimeSpan After, TimeSpan Repeat, OnCall? Window, IReadOnlyList<string> Channels)
{
    public bool Fits(Alarm alarm) =>
        alarm.Priority >= Priority
        && (Classes.Count == 0 || Classes.Contains(alarm.Class))
        && (Devices.Count == 0 || Devices.Any(pattern => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, alarm.Device, ignoreCase: false)));
}

/// <summary>Hours of the week in the site's zone; an end before the beginning goes over midnight.</summary>
internal sealed record OnCall(IReadOnlySet<DayOfWeek> Days, TimeOnly From, TimeOnly To, TimeZoneInfo Zone)
{
    public bool Covers(long nowMs)
    {
        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(nowMs), Zone);
        var time = TimeOnly.FromDateTime(local.DateTime);
        if (From <= To)
        {
            return Days.Contains(local.DayOfWeek) && time >= From && time < To;
        }

        return time >= From ? Days.Contains(local.DayOfWeek) : time < To && Days.Contains(local.AddDays(-1).DayOfWeek);
    }
}

internal enum NotifyKind
{
    Raised,

    /// <summary>Still there and unacknowledged.</summary>
    Reminder,
    Cleared,
    Test,
}

/// <summary>What a channel is to tell, with the alarm as it was then.</summary>
internal sealed record NotifyEvent(NotifyKind Kind, string Route, long AtMs, Alarm Alarm);
