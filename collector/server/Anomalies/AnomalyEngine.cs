using EdgeDcim.Collector.Anomalies.Model;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Anomalies;

/// <summary>Makes the detectors that a site allows: called whenever devices became known, must be cheap and always give the same.</summary>
internal delegate IEnumerable<Detector> DetectorFactory(CoolingModel model);

/// <summary>
/// Holds every detector of the site. Readings go in as they arrive, changes of mind come out once a tick; what has not arrived yet is not
/// known. One thread. Equal input gives equal output, whether it comes from a device or from a recording.
/// </summary>
internal sealed class AnomalyEngine(CoolingConfig? plan, params IReadOnlyList<DetectorFactory> factories)
{
    private static readonly AnomalyChange[] None = [];

    private readonly SignalTable signals = new();
    private readonly List<Detector> dirty = [];
    private readonly Dictionary<(string Name, string Subject), byte[]> saved = [];
    private readonly HashSet<Detector> raised = [];
    private List<Detector> detectors = [];
    private bool changedShape;
    private bool training;

    /// <summary>What the site says of the limits of its detectors.</summary>
    public DetectorLimits Limits { get; init; } = DetectorLimits.Default;

    public CoolingModel Model { get; private set; } = CoolingModel.Empty;

    /// <summary>Sorted by subject and name.</summary>
    public IReadOnlyList<Detector> Detectors => detectors;

    public IReadOnlyCollection<Detector> Raised => raised;

    /// <summary>Readings of series that nobody announced.</summary>
    public long Unknown { get; private set; }

    /// <summary>The next instant at which a detector wants to be asked although nothing new has come.</summary>
    public long NextDueMs
    {
        get
        {
            var next = long.MaxValue;
            foreach (var detector in detectors)
            {
                next = Math.Min(next, detector.DueMs);
            }

            return next;
        }
    }

    /// <summary>While it is true the data is known to be good: everything learns and nothing is raised.</summary>
    public bool Training
    {
        get => training;
        set
        {
            if (training && !value)
            {
                Shape();
                detectors.ForEach(detector => detector.EndTraining());
            }

            training = value;
        }
    }

    /// <summary>Makes a device known: only what is announced is watched.</summary>
    public void Announce(string device, string? kind, IEnumerable<Series> series) =>
        changedShape |= signals.Announce(device, kind ?? "unknown", series);

    public void Take(in Reading reading)
    {
        Shape();
        if (signals.Find(reading.Series) is not { } signal)
        {
            Unknown++;
            return;
        }

        if (!signal.Take(reading))
        {
            return;
        }

        foreach (var detector in signal.Listeners)
        {
            if (!detector.IsDirty)
            {
                detector.IsDirty = true;
                dirty.Add(detector);
            }
        }
    }

    /// <summary>Asks every detector that has news or is due. The list is the caller's to keep.</summary>
    public IReadOnlyList<AnomalyChange> Tick(long nowMs)
    {
        Shape();
        List<AnomalyChange>? changes = null;
        var moment = new Moment(nowMs, training);
        foreach (var detector in detectors)
        {
            if ((detector.IsDirty || detector.DueMs <= nowMs) && detector.Step(moment) is { } change)
            {
                (changes ??= []).Add(change);
                _ = detector.IsAnomalous ? raised.Add(detector) : raised.Remove(detector);
            }
        }

        foreach (var detector in dirty)
        {
            detector.IsDirty = false;
        }

        dirty.Clear();
        return changes ?? (IReadOnlyList<AnomalyChange>)None;
    }

    /// <summary>Lets a detector forget what it learnt and any alarm; false when there is none of that name about that subject.</summary>
    public bool Reset(string name, string subject)
    {
        if (detectors.Find(one => one.Name == name && one.Subject == subject) is not { } detector)
        {
            return false;
        }

        detector.Reset();
        raised.Remove(detector);
        return true;
    }

    /// <summary>What every detector has learnt, for the next start.</summary>
    public IEnumerable<(string Name, string Subject, byte[] State)> Save()
    {
        foreach (var detector in detectors)
        {
            yield return (detector.Name, detector.Subject, StateOf(detector));
        }
    }

    /// <summary>Gives a detector of that name and subject, once it exists, what it learnt before. A state that does not fit is left out.</summary>
    public void Restore(string name, string subject, byte[] state) => saved[(name, subject)] = state;

    /// <summary>What a detector has learnt, as <see cref="Restore"/> takes it.</summary>
    public static byte[] StateOf(Detector detector)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        detector.Save(writer);
        return memory.ToArray();
    }

    /// <summary>Detectors are made when their devices are known, and made again when those change; what stays the same is kept.</summary>
    private void Shape()
    {
        if (!changedShape)
        {
            return;
        }

        changedShape = false;
        Model = CoolingModel.Build(plan, signals, Limits);
        var known = detectors.ToDictionary(detector => (detector.Name, detector.Subject));
        var shaped = new SortedDictionary<(string Subject, string Name), Detector>();
        foreach (var made in factories.SelectMany(factory => factory(Model)))
        {
            var same = known.GetValueOrDefault((made.Name, made.Subject));
            if (same is not null && same.GetType() == made.GetType() && same.Inputs.SequenceEqual(made.Inputs))
            {
                same.Join(made);
                shaped[(made.Subject, made.Name)] = same;
                continue;
            }

            if (saved.Remove((made.Name, made.Subject), out var state))
            {
                Load(made, state);
            }

            shaped[(made.Subject, made.Name)] = made;
        }

        foreach (var device in signals.Devices)
        {
            foreach (var signal in device.Signals)
            {
                signal.Listeners.Clear();
            }
        }

        dirty.Clear();
        raised.Clear();
        detectors = [.. shaped.Values];
        foreach (var detector in detectors)
        {
            detector.IsDirty = false;
            if (detector.IsAnomalous)
            {
                raised.Add(detector);
            }

            foreach (var signal in detector.Inputs)
            {
                signal.Listeners.Add(detector);
            }
        }
    }

    private static void Load(Detector detector, byte[] state)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(state));
            detector.Load(reader);
        }
        catch (Exception other) when (other is IOException or InvalidDataException)
        {
            // Written by another version, or before the device had these signals: it learns anew.
            detector.Reset();
        }
    }
}
