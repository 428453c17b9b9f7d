using System.CommandLine;
using EdgeDcim.Agent.Commissioning;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Cli;

/// <summary><c>check</c>: says everything that is wrong with a configuration before anything connects; then, if asked, what would be read and whether it answers.</summary>
internal static class CheckCommand
{
    public static Command Create(TimeProvider time)
    {
        var file = new Option<string>("--config", "-c") { Description = "The configuration", DefaultValueFactory = _ => "agent.yaml" };
        var plan = new Option<bool>("--plan") { Description = "Print the requests that each device will get" };
        var connect = new Option<bool>("--connect") { Description = "Read each device once" };
        var verb = new Command("check", "Validate configuration and profiles") { file, plan, connect };
        verb.SetAction(async (parsed, cancel) =>
        {
            await using var protocols = ProtocolCatalog.Standard(time);
            var config = Load(parsed.GetValue(file)!, protocols);
            var output = parsed.InvocationConfiguration.Output;
            await WarnAsync(config, parsed.InvocationConfiguration.Error);
            await SummariseAsync(config, parsed.GetValue(file)!, protocols, output);
            if (parsed.GetValue(plan))
            {
                await PrintPlansAsync(config, output);
            }

            return parsed.GetValue(connect) ? await ConnectAsync(config, protocols, time, output, cancel) : ExitCode.Ok;
        });
        return verb;
    }

    private static AgentConfig Load(string file, ProtocolCatalog protocols)
    {
        if (!File.Exists(file))
        {
            throw new UsageException($"there is no {file}; name the configuration by -c FILE");
        }

        var problems = new ConfigProblems();
        var config = AgentConfigReader.Load(file, protocols, ProfileLibrary.Open(protocols), problems);
        problems.ThrowIfAny();
        return config!;
    }

    /// <summary>A literal secret works, and should not stay.</summary>
    private static async Task WarnAsync(AgentConfig config, TextWriter error)
    {
        if (config.Broker.Password is { IsLiteral: true })
        {
            await error.WriteLineAsync("warning: the broker's password stands in the file itself; write ${env:NAME} or ${file:/path}");
        }

        foreach (var device in config.Devices)
        {
            var literal = device.Access switch
            {
                SnmpCommunityAccess { Community: { IsLiteral: true } community } when community.Reveal() != "public" => "community",
                SnmpUserAccess { AuthPassword.IsLiteral: true } or SnmpUserAccess { PrivPassword.IsLiteral: true } => "SNMPv3 password",
                LoginAccess { BmcKey.IsLiteral: true } => "key of the controller",
                LoginAccess { Password.IsLiteral: true } or RedfishAccess { Password.IsLiteral: true } => "password",
                _ => null,
            };
            if (literal is not null)
            {
                await error.WriteLineAsync($"warning: the {literal} of {device.Id} stands in the file itself; write ${{env:NAME}} or ${{file:/path}}");
            }
        }
    }

    private static Task SummariseAsync(AgentConfig config, string file, ProtocolCatalog protocols, TextWriter output)
    {
        var lanes = Lanes(config, protocols).Count();
        var profiles = config.Devices.Select(device => device.Profile.Name).Distinct().Count();
        return output.WriteLineAsync($"{file}: ok; site {config.Site}, agent {config.Agent}, {config.Devices.Count} devices of {profiles} profiles on {lanes} lanes");
    }

    private static async Task PrintPlansAsync(AgentConfig config, TextWriter output)
    {
        foreach (var device in config.Devices)
        {
            await output.WriteLineAsync($"{device.Id}: {device.Profile.Name} at {device.Endpoint.At}");
            foreach (var group in Enum.GetValues<PollGroup>())
            {
                foreach (var line in device.Profile.DescribePlan(group))
                {
                    await output.WriteLineAsync($"  every {config.Poll[group].TotalSeconds:0.###} s  {line}");
                }
            }
        }
    }

    private static IEnumerable<IGrouping<(string, string), DeviceConfig>> Lanes(AgentConfig config, ProtocolCatalog protocols) =>
        config.Devices.GroupBy(device => (device.Endpoint.Protocol, protocols.Get(device.Endpoint.Protocol).LaneKey(device.Endpoint)));

