using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>A leak sensor: what it sees apart from whether it is sound; a test is told as a test. One that flickers must stay wet for five seconds.</summary>
internal sealed class LeakSensorDetector(string subject, Signal wet, Signal? health, Signal? distance)
    : Detector("leak_sensor", subject, new HysteresisLimits(1, 0.5, 5_000, 60_000), [.. new[] { wet, health, distance }.OfType<Signal>()])
{
    private const double CodeLeak = 1;
    private const double CodeFault = 2;
    private const double CodeTest = 3;

    public override DetectorPhase Phase => wet.AtMs == 0 ? DetectorPhase.Waiting : DetectorPhase.Watching;

    public override string Baseline => health is null ? "dry" : "dry, sensor sound";

    protected override double Judge(in Moment moment)
    {
        var seen = LiquidSignals.Live(wet, moment.NowMs);
        var sound = LiquidSignals.Live(health, moment.NowMs);
        return seen == CodeLeak ? 3 : sound == CodeFault ? 1 : double.IsNaN(seen) ? double.NaN : 0;
    }

    protected override Finding Explain(long nowMs)
    {
        var at = distance is not null && distance.IsLive(nowMs) ? $", at {Spell.Number(distance.Value)} m of the cable" : "";
        return (IsAnomalous, wet.Value, health?.Value) switch
        {
            (false, _, _) => new("", 0, "dry"),
            (_, CodeLeak, CodeTest) => new("leak_sensor_test", 1, "wet while the sensor is under test: a test, not a leak"),
            (_, CodeLeak, CodeFault) => new("leak", 0.6, $"wet{at}, but the sensor says of itself that it is faulty"),
            (_, CodeLeak, _) => new("leak", 0.97, $"wet{at}"),
            _ => new("leak_sensor_fault", 0.95, "the sensor is faulty: a leak would not be seen here"),
        };
    }

    protected override void Forget()
    {
    }

    protected override void SaveLearnt(BinaryWriter writer)
    {
    }

    protected override void LoadLearnt(BinaryReader reader)
    {
    }

    /// <summary>One for every leak sensor of a device; health and distance are of the same part or of the whole device.</summary>
    public static IEnumerable<Detector> Of(KnownDevice device)
    {
        foreach (var wet in device.All("leak.detected"))
        {
            var part = wet.Series.Part;
            yield return new LeakSensorDetector(SubjectOf(wet.Series), wet, device.Find("leak.sensor", part, null), device.Find("leak.distance", part, null));
        }
    }

    private static string SubjectOf(Series series) => series.Part is { } part ? $"{series.Device}/{part}" : series.Device;
}
