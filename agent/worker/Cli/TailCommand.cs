using System.CommandLine;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Publishing;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Sparkplug;
using MQTTnet.Protocol;

namespace EdgeDcim.Agent.Cli;

/// <summary><c>tail</c>: shows Sparkplug traffic to people, one line a value. Listens only, except that it asks for births it has missed.</summary>
internal static class TailCommand
{
    private const string PasswordVariable = "EDGEDCIM_PASSWORD";

    public static Command Create(TimeProvider time)
    {
        var broker = new Option<string>("--broker") { Description = "Address of the broker: mqtt://host:1883 or mqtts://host:8883", Required = true };
        var group = new Option<string>("--group") { Description = "Only this Sparkplug group (site)", DefaultValueFactory = _ => "+" };
        var user = new Option<string?>("--user") { Description = $"User name; the password comes from {PasswordVariable}" };
        var authority = new Option<string?>("--ca") { Description = "PEM file that the broker's certificate must chain to" };
        var verb = new Command("tail", "Decode live Sparkplug traffic, one line a value") { broker, group, user, authority };
        verb.SetAction((parsed, cancel) =>
        {
            var config = new BrokerConfig([ParseUrl(parsed.GetValue(broker)!)], parsed.GetValue(user), Password(parsed.GetValue(user)), parsed.GetValue(authority));
            return RunAsync(config, parsed.GetValue(group)!, time, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancel);
        });
        return verb;
    }

    private static async Task<int> RunAsync(BrokerConfig config, string group, TimeProvider time, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        if (group != "+" && !SparkplugTopic.IsId(group))
        {
            throw new UsageException($"'{group}' cannot be a group: it must not be empty nor hold + / #");
        }

        try
        {
            await using var link = await BrokerLink.ConnectAsync(config, config.Urls[0], $"edgedcim-tail-{Guid.NewGuid():N}", will: null, time, cancel);
            await link.SubscribeAsync(SparkplugTopic.GroupFilter(group), cancel);
            await error.WriteLineAsync($"Listening to {config.Urls[0]}; Ctrl-C ends.");
            var decoder = new TailDecoder(time);
            await foreach (var message in link.Inbox.ReadAllAsync(cancel))
            {
                foreach (var line in decoder.Decode(message))
                {
                    await output.WriteLineAsync(line);
                }

                await output.FlushAsync(cancel);
                foreach (var node in decoder.TakeUnknown())
                {
                    await link.PublishAsync(node.Format(), decoder.RebirthRequest(), MqttQualityOfServiceLevel.AtMostOnce, cancel);
                }
            }

            await error.WriteLineAsync($"The connection ended: {link.CloseReason}");
            return ExitCode.Failed;
        }
        catch (BrokerException refused)
        {
            await error.WriteLineAsync(refused.Message);
            return ExitCode.Failed;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
    }

    private static Uri ParseUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "mqtt" or "mqtts" or "ws" or "wss" && url.Host.Length > 0
            ? url
            : throw new UsageException($"'{text}' is no broker address; write mqtt://host:1883 or mqtts://host:8883");

    private static Secret? Password(string? user) =>
        user is not null && Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 } password ? Secret.Literal(password) : null;
}
