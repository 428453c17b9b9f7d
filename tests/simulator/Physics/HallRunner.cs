namespace EdgeDcim.Simulator.Physics;

/// <summary>Couples the hall to a clock: every reader gets the state of the last quarter second, and the last minutes stay known.</summary>
/// <remarks>At speed n each quarter second of the clock holds n steps of the hall, so that the hall's time runs n times as fast.</remarks>
internal sealed class HallRunner
{
    public const long TickMs = 250;

    private const int KeptTicks = 2400;

    // A machine that slept does not make its simulator compute for hours: beyond this the hall simply goes on from where it was.
    private const long LongestCatchUpTicks = 14_400;

    private readonly Lock _gate = new();
    private readonly Hall _hall;
    private readonly TimeProvider _time;
    private readonly int _speed;
    private readonly long _startMs;
    private readonly long _startStamp;
    private readonly Queue<HallMoment> _history = new();
    private HallMoment _now;
    private long _tick;

    public HallRunner(Hall hall, TimeProvider time, int speed)
    {
        (_hall, _time, _speed) = (hall, time, speed);
        _startMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        _startStamp = time.GetTimestamp();
        _now = new(_startMs, hall.Now);
        _history.Enqueue(_now);
    }

    /// <summary>Names of all points that can be given a sensor fault.</summary>
    public IEnumerable<string> Points => _hall.Points;

    /// <summary>The state now, and the instant since which it holds.</summary>
    public HallMoment Current()
    {
        lock (_gate)
        {
            CatchUp();
            return _now;
        }
    }

    /// <summary>The state that was served at <paramref name="atMs"/> (Unix ms); null when that is longer ago than the kept ten minutes or before the start.</summary>
    public HallMoment? At(long atMs)
    {
        lock (_gate)
        {
            CatchUp();
            return _history.LastOrDefault(moment => moment.AtMs <= atMs);
        }
    }

    /// <summary>Changes the controls between two steps.</summary>
    public void Control(Action<Controls> change)
    {
        lock (_gate)
        {
            CatchUp();
            change(_hall.Controls);
        }
    }

    private void CatchUp()
    {
        var due = (long)(_time.GetElapsedTime(_startStamp).TotalMilliseconds / TickMs);
        if (due - _tick > LongestCatchUpTicks)
        {
            _tick = due - LongestCatchUpTicks;
        }

        while (_tick < due)
        {
            _tick++;
            for (var i = 0; i < _speed; i++)
            {
                _hall.Step();
            }

            _now = new(_startMs + (_tick * TickMs), _hall.Now);
            _history.Enqueue(_now);
            if (_history.Count > KeptTicks)
            {
                _history.Dequeue();
            }
        }
    }
}

/// <summary>A state and the instant (Unix ms) since which it was served.</summary>
internal sealed record HallMoment(long AtMs, HallState State);
