namespace EdgeDcim.Simulator.Physics;

/// <summary>Parallel pumps of one speed on one loop: two on duty, one standing by that starts three seconds after a duty pump is lost.</summary>
/// <remarks>
/// Head = n²·H0 − a·q²; the loop takes K·Q². With m pumps Q = m·n·√(H0 / (a + K·m²)): flow goes with speed, head with its square. Power
/// goes with the cube of the speed and, at a given speed, falls with the flow.
/// </remarks>
internal sealed class PumpGroup(Pump pump, double stallKpa, double curve)
{
    public const int Running = 1;
    public const int Stopped = 2;
    public const int Standby = 3;
    public const int Failed = 4;

    private const double StandbyStartS = 3;
    private const double LeastFlow = 2;

    private readonly double[] _speed = [0, 0, 0];
    private readonly int[] _state = [Running, Running, Standby];
    private double _command;
    private double _lostFor;

    public double Flow { get; private set; }

    /// <summary>Speed of each pump, %.</summary>
    public double[] Percent => [100 * _speed[0], 100 * _speed[1], 100 * _speed[2]];

    public int[] States => [.. _state];

    public double[] Watts { get; private set; } = [0, 0, 0];

    /// <param name="wanted">Flow that the controller aims for, L/min.</param>
    /// <param name="resistance">Of the whole loop, kPa per (L/min)².</param>
    /// <param name="head">Head that is left at a speed, as a share: wear and gas take from it.</param>
    /// <param name="lost">How many pumps have failed, the standby second.</param>
    public void Step(double wanted, double resistance, double head, int lost, double seconds)
    {
        Choose(lost, seconds);
        var duty = _state.Count(s => s == Running);
        var needed = duty == 0 ? 0 : Math.Clamp(wanted / (duty * Math.Sqrt(stallKpa * head / (curve + (resistance * duty * duty)))), 0.2, 1);
        var started = _command <= 0;
        _command = started ? needed : _command + ((needed - _command) * Math.Min(1, seconds / 15));
        for (var i = 0; i < 3; i++)
        {
            var (aim, tau) = _state[i] == Running ? (_command, 2.0) : (0.0, 1.5);
            _speed[i] = started ? aim : _speed[i] + ((aim - _speed[i]) * (1 - Math.Exp(-seconds / tau)));
        }

        var fastest = _speed.Max();
        var turning = fastest < 0.02 ? 0 : _speed.Sum() / fastest;
        Flow = turning <= 0 ? LeastFlow : Math.Max(LeastFlow, turning * fastest * Math.Sqrt(stallKpa * head / (curve + (resistance * turning * turning))));
        Watts = [.. _speed.Select(n => PowerAt(n, turning <= 0 ? 0 : Flow * n / _speed.Sum()))];
    }

    private double PowerAt(double speed, double flow)
    {
        if (speed < 0.02)
        {
            return pump.StandbyWatts;
        }

        var filled = Math.Min(1.3, flow / (speed * pump.RatedFlow));
        return pump.StandbyWatts + ((pump.WattsAt(speed) - pump.StandbyWatts) * (0.4 + (0.6 * filled)));
    }

    private void Choose(int lost, double seconds)
    {
        _lostFor = lost > 0 ? _lostFor + seconds : 0;
        _state[0] = lost >= 1 ? Failed : Running;
        _state[1] = lost >= 3 ? Failed : Running;
        _state[2] = lost >= 2 ? Failed : lost == 1 && _lostFor >= StandbyStartS ? Running : Standby;
    }
}
