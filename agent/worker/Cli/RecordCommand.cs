using System.CommandLine;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Agent.Recording;

namespace EdgeDcim.Agent.Cli;

/// <summary><c>record</c>: captures a device into a file that replays it, without what tells whose it is.</summary>
internal static class RecordCommand
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(2);

    public static Command Create(TimeProvider time)
    {
        var at = new Option<string>("--at") { Description = "The address of the device, as for 'read'", Required = true };
        var output = new Option<string>("--output", "-o") { Description = "The file to write: NAME.snmprec replays in snmpsim, NAME.rec holds registers, NAME.json Redfish resources", Required = true };
        var profile = new Option<string>("--profile", "-p") { Description = "The profile that reads the device; Modbus is recorded by it", DefaultValueFactory = _ => "auto" };
        var rate = new Option<double>("--rate") { Description = "Requests a second", DefaultValueFactory = _ => 10 };
        var timeout = new Option<string?>("--timeout") { Description = "How long one request waits, such as 500ms or 3s" };
        var verb = new Command("record", "Capture a device into a recording, scrubbed of serial numbers, names and addresses") { at, output, profile, rate, timeout };
        verb.SetAction((parsed, cancel) => RunAsync(
            parsed.GetValue(at)!, parsed.GetValue(output)!, parsed.GetValue(profile)!, parsed.GetValue(rate), parsed.GetValue(timeout), time, parsed.InvocationConfiguration.Error, cancel));
        return verb;
    }

    private static async Task<int> RunAsync(string at, string output, string profileName, double rate, string? timeout, TimeProvider time, TextWriter error, CancellationToken cancel)
    {
        if (rate is not (>= 0.1 and <= 1000))
        {
            throw new UsageException("'--rate' must lie between 0.1 and 1000 a second");
        }

        if (File.Exists(output))
        {
            throw new UsageException($"{output} exists; name another file, or remove it");
        }

        await using var protocols = ProtocolCatalog.Standard(time);
        var (endpoint, access) = ReadCommand.Address(at, timeout, protocols);
        var library = ProfileLibrary.Open(protocols);
        DeviceProfile? profile = null;
        try
        {
            profile = profileName == "auto" ? await ReadCommand.ChooseAsync(protocols, endpoint, access, library, error, cancel) : ReadCommand.Named(profileName, library);
        }
        catch (DeviceFault unknown) when (unknown.Kind == FaultKind.NotSupported)
        {
            await error.WriteLineAsync($"no profile reads it yet ({unknown.Message}); recorded all the same where the protocol allows it");
        }

        var told = time.GetTimestamp();
        var options = new RecordOptions(
            rate,
            count =>
            {
                if (time.GetElapsedTime(told) >= TellEvery)
                {
                    told = time.GetTimestamp();
                    error.WriteLine($"{count} values");
                }
            },
            time);
        await using var link = protocols.Get(endpoint.Protocol).OpenLink(endpoint);
        var lines = await link.RecordAsync(access, profile, options, cancel);
        await File.WriteAllLinesAsync(output, lines, cancel);
        await error.WriteLineAsync($"{output}: {lines.Count} lines. Look through it before you give it away: names that people gave to outlets and sensors are still in it.");
        return ExitCode.Ok;
    }
}
