namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>Pumps lost, at once: a state, a speed that fell and is missed, or flow that has gone; with the seconds that are left.</summary>
internal static class PumpDetectors
{
    public static IEnumerable<Detector> Of(LiquidWatch watch, TimeToLimit left, IReadOnlyList<Signal> inputs)
    {
        var pumps = watch.Pumps;
        yield return new StateDetector(
            "pumps", watch.Unit.Id, "every pump that should turn turns", new HysteresisLimits(1, 0.6, 0, 60_000), inputs,
            moment =>
            {
                watch.Update(moment);
                left.Update(moment);
                return pumps.Cause is null ? 0 : 2;
            },
            _ => new(pumps.Cause ?? "", pumps.Confidence, $"{pumps.Lost} of {watch.Signals.PumpSpeeds.Count} pumps lost, {pumps.Running} running; flow {Spell.Number(watch.FlowRaw)} L/min; {left}"));

        if (watch.Signals.PumpStates.Count > 1)
        {
            yield return new StateDetector(
                "pump_redundancy", watch.Unit.Id, "one pump more than is needed", new HysteresisLimits(1, 0.6, 60_000, 60_000), inputs,
                moment =>
                {
                    watch.Update(moment);
                    return pumps.Cause is null && pumps.Running > 0 && pumps.Available <= pumps.Running && pumps.Available < watch.Signals.PumpStates.Count ? 1 : 0;
                },
                _ => new("redundancy_lost", 0.9, $"{pumps.Running} pumps running, {pumps.Available} of {watch.Signals.PumpStates.Count} available"));
        }
    }
}
