using EdgeDcim.Collector.Alarms;
using EdgeDcim.Protocols.Snmp;

namespace EdgeDcim.Collector.Notification;

/// <summary>One trap or inform an event. Below the enterprise: <c>.0.1</c> raised, <c>.0.2</c> cleared, <c>.0.3</c> test; <c>.1.1</c> to <c>.1.9</c> what it is about.</summary>
internal sealed class SnmpChannel(SnmpChannelConfig config, string site, SnmpTrapSender sender) : Channel(config)
{
    public override int Most => 20;

    public override async Task SendAsync(OutboxMessage message, CancellationToken cancel)
    {
        foreach (var told in message.Events)
        {
            var number = told.Kind switch { NotifyKind.Cleared => 2u, NotifyKind.Test => 3u, _ => 1u };
            var trap = config.Enterprise.Append(0, number);
            try
            {
                if (config.Inform)
                {
                    await sender.InformAsync(config.Station, trap, Variables(told, message.Key), cancel);
                }
                else
                {
                    await sender.TrapAsync(config.Station, trap, Variables(told, message.Key), cancel);
                }
            }
            catch (SnmpException refused)
            {
                throw new NotifyException(refused.Message, refused);
            }
            catch (System.Net.Sockets.SocketException refused)
            {
                throw new NotifyException($"SNMP {config.Station}: {refused.SocketErrorCode}", refused);
            }
        }
    }

    private List<SnmpVariable> Variables(NotifyEvent told, string key)
    {
        var alarm = told.Alarm;
        SnmpVariable Text(uint number, string text) => new(config.Enterprise.Append(1, number, 0), SnmpValue.OfText(text));
        return
        [
            Text(1, site), Text(2, alarm.Id), Text(3, alarm.Device), Text(4, alarm.Part ?? ""), Text(5, alarm.Cause),
            new SnmpVariable(config.Enterprise.Append(1, 6, 0), SnmpValue.OfInteger((int)alarm.Priority + 1)),
            Text(7, alarm.Text), Text(8, alarm.Evidence), Text(9, key),
        ];
    }
}
