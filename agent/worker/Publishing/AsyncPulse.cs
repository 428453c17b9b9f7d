namespace EdgeDcim.Agent.Publishing;

/// <summary>Wakes one waiter. Pulses that come before the wait are kept, many of them as one.</summary>
internal sealed class AsyncPulse
{
    private volatile TaskCompletionSource waiter = New();

    public void Set() => waiter.TrySetResult();

    /// <summary>Completes at the next pulse, at once when there was one since the last <see cref="Reset"/>.</summary>
    public Task WaitAsync() => waiter.Task;

    public void Reset()
    {
        if (waiter.Task.IsCompleted)
        {
            waiter = New();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
