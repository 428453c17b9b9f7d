using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Agent.Drivers;

/// <summary>One value as read: in the metric's unit, or NaN when the device marked it as not available.</summary>
internal readonly record struct Sample(PointInstance Instance, double Value)
{
    /// <summary>Missing for NaN, suspect outside the metric's plausible range, else good.</summary>
    public Quality Quality => double.IsNaN(Value) ? Quality.Missing
        : Instance.Point.Metric.IsPlausible(Value) ? Quality.Good : Quality.Suspect;
}
