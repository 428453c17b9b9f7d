using System.CommandLine;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Cli;

/// <summary><c>read</c>: one poll of one device, without a configuration file.</summary>
internal static class ReadCommand
{
    public static Command Create(TimeProvider time)
    {
        var profile = new Option<string>("--profile", "-p") { Description = "A model of the library, the path of a YAML file, or 'auto' to ask the device", Required = true };
        var at = new Option<string>("--at") { Description = "modbus://host:port?unit=1, snmp://host:port?version=2c&community=public …", Required = true };
        var json = new Option<bool>("--json") { Description = "Print a JSON array instead of a table" };
        var timeout = new Option<string?>("--timeout") { Description = "How long one request waits, such as 500ms or 3s" };
        var folder = new Option<string?>("--profiles") { Description = "A folder of profiles to use beside the library" };
        var verb = new Command("read", "Read a device once and print what it says") { profile, at, json, timeout, folder };
        verb.SetAction((parsed, cancel) => RunAsync(
            time, parsed.GetValue(profile)!, parsed.GetValue(at)!, parsed.GetValue(timeout), parsed.GetValue(folder),
            parsed.GetValue(json) ? SampleReport.WriteJsonAsync : SampleReport.WriteTableAsync,
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancel));
        return verb;
    }

    private static async Task<int> RunAsync(
        TimeProvider time, string profileName, string at, string? timeout, string? folder,
        Func<TextWriter, IReadOnlyList<TimedSample>, Task> write, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        await using var protocols = ProtocolCatalog.Standard(time);
        var library = ProfileLibrary.Open(protocols);
        if (folder is not null)
        {
            library.AddFolder(folder, message => throw new UsageException(message));
        }

        var (endpoint, access) = Address(at, timeout, protocols);
        var profile = profileName == "auto"
            ? await ChooseAsync(protocols, endpoint, access, library, error, cancel)
            : Named(profileName, library);
        if (profile.Header.Protocol != endpoint.Protocol)
        {
            throw new UsageException($"the profile {profile.Name} reads {profile.Header.Protocol}, but the address is {endpoint.At}");
        }

        endpoint = endpoint with { Pace = profile.Pace, Timeout = endpoint.Timeout ?? profile.Header.Timeout };
        await using var link = protocols.Get(endpoint.Protocol).OpenLink(endpoint);
        var driver = link.CreateDriver(new DeviceConfig("device", profile, profile.Header.Kind.Name, endpoint, access));
        return await PollAsync(driver, profile.Points, time, write, output, error, cancel);
    }

    private static async Task<int> PollAsync(
        IDeviceDriver driver, IReadOnlyList<Point> points, TimeProvider time, Func<TextWriter, IReadOnlyList<TimedSample>, Task> write, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        var order = points.Select((point, index) => (point, index)).ToDictionary(each => (object)each.point, each => each.index, ReferenceEqualityComparer.Instance);
        var samples = new List<TimedSample>();
        var faults = new List<string>();
        foreach (var group in Enum.GetValues<PollGroup>())
        {
            try
            {
                samples.AddRange((await driver.ReadAsync(group, cancel)).Select(sample => new TimedSample(sample, time.GetLocalNow())));
            }
            catch (DeviceFault fault)
            {
                samples.AddRange(fault.Partial.Select(sample => new TimedSample(sample, time.GetLocalNow())));
                faults.Add(fault.Message);
                if (fault.Kind is not (FaultKind.Refused or FaultKind.NotSupported))
                {
                    break;
                }
            }
        }

        if (samples.Count > 0 || faults.Count == 0)
        {
            await write(output, [.. samples.OrderBy(sample => order[sample.Sample.Instance.Point])]);
        }

        foreach (var line in driver.TakeNotes().Concat(faults).Distinct())
        {
            await error.WriteLineAsync(line);
        }

        return faults.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    internal static DeviceProfile Named(string name, ProfileLibrary library)
    {
        var problems = new ConfigProblems();
        var asked = new ConfigProblems();
        var profile = library.Resolve(new YamlScalar("--profile", 1, 1, "profile", name, asked), Directory.GetCurrentDirectory());
        foreach (var problem in asked.Sorted)
        {
            if (problem.File == "--profile")
            {
                throw new UsageException(problem.Message);
            }

            problems.Add(problem);
        }

        problems.ThrowIfAny();
        return profile!;
    }

    /// <summary>On a link of its own, closed when it ends: a device may have one slot, a serial port has one owner.</summary>
    internal static async Task<DeviceProfile> ChooseAsync(
        ProtocolCatalog protocols, EndpointConfig endpoint, DeviceAccess access, ProfileLibrary library, TextWriter error, CancellationToken cancel)
    {
        var proven = (await library.LoadProvenAsync(error)).Where(profile => profile.Header.Protocol == endpoint.Protocol).ToList();
        await using var link = protocols.Get(endpoint.Protocol).OpenLink(endpoint);
        var identified = await Identification.FindAsync(link, endpoint, access, proven, cancel);
        await error.WriteLineAsync(identified.ToString());
        return identified.Profile;
    }

    internal static (EndpointConfig Endpoint, DeviceAccess Access) Address(string text, string? timeout, ProtocolCatalog protocols)
    {
        var problems = new ConfigProblems();
        var address = AddressText.Parse(new YamlScalar("--at", 1, 1, "at", text, problems));
        ThrowFirst(problems);
        if (protocols.Find(address!.Protocol)?.Serves(address.Path) != true)
        {
            throw new UsageException($"{address.Path} is a right address, but this build does not yet serve it; it serves {string.Join(", ", protocols.Names)}");
        }

        var settings = new Dictionary<string, YamlScalar>(address.Settings, StringComparer.Ordinal);
        foreach (var (key, variable) in new[] { ("auth_password", "EDGEDCIM_AUTH_PASSWORD"), ("priv_password", "EDGEDCIM_PRIV_PASSWORD"), ("password", "EDGEDCIM_PASSWORD"), ("bmc_key", "EDGEDCIM_BMC_KEY") })
        {
            if (AccessReader.KeysOf(address.Protocol).Contains(key) && Environment.GetEnvironmentVariable(variable) is { Length: > 0 }
                && (key is "password" or "bmc_key" || settings.ContainsKey(key == "auth_password" ? "auth" : "priv")))
            {
                settings[key] = new YamlScalar(variable, 1, 1, key, $"${{env:{variable}}}", problems);
            }
        }

        var access = AccessReader.Read(address.Protocol, settings, message => problems.Add("--at", 1, 1, message));
        var wait = timeout is null ? null : Quantities.ParseDuration(new YamlScalar("--timeout", 1, 1, "timeout", timeout, problems), "--timeout");
        ThrowFirst(problems);
        if (AccessReader.Misfit(access!, address.Path) is { } misfit)
        {
            throw new UsageException(misfit);
        }

        return (new EndpointConfig(address.Path.ToString()!, address.Protocol, address.Path, wait, TimeSpan.Zero), access!);
    }

    private static void ThrowFirst(ConfigProblems problems)
    {
        if (problems.Any)
        {
            throw new UsageException(string.Join(Environment.NewLine, problems.Sorted.Select(problem => problem.Message)));
        }
    }
}
