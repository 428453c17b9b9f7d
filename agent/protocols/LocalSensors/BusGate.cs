namespace EdgeDcim.Protocols.LocalSensors;

/// <summary>
/// Calls into the kernel that block, taken off the caller's thread and given a deadline. A call that never comes back holds one thread and no more:
/// until it does, the bus refuses.
/// </summary>
internal sealed class BusGate(string name, TimeSpan deadline, TimeProvider time)
{
    private Task running = Task.CompletedTask;

    /// <exception cref="LocalSensorException">The call failed, or took too long.</exception>
    public async Task<T> RunAsync<T>(Func<T> call, CancellationToken cancel)
    {
        if (!running.IsCompleted)
        {
            throw new LocalSensorException(LocalSensorFault.Timeout, $"{name} still hangs in an earlier call");
        }

        var work = Task.Run(call, CancellationToken.None);
        running = work;
        try
        {
            return await work.WaitAsync(deadline, time, cancel);
        }
        catch (TimeoutException)
        {
            Forget(work);
            throw new LocalSensorException(LocalSensorFault.Timeout, $"{name} did not answer within {deadline.TotalMilliseconds:0} ms");
        }
        catch (OperationCanceledException)
        {
            Forget(work);
            throw;
        }
        catch (Exception e) when (IsFault(e))
        {
            throw new LocalSensorException(LocalSensorFault.Absent, $"{name}: {e.Message}", e);
        }
    }

    /// <summary>What drivers of the kernel and System.Device throw when the bus, the chip, the file or the right to it is missing.</summary>
    private static bool IsFault(Exception e) =>
        e is IOException or UnauthorizedAccessException or PlatformNotSupportedException or NotSupportedException or InvalidOperationException or ArgumentException;

    private static void Forget(Task work) =>
        _ = work.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
