using EdgeDcim.Agent.Drivers;

namespace EdgeDcim.Profiles.Tests;

/// <summary>What one recording of a real device must show, held against what its profile reads there.</summary>
/// <param name="Read">Expected sensors that are read.</param>
/// <param name="Wrong">Of those: read with another value or unit.</param>
/// <param name="LeftOut">Not read, each with the reason.</param>
/// <param name="Absent">Not read, without a reason.</param>
internal sealed record Coverage(
    string Recording, string Profile, int Expected, int Read, int Values, IReadOnlyList<string> Wrong, IReadOnlyList<(string Sensor, string Reason)> LeftOut, IReadOnlyList<string> Absent)
{
    public static Coverage Of(string recording, string profile, IReadOnlyList<Sample> samples)
    {
        var bySource = samples.GroupBy(sample => sample.Instance.Source).ToDictionary(group => group.Key, group => group.ToList());
        var read = 0;
        var (wrong, absent, leftOut) = (new List<string>(), new List<string>(), new List<(string, string)>());
        var sensors = Expectation.Load(recording);
        foreach (var sensor in sensors)
        {
            if (bySource.TryGetValue(Tests.LeftOut.Place(sensor), out var candidates))
            {
                read++;
                var contradictions = candidates.Select(sensor.Contradiction).ToList();
                if (!contradictions.Contains(null))
                {
                    wrong.Add(contradictions[0]!);
                }
            }
            else if (Tests.LeftOut.Reason(sensor.Oid) is { } reason)
            {
                leftOut.Add(($"{sensor.Class} '{sensor.Description}'", reason));
            }
            else
            {
                absent.Add($"{sensor.Class} '{sensor.Description}' at {sensor.Oid}");
            }
        }

        return new Coverage(recording, profile, sensors.Count, read, samples.Count, wrong, leftOut, absent);
    }

    /// <summary>The table over all recordings, and the reasons for what is left out.</summary>
    public static async Task<int> ReportAsync(TextWriter output)
    {
        if (Expectation.Recordings.Count == 0)
        {
            await output.WriteLineAsync("The recordings of real devices are not beside the repository.");
            return 1;
        }

        await using var devices = new RecordedDevices();
        var all = new List<Coverage>();
        await output.WriteLineAsync($"{"RECORDING",-26}{"PROFILE",-26}{"READ",6}{"OF",6}{"%",7}{"WRONG",7}{"VALUES",8}");
        foreach (var recording in Expectation.Recordings)
        {
            var (profile, samples) = await devices.ReadAsync(recording, CancellationToken.None);
            var one = Of(recording, profile.Name, samples);
            all.Add(one);
            await output.WriteLineAsync($"{recording,-26}{one.Profile,-26}{one.Read,6}{one.Expected,6}{100.0 * one.Read / one.Expected,7:0.0}{one.Wrong.Count,7}{one.Values,8}");
        }

        var (expected, read) = (all.Sum(one => one.Expected), all.Sum(one => one.Read));
        await output.WriteLineAsync($"{"all",-52}{read,6}{expected,6}{100.0 * read / expected,7:0.0}{all.Sum(one => one.Wrong.Count),7}{all.Sum(one => one.Values),8}");
        foreach (var reason in all.SelectMany(one => one.LeftOut.Select(each => (one.Recording, each.Sensor, each.Reason))).GroupBy(each => each.Reason).OrderByDescending(group => group.Count()))
        {
            await output.WriteLineAsync($"{Environment.NewLine}{reason.Count()} left out: {reason.Key}");
            foreach (var (recording, sensor, _) in reason)
            {
                await output.WriteLineAsync($"  {recording}: {sensor}");
            }
        }

        foreach (var line in all.SelectMany(one => one.Wrong.Select(text => $"WRONG {one.Recording}: {text}").Concat(one.Absent.Select(text => $"ABSENT {one.Recording}: {text}"))))
        {
            await output.WriteLineAsync(line);
        }

        return all.Exists(one => one.Wrong.Count + one.Absent.Count > 0) ? 1 : 0;
    }
}
