using System.CommandLine;
using EdgeDcim.Collector.Alarms;
using EdgeDcim.Collector.Notification;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Collector.Cli;

/// <summary><c>notify test</c>: one message of no alarm through every channel, or through the named one, and what each receiver said.</summary>
internal static class NotifyCommand
{
    public static Command Create()
    {
        var config = CommandLine.ConfigOption();
        var name = new Argument<string?>("channel") { Description = "The name of a channel; all of them when left out.", Arity = ArgumentArity.ZeroOrOne };
        var test = new Command("test", "Sends a test and says whether the receiver took it.") { name, config };
        test.SetAction((parsed, cancel) => CommandLine.JudgedAsync(() => TestAsync(LoadedConfiguration.Load(parsed.GetRequiredValue(config)), parsed.GetValue(name), cancel)));
        return new Command("notify", "The ways in which people are told of alarms.") { test };
    }

    private static async Task<int> TestAsync(LoadedConfiguration loaded, string? name, CancellationToken cancel)
    {
        var wanted = loaded.Alarms.Notify.Channels.Where(channel => name is null || channel.Name == name).ToList();
        if (wanted.Count == 0)
        {
            Console.Error.WriteLine(name is null
                ? "no channel is configured; write notify.channels in the file that 'alarms' names"
                : $"there is no channel '{name}'{Spelling.DidYouMean(name, loaded.Alarms.Notify.Channels.Select(channel => channel.Name))}");
            return ExitCode.Failed;
        }

        // The engine of SNMPv3 is that of the running collector, whose file is not touched: a test is an engine of its own.
        using var store = AlarmStore.InMemory();
        await using var factory = new ChannelFactory(loaded.Collector.Site, loaded.Facility.Zone, store, null, TimeProvider.System);
        var failed = 0;
        foreach (var channel in factory.Make(loaded.Alarms.Notify with { Channels = wanted }))
        {
            try
            {
                await Notifier.TestAsync(channel, TimeProvider.System, cancel);
                Console.WriteLine($"{channel.Name}: taken");
            }
            catch (NotifyException refused)
            {
                Console.Error.WriteLine($"{channel.Name}: {refused.Message}");
                failed++;
            }

            channel.Dispose();
        }

        foreach (var mqtt in wanted.OfType<MqttChannelConfig>())
        {
            Console.Error.WriteLine($"{mqtt.Name}: goes over the broker of the running collector; test it on its page, or with POST /api/v1/notify/test");
        }

        return failed == 0 ? ExitCode.Ok : ExitCode.Failed;
    }
}