    private static async Task<int> ConnectAsync(AgentConfig config, ProtocolCatalog protocols, TimeProvider time, TextWriter output, CancellationToken cancel)
    {
        var rows = await Task.WhenAll(Lanes(config, protocols).Select(lane => ConnectAsync([.. lane], protocols, time, cancel)));
        var results = rows.SelectMany(row => row).ToDictionary(row => row.Device);
        var table = new TextTable("DEVICE", "RESULT", "VALUES", "SUSPECT", "MS", "SAYS");
        foreach (var device in config.Devices)
        {
            var result = results[device.Id];
            table.Add(device.Id, result.Fault is null ? "ok" : "failed", $"{result.Values}", $"{result.Suspect}", $"{result.Milliseconds:0}", result.Fault ?? result.Identity);
        }

        await table.WriteAsync(output);
        foreach (var device in config.Devices)
        {
            foreach (var doubt in results[device.Id].Doubts)
            {
                var path = DeviceSanity.PathOf(doubt.Point);
                await output.WriteLineAsync($"{device.Id}: {path} is suspect and would feed no KPI: {doubt.Reason}. Correct the profile, or write accept: [{path}] at the device");
            }
        }

        return results.Values.All(result => result.Fault is null) ? ExitCode.Ok : ExitCode.Failed;
    }

    private static async Task<List<Connection>> ConnectAsync(List<DeviceConfig> lane, ProtocolCatalog protocols, TimeProvider time, CancellationToken cancel)
    {
        await using var link = protocols.Get(lane[0].Endpoint.Protocol).OpenLink(lane[0].Endpoint);
        var results = new List<Connection>();
        foreach (var device in lane)
        {
            results.Add(await ConnectAsync(device, link.CreateDriver(device), time, cancel));
        }

        return results;
    }

    private static async Task<Connection> ConnectAsync(DeviceConfig device, IDeviceDriver driver, TimeProvider time, CancellationToken cancel)
    {
        var begun = time.GetTimestamp();
        var samples = new List<Sample>();
        List<Verdict> doubts = [];
        string? fault = null;
        try
        {
            await ReadAsync(driver, samples, cancel);
            doubts = DoubtsOf(device, samples);
            if (doubts.Count > 0)
            {
                // A load that moved between two requests looks the same, once.
                samples.Clear();
                await ReadAsync(driver, samples, cancel);
                var again = DoubtsOf(device, samples).Select(doubt => (doubt.Check, doubt.Point)).ToHashSet();
                doubts = [.. doubts.Where(doubt => again.Contains((doubt.Check, doubt.Point)))];
            }
        }
        catch (DeviceFault failed)
        {
            fault = failed.Message;
        }

        var identity = driver.Identity;
        var says = string.Join(", ", new[] { identity.Vendor, identity.Model, identity.Serial, identity.Firmware }.OfType<string>());
        return new Connection(
            device.Id, samples.Count, samples.Count(sample => sample.Quality == Core.Telemetry.Quality.Suspect) + doubts.Count,
            time.GetElapsedTime(begun).TotalMilliseconds, fault, says, doubts);
    }

    private static async Task ReadAsync(IDeviceDriver driver, List<Sample> samples, CancellationToken cancel)
    {
        foreach (var group in Enum.GetValues<PollGroup>())
        {
            samples.AddRange(await driver.ReadAsync(group, cancel));
        }
    }

    private static List<Verdict> DoubtsOf(DeviceConfig device, List<Sample> samples)
    {
        var values = new Snapshot();
        samples.ForEach(values.Take);
        var accepted = device.Accept.Split(',');
        return [.. SanityChecks.Judge(values).Where(verdict => !verdict.Passed && !accepted.Contains(DeviceSanity.PathOf(verdict.Point)) && !accepted.Contains(verdict.Point.Metric))];
    }

    private sealed record Connection(string Device, int Values, int Suspect, double Milliseconds, string? Fault, string Identity, IReadOnlyList<Verdict> Doubts);
}
