using EdgeDcim.Agent.Profiles;
using EdgeDcim.Protocols.Ipmi;
using EdgeDcim.Protocols.Ipmi.Sdr;

namespace EdgeDcim.Agent.Drivers.Ipmi;

/// <summary>
/// Reads one controller. Which sensors stand for which points is found out once and looked at again every hour; after that a poll asks each
/// source once. A source that is refused or never answered is set aside, so that it costs the others nothing.
/// </summary>
internal sealed class IpmiDriver(IpmiClient client, IpmiProfile profile, IpmiEvents events, TimeProvider time) : IDeviceDriver
{
    private static readonly TimeSpan SurveyEvery = TimeSpan.FromHours(1);

    /// <summary>While a choice is open (the machine is off, the power not yet measured) it is looked at sooner.</summary>
    private static readonly TimeSpan UnsettledEvery = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan AsideFor = TimeSpan.FromMinutes(10);

    private readonly List<string> notes = [];
    private readonly List<Sample> samples = [];
    private readonly Dictionary<(IpmiPoint Point, string Source, string? Part), PointInstance> instances = [];
    private readonly Dictionary<(byte Channel, byte Address), long> silentOwners = [];
    private SensorRepository? surveyedRepository;
    private Dictionary<PollGroup, IReadOnlyList<IpmiOutput>>? groups;
    private long surveyed;
    private bool isUnsettled;

    public DeviceIdentity Identity { get; private set; } = DeviceIdentity.Unknown;

    public IReadOnlyList<string> TakeNotes()
    {
        if (notes.Count == 0)
        {
            return [];
        }

        string[] taken = [.. notes];
        notes.Clear();
        return taken;
    }

    public async ValueTask<IReadOnlyList<Sample>> ReadAsync(PollGroup group, CancellationToken cancel)
    {
        samples.Clear();
        try
        {
            if (SurveyIsDue())
            {
                await SurveyAsync(cancel);
            }

            if (groups!.TryGetValue(group, out var outputs))
            {
                await ReadAsync(outputs, cancel);
            }
        }
        catch (IpmiException fault)
        {
            throw new DeviceFault(KindOf(fault), fault.Message, fault) { Partial = samples };
        }

        if (profile.Events)
        {
            await events.ReadAsync(surveyedRepository!.Sensors, notes, cancel);
        }

        return samples;
    }

    internal static FaultKind KindOf(IpmiException fault) => fault.Fault switch
    {
        IpmiFault.Unreachable or IpmiFault.Closed => FaultKind.Unreachable,
        IpmiFault.Timeout or IpmiFault.Unanswered => FaultKind.Timeout,
        IpmiFault.Credentials or IpmiFault.UnsupportedSecurity => FaultKind.BadCredentials,
        IpmiFault.Refused => FaultKind.Refused,
        IpmiFault.Busy or IpmiFault.Overloaded => FaultKind.Busy,
        _ => FaultKind.BadReply,
    };

    internal static DeviceIdentity IdentityOf(IpmiDeviceId id, Protocols.Ipmi.Fru.FruInventory fru) => new(
        fru.ProductManufacturer ?? fru.BoardManufacturer, fru.ProductName ?? fru.BoardProduct, fru.ProductSerial ?? fru.BoardSerial, id.Firmware);

    private bool SurveyIsDue() => groups is null || time.GetElapsedTime(surveyed) >= (isUnsettled ? UnsettledEvery : SurveyEvery);

    private async ValueTask SurveyAsync(CancellationToken cancel)
    {
        var repository = await client.ReadRepositoryAsync(cancel);
        if (groups is not null && !isUnsettled && ReferenceEquals(repository, surveyedRepository))
        {
            surveyed = time.GetTimestamp();
            return;
        }

        if (groups is null)
        {
            Identity = IdentityOf(await client.ReadDeviceIdAsync(cancel), await client.ReadFruAsync(0, cancel));
        }
        else if (!ReferenceEquals(repository, surveyedRepository))
        {
            notes.Add($"the controller describes its sensors anew: {repository.Sensors.Count} sensors");
        }

        if (repository.OfSoftware > 0 && surveyedRepository is null)
        {
            notes.Add($"{repository.OfSoftware} sensors belong to software and cannot be asked");
        }

        var sources = new List<IpmiSource>();
        foreach (var source in IpmiSource.BesideSensors())
        {
            if (profile.Objects.Any(source.Feeds) && await HasAsync(source, cancel))
            {
                sources.Add(source);
            }
        }

        var survey = new IpmiSurvey(profile, repository.Sensors, sources);
        var outputs = await SettleAsync(survey, cancel);
        if (outputs.Count == 0)
        {
            throw new DeviceFault(FaultKind.NotSupported, $"{client.Target} answers, but has none of the {profile.Name} profile's sensors (it describes {repository.Sensors.Count}); try --profile auto");
        }

        surveyedRepository = repository;
        surveyed = time.GetTimestamp();
        groups = outputs.GroupBy(output => output.Point.Every).ToDictionary(group => group.Key, group => (IReadOnlyList<IpmiOutput>)[.. group]);
    }

