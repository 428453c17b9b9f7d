using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Agent.Drivers;

/// <summary>The profile with which a device is read, and why. The text form is for people.</summary>
/// <param name="Others">Profiles that fit too, less closely.</param>
/// <param name="Says">What the device says of itself; null when it says nothing.</param>
internal sealed record Identified(DeviceProfile Profile, string Because, IReadOnlyList<string> Others, DeviceIdentity Identity, string? Says)
{
    /// <summary>It was made for a standard and not for a model: the device has no profile of its own.</summary>
    public bool IsGeneric => Profile.Header.Vendor == "any";

    public override string ToString()
    {
        var others = Others.Count == 0 ? "" : $"; also fits: {string.Join(", ", Others)}";
        var generic = IsGeneric ? $"; the device ({Says ?? "which says nothing of itself"}) has no profile of its own, the generic one is used" : "";
        return $"profile {Profile.Name}: {Because}{generic}{others}";
    }
}

/// <summary>Asks a device what it is and takes the closest profile of which it really has something: a maker's prefix alone does not make a model.</summary>
internal static class Identification
{
    /// <summary>Profiles that are tried before the device counts as unknown.</summary>
    private const int MaxTries = 8;

    /// <summary>A guess holds when this much of what the profile reads is there, and nothing of it is out of its plausible range.</summary>
    private const double GuessNeeds = 0.8;

    /// <summary>
    /// Of the numbers of a guess, this much is not 0: a device that fills its gaps with zeros has everything that every profile reads. A new meter
    /// with one line of three and no load has its voltage, its frequency and little more.
    /// </summary>
    private const double GuessNeedsAlive = 0.04;

    /// <exception cref="DeviceFault">The device does not answer, or (NotSupported) none of the profiles reads it.</exception>
    public static async Task<Identified> FindAsync(ILink link, EndpointConfig endpoint, DeviceAccess access, IReadOnlyList<DeviceProfile> profiles, CancellationToken cancel)
    {
        var matches = await link.IdentifyAsync(access, profiles, cancel);
        var says = await link.DescribeAsync(access, cancel);
        (ProfileMatch Match, IDeviceDriver Driver, double Share)? best = null;
        foreach (var match in matches.Take(MaxTries))
        {
            if (best is not null && !match.IsGuess)
            {
                break;
            }

            var driver = link.CreateDriver(new DeviceConfig("device", match.Profile, match.Profile.Header.Kind.Name, endpoint, access));
            var share = await ShareAsync(driver, match, cancel);
            if (share > (best?.Share ?? 0))
            {
                best = (match, driver, share);
            }

            if (best is { Match.IsGuess: false })
            {
                break;
            }
        }

        if (best is { } found)
        {
            var others = matches.Select(match => match.Profile.Name).Where(name => name != found.Match.Profile.Name);
            var guess = found.Match.IsGuess ? $", and {found.Share:P0} of what the model has is there and plausible; make sure that it is this model" : "";
            return new Identified(found.Match.Profile, found.Match.Because + guess, [.. others], found.Driver.Identity, says);
        }

        var tried = matches.Count == 0 ? "" : $"; it looks like {string.Join(", ", matches.Take(MaxTries).Select(match => match.Profile.Name))}, but does not have what they read";
        throw new DeviceFault(
            FaultKind.NotSupported,
            $"{endpoint.At} answers{(says is { Length: > 0 } ? $" ({says})" : "")}, but fits none of the {profiles.Count(profile => profile.Header.Protocol == endpoint.Protocol)} {endpoint.Protocol} profiles{tried}; name one by --profile, or write one");
    }

    /// <summary>How much of the profile the device has; 0 when it is not this model.</summary>
    private static async Task<double> ShareAsync(IDeviceDriver driver, ProfileMatch match, CancellationToken cancel)
    {
        var (good, numbers, alive) = (0, 0, 0);
        foreach (var group in Enum.GetValues<PollGroup>())
        {
            var samples = await ReadAsync(driver, group, cancel);
            if (!match.IsGuess && samples.Count > 0)
            {
                return 1;
            }

            if (samples.Any(sample => sample.Quality == Quality.Suspect))
            {
                return 0;
            }

            var measured = samples.Where(sample => sample.Quality == Quality.Good && sample.Instance.Point.Metric.Kind != MetricKind.State).ToList();
            good += samples.Count(sample => sample.Quality == Quality.Good);
            numbers += measured.Count;
            alive += measured.Count(sample => sample.Value != 0);
        }

        var share = good / (double)match.Profile.Points.Select(point => (point.Metric.Name, point.Part)).Distinct().Count();
        return share >= GuessNeeds && alive >= numbers * GuessNeedsAlive && alive > 0 ? Math.Min(1, share) : 0;
    }

    private static async Task<IReadOnlyList<Sample>> ReadAsync(IDeviceDriver driver, PollGroup group, CancellationToken cancel)
    {
        try
        {
            return await driver.ReadAsync(group, cancel);
        }
        catch (DeviceFault fault) when (fault.Partial.Count > 0 || fault.Kind is FaultKind.NotSupported or FaultKind.Refused)
        {
            return fault.Partial;
        }
    }
}
