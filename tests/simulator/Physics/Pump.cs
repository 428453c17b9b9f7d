namespace EdgeDcim.Simulator.Physics;

/// <summary>A variable-speed pump by the affinity laws: flow with speed, head with its square, power with its cube.</summary>
internal sealed record Pump(double RatedFlow, double RatedWatts, double RatedHeadKpa, double StandbyWatts)
{
    /// <summary>Speed as a share of rated, 0 to 1.</summary>
    public double SpeedFor(double litresPerMinute) => Math.Clamp(litresPerMinute / RatedFlow, 0, 1);

    public double WattsAt(double speed) => StandbyWatts + (RatedWatts * speed * speed * speed);

    public double HeadAt(double speed) => RatedHeadKpa * speed * speed;
}