    private async ValueTask<bool> HasAsync(IpmiSource source, CancellationToken cancel)
    {
        await AskAsync(source, cancel);
        return source.IsThere || source.AsideUntil > time.GetTimestamp();
    }

    /// <summary>Decides the choices: the first alternative that has a value now, else the first that is there at all, which is looked at again.</summary>
    private async ValueTask<List<IpmiOutput>> SettleAsync(IpmiSurvey survey, CancellationToken cancel)
    {
        var outputs = new List<IpmiOutput>();
        var decided = new Dictionary<(int Choice, string? Part), IpmiOutput>();
        isUnsettled = false;
        foreach (var alternatives in survey.Run().GroupBy(each => each.Point.Choice is { } choice ? choice.Id : (object)each.Point).Select(group => group.ToList()))
        {
            switch (alternatives[0].Point.Choice?.Kind)
            {
                case ChoiceKind.FirstOf:
                    outputs.AddRange((await FirstAsync(alternatives, cancel)).Select(found => new IpmiOutput([Known(found)])));
                    break;
                case ChoiceKind.Decide:
                    foreach (var found in alternatives.SelectMany(each => each.Found).Select(Known))
                    {
                        if (decided.TryGetValue((found.Point.Choice!.Id, found.Instance.Part), out var output))
                        {
                            output.Alternatives.Add(found);
                            continue;
                        }

                        outputs.Add(decided[(found.Point.Choice.Id, found.Instance.Part)] = new IpmiOutput([found]));
                    }

                    break;
                default:
                    outputs.AddRange(alternatives[0].Found.Select(found => new IpmiOutput([Known(found)])));
                    break;
            }
        }

        return outputs;
    }

    private async ValueTask<IReadOnlyList<IpmiAlternative>> FirstAsync(List<(IpmiPoint Point, IReadOnlyList<IpmiAlternative> Found)> alternatives, CancellationToken cancel)
    {
        foreach (var (_, found) in alternatives)
        {
            foreach (var alternative in found)
            {
                if (!alternative.Source.IsAnswered)
                {
                    await AskAsync(alternative.Source, cancel);
                }

                if (!double.IsNaN(alternative.Value))
                {
                    return found;
                }
            }
        }

        var there = alternatives.Select(each => each.Found).FirstOrDefault(found => found.Count > 0) ?? [];
        isUnsettled |= there.Count > 0;
        return there;
    }

    /// <summary>The same series keeps its object over surveys, so that lanes do not see a new one.</summary>
    private IpmiAlternative Known(IpmiAlternative found)
    {
        var key = (found.Point, found.Instance.Source, found.Instance.Part);
        if (instances.TryGetValue(key, out var known))
        {
            return found with { Instance = known };
        }

        instances[key] = found.Instance;
        return found;
    }

    private async ValueTask ReadAsync(IReadOnlyList<IpmiOutput> outputs, CancellationToken cancel)
    {
        foreach (var output in outputs)
        {
            foreach (var alternative in output.Alternatives)
            {
                alternative.Source.IsAnswered = false;
            }
        }

        try
        {
            foreach (var output in outputs)
            {
                foreach (var alternative in output.Alternatives)
                {
                    if (!alternative.Source.IsAnswered)
                    {
                        await AskAsync(alternative.Source, cancel);
                    }
                }
            }
        }
        catch (IpmiException)
        {
            Collect(outputs, onlyAnswered: true);
            throw;
        }

        Collect(outputs, onlyAnswered: false);
    }

    private void Collect(IReadOnlyList<IpmiOutput> outputs, bool onlyAnswered)
    {
        foreach (var output in outputs)
        {
            if (output.TryTake(out var sample) || !onlyAnswered)
            {
                samples.Add(sample);
            }
        }
    }

    /// <summary>What concerns this source alone sets it aside; what concerns the controller is thrown.</summary>
    private async ValueTask AskAsync(IpmiSource source, CancellationToken cancel)
    {
        source.IsAnswered = true;
        source.Forget();
        if (time.GetTimestamp() < source.AsideUntil || (source.Owner is { } owner && silentOwners.TryGetValue(owner, out var until) && time.GetTimestamp() < until))
        {
            return;
        }

        try
        {
            await source.AskAsync(client, cancel);
        }
        catch (IpmiException own) when (own.Fault is IpmiFault.Unanswered or IpmiFault.BadReply || own.CompletionCode != 0)
        {
            if (own.Fault != IpmiFault.Busy)
            {
                source.AsideUntil = time.GetTimestamp() + (long)(AsideFor.TotalSeconds * time.TimestampFrequency);
                var who = source.Name;
                if (own.Fault == IpmiFault.Unanswered && source.Owner is { } behind)
                {
                    // Who does not answer about one sensor does not about the others, and each would cost its time-out.
                    silentOwners[behind] = source.AsideUntil;
                    who = $"{who} and all others of the controller 0x{behind.Address:X2} behind this one";
                }

                notes.Add($"{who} is set aside for {AsideFor.TotalMinutes:0} minutes: {own.Message}");
            }
        }
        catch (IpmiException)
        {
            source.IsAnswered = false;
            throw;
        }
    }
}
