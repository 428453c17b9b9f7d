using System.CommandLine;
using System.Net;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Discovery;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Cli;

/// <summary><c>discover</c>: searches an explicit range with the protocols that are named, and prints the configuration of what it finds.</summary>
internal static class DiscoverCommand
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(2);

    public static Command Create(TimeProvider time)
    {
        var range = new Argument<string[]>("range") { Description = "10.0.8.0/24, 10.0.8.20-60, single addresses; several with blanks or commas", Arity = ArgumentArity.ZeroOrMore };
        var asked = new Questions();
        var rate = new Option<double>("--rate") { Description = "Addresses (or units) asked a second", DefaultValueFactory = _ => 20 };
        var timeout = new Option<string>("--timeout") { Description = "How long an answer is waited for", DefaultValueFactory = _ => "1s" };
        var folder = new Option<string?>("--profiles") { Description = "A folder of profiles to use beside the library" };
        var pin = new Option<bool>("--pin") { Description = "Take the certificate that each HTTPS service shows now for its own and print its fingerprint; only on a network where nobody is in between" };
        var verb = new Command("discover", "Search a range for devices and print their configuration") { range, rate, timeout, folder, pin };
        foreach (var option in asked.Options)
        {
            verb.Add(option);
        }

        verb.SetAction((parsed, cancel) => RunAsync(
            asked.Read(parsed), parsed.GetValue(range) ?? [], parsed.GetValue(rate), parsed.GetValue(timeout)!, parsed.GetValue(folder), parsed.GetValue(pin),
            time, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancel));
        return verb;
    }

    private static async Task<int> RunAsync(
        IReadOnlyList<Question> questions, string[] range, double rate, string timeout, string? folder, bool pins, TimeProvider time, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        if (rate is not (>= 0.1 and <= 1000))
        {
            throw new UsageException("'--rate' must lie between 0.1 and 1000 a second");
        }

        await using var protocols = ProtocolCatalog.Standard(time);
        var problems = new ConfigProblems();
        var patience = Quantities.ParseDuration(new YamlScalar("--timeout", 1, 1, "timeout", timeout, problems), "--timeout");
        ThrowFirst(problems);
        var candidates = Candidates(questions, range, protocols, patience!.Value);
        var library = ProfileLibrary.Open(protocols);
        if (folder is not null)
        {
            library.AddFolder(folder, message => throw new UsageException(message));
        }

        var profiles = await library.LoadProvenAsync(error);
        var total = candidates.Sum(candidate => candidate.Credentials.Count);
        await error.WriteLineAsync($"asking {total} times, {rate:0.#} a second: about {TimeSpan.FromSeconds(Math.Ceiling(total / rate))} or less");
        var search = new Search(protocols, profiles, rate, pins, time);
        var findings = await TellAsync(search, search.RunAsync(candidates, cancel), total, time, error, cancel);
        if (findings.Count == 0)
        {
            await error.WriteLineAsync("nothing answered");
            return ExitCode.Failed;
        }

        await FoundConfiguration.WriteAsync(output, findings, folder);
        foreach (var advice in questions.Select(question => question.Advice).OfType<string>().Distinct())
        {
            await error.WriteLineAsync(advice);
        }

        return ExitCode.Ok;
    }

    private static async Task<IReadOnlyList<Finding>> TellAsync(Search search, Task<IReadOnlyList<Finding>> running, int total, TimeProvider time, TextWriter error, CancellationToken cancel)
    {
        while (await Task.WhenAny(running, Task.Delay(TellEvery, time, cancel)) != running)
        {
            cancel.ThrowIfCancellationRequested();
            await error.WriteLineAsync($"asked {search.Progress.Asked} of {total}, {search.Progress.Found} answered");
        }

        var findings = await running;
        await error.WriteLineAsync($"asked {search.Progress.Asked} of {total}, {search.Progress.Found} answered, {findings.Count(finding => finding.Device is not null)} have a profile");
        return findings;
    }

    private static List<Candidate> Candidates(IReadOnlyList<Question> questions, string[] range, ProtocolCatalog protocols, TimeSpan timeout)
    {
        if (questions.Count == 0)
        {
            throw new UsageException("say what to ask with: --snmp public, --snmp-user NAME, --modbus, --ipmi, --redfish, or --serial /dev/ttyUSB0 --units 1-20");
        }

        IReadOnlyList<IPAddress> addresses = [];
        if (questions.Any(question => question.Serial is null) && AddressRange.Parse(range, out addresses) is { } wrong)
        {
            throw new UsageException(wrong);
        }

        var candidates = new List<Candidate>();
        foreach (var group in questions.GroupBy(question => (question.Scheme, question.Port, question.Serial)))
        {
            var credentials = group.SelectMany(question => question.Credentials).ToList();
            var paths = group.Key.Serial is { } serial ? [serial] : addresses.Select(address => $"{group.Key.Scheme}://{HostOf(address)}:{group.Key.Port}");
            candidates.AddRange(paths.Select(path => CandidateOf(path, credentials, group.First().AsksAll, protocols, timeout)));
        }

        return candidates;
    }

    private static string HostOf(IPAddress address) => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();

    private static Candidate CandidateOf(string path, IReadOnlyList<IReadOnlyList<Setting>> credentials, bool asksAll, ProtocolCatalog protocols, TimeSpan timeout)
    {
        var problems = new ConfigProblems();
        var address = AddressText.Parse(new YamlScalar("discover", 1, 1, "at", path, problems));
        ThrowFirst(problems);
        if (protocols.Find(address!.Protocol)?.Serves(address.Path) != true)
        {
            throw new UsageException($"{address.Path} is a right address, but this build does not yet serve it; it serves {string.Join(", ", protocols.Names)}");
        }

        var read = new List<Credential>();
        foreach (var keys in credentials)
        {
            var settings = new Dictionary<string, YamlScalar>(address.Settings, StringComparer.Ordinal);
            foreach (var setting in keys)
            {
                settings[setting.Key] = new YamlScalar("discover", 1, 1, setting.Key, setting.Text, problems);
            }

            var access = AccessReader.Read(address.Protocol, settings, message => problems.Add("discover", 1, 1, message));
            ThrowFirst(problems);
            read.Add(new Credential([.. keys.Select(setting => KeyValuePair.Create(setting.Key, setting.Printed))], access!));
        }

        var endpoint = new EndpointConfig(path, address.Protocol, address.Path, timeout, TimeSpan.Zero);
        return new Candidate(path, endpoint, read, asksAll);
    }

    private static void ThrowFirst(ConfigProblems problems)
    {
        if (problems.Any)
        {
            throw new UsageException(string.Join(Environment.NewLine, problems.Sorted.Select(problem => problem.Message).Distinct()));
        }
    }
}
