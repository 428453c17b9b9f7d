namespace EdgeDcim.Agent.Recording;

/// <summary>How a device is captured.</summary>
/// <param name="PerSecond">Requests: a device serves others too.</param>
/// <param name="Progress">Told how many values there are so far.</param>
internal sealed record RecordOptions(double PerSecond, Action<int> Progress, TimeProvider Time)
{
    /// <summary>Waits so that requests keep the rate.</summary>
    public Task PaceAsync(CancellationToken cancel) => Task.Delay(TimeSpan.FromSeconds(1 / PerSecond), Time, cancel);
}
