using System.Buffers;
using System.Collections.Concurrent;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Drivers;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Supervision;
using EdgeDcim.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace EdgeDcim.Agent.Polling;

/// <summary>
/// One physical path (a serial line, a gateway, a host) and the loop that reads its devices one after the other. Waits by the monotonic clock for
/// slots that lie on the wall clock; a slot that was missed is counted and never caught up; a driver's bug costs its device and no other.
/// </summary>
internal sealed partial class Lane : IAsyncDisposable
{
    /// <summary>A device that asks to be read again and again is read this often beside its slots.</summary>
    private static readonly TimeSpan AskedAtMostEvery = TimeSpan.FromSeconds(2);

    private readonly ILink link;
    private readonly PollConfig periods;
    private readonly Action<PollResult> emit;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly CancellationTokenSource stop = new();
    private readonly PriorityQueue<Slot, long> due = new();
    private readonly ConcurrentDictionary<PolledDevice, bool> asked = new();
    private readonly Dictionary<PolledDevice, long> lastAskedMs = [];
    private readonly HashSet<string> bugsSeen = [];
    private IReadOnlyList<PolledDevice> devices = [];
    private IReadOnlyList<PolledDevice>? wanted;
    private CancellationTokenSource wake = new();
    private Task loop = Task.CompletedTask;

    public Lane(string key, ILink link, PollConfig periods, Action<PollResult> emit, TimeProvider time, ILogger log)
    {
        Key = key;
        this.link = link;
        this.periods = periods;
        this.emit = emit;
        this.time = time;
        this.log = log;
    }

    public string Key { get; }

    /// <summary>Works while a device is asked; null: nobody watches.</summary>
    public Stage? Stage { get; init; }

    public ILink Link => link;

    /// <summary>Ends when the lane is disposed; faulted only by a bug of the lane itself.</summary>
    public Task Completion => loop;

    public void Start() => loop = RunAsync(stop.Token);

    /// <summary>Replaces the devices between two polls. Devices that stay keep their slots, health and counters.</summary>
    public void Use(IReadOnlyList<PolledDevice> next)
    {
        Volatile.Write(ref wanted, next);
        Volatile.Read(ref wake).Cancel();
    }

    /// <summary>Reads what moves on a device once more, now and beside its slots, because it said that something happened. Any thread may ask.</summary>
    public void PollSoon(PolledDevice device)
    {
        if (asked.TryAdd(device, true))
        {
            Volatile.Read(ref wake).Cancel();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        try
        {
            await loop;
        }
        catch (OperationCanceledException)
        {
            // The way a lane ends.
        }

        await link.DisposeAsync();
        stop.Dispose();
        wake.Dispose();
    }

    private long MonotonicMs => time.GetTimestamp() * 1000 / time.TimestampFrequency;

    private async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            TakeWanted();
            TakeAsked();
            if (!due.TryPeek(out var next, out var dueMs))
            {
                await SleepAsync(Timeout.InfiniteTimeSpan, cancel);
                continue;
            }

            var wait = dueMs - MonotonicMs;
            if (wait > 0)
            {
                await SleepAsync(TimeSpan.FromMilliseconds(wait), cancel);
                continue;
            }

            due.Dequeue();
            if (!devices.Contains(next.Device))
            {
                continue;
            }

            if (next.WasAsked || next.Device.Health.MayPoll(MonotonicMs))
            {
                Stage?.Works();
                await PollAsync(next, periods[next.Group], cancel);
                Stage?.Rests();
            }

            if (!next.WasAsked)
            {
                Schedule(next, dueMs);
            }
        }
    }

    private void TakeWanted()
    {
        if (Interlocked.Exchange(ref wanted, null) is not { } next)
        {
            return;
        }

        var added = next.Except(devices).ToList();
        devices = next;
        foreach (var gone in lastAskedMs.Keys.Except(next).ToList())
        {
            lastAskedMs.Remove(gone);
        }

        // A new device is read at once: its first figures should not wait for the slow group's minute. What a power is held against is read before
        // it, so that a power which cannot be is suspect from its first reading on.
        var first = added.SelectMany(device => device.Groups.Reverse().Select(group => new Slot(device, group, 0))).ToList();
        for (var i = 0; i < first.Count; i++)
        {
            due.Enqueue(first[i], MonotonicMs - first.Count + i);
        }
    }

    private void TakeAsked()
    {
        foreach (var device in asked.Keys)
        {
            asked.TryRemove(device, out _);
            var now = MonotonicMs;
            var again = lastAskedMs.TryGetValue(device, out var last);
            var dueMs = again ? Math.Max(now, last + (long)AskedAtMostEvery.TotalMilliseconds) : now;
            if (!devices.Contains(device) || (again && last > now))
            {
                // Gone, or its extra poll is still to come.
                continue;
            }

            lastAskedMs[device] = dueMs;
            foreach (var group in device.Groups.Where(group => group != PollGroup.Slow))
            {
                due.Enqueue(new Slot(device, group, 0) { WasAsked = true }, dueMs);
            }
        }
    }

    private void Schedule(Slot done, long doneDueMs)
    {
        var period = (long)periods[done.Group].TotalMilliseconds;
        var offset = PollTiming.OffsetMs(done.Device.Id, Math.Min(period, (long)periods.Spread.TotalMilliseconds));
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();

        // A timer may fire a hair before its slot; the slot it fired for is done all the same. A larger difference is a clock that was set.
        var early = done.WallMs - now;
        early = early is > 0 and < 1000 ? early : 0;
        var wait = early + PollTiming.UntilNextMs(now + early, period, offset);
        var nextDueMs = MonotonicMs + wait;
        if (done.WallMs != 0)
        {
            done.Device.CountSkipped(Math.Max(0, (nextDueMs - doneDueMs + period / 2) / period - 1));
        }

        due.Enqueue(done with { WallMs = now + wait }, nextDueMs);
    }

    private async Task PollAsync(Slot slot, TimeSpan period, CancellationToken cancel)
    {
        var (device, group) = (slot.Device, slot.Group);
        var before = device.Health.State;
        var atMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var started = time.GetTimestamp();
        IReadOnlyList<Sample> samples = [];
        try
        {
            samples = await device.Driver.ReadAsync(group, cancel);
            device.Health.Succeeded(group);
            device.CountPoll(group, success: true);
        }
        catch (DeviceFault fault)
        {
            samples = fault.Partial;
            device.CountPoll(group, success: samples.Count > 0);
            if (samples.Count > 0)
            {
                device.Health.GavePart(group, fault.Message);
            }
            else if (fault.Kind == FaultKind.Unreachable)
            {
                device.Health.Unreachable(group, fault.Message, period, MonotonicMs);
            }
            else
            {
                device.Health.Failed(group, fault.Message, period, MonotonicMs);
            }
        }
        catch (Exception bug) when (bug is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            device.CountPoll(group, success: false);
            device.Health.Failed(group, $"the driver failed: {bug.GetType().Name}", period, MonotonicMs, isBug: true);
            if (bugsSeen.Count < 100 && bugsSeen.Add($"{device.Id} {bug.GetType()} {bug.Message}"))
            {
                Log.DriverBug(log, device.Id, bug);
            }
        }

        Report(slot, samples, atMs, time.GetElapsedTime(started).TotalMilliseconds, before);
    }

    private void Report(Slot slot, IReadOnlyList<Sample> samples, long atMs, double latencyMs, DeviceState before)
    {
        var (device, group) = (slot.Device, slot.Group);
        var seen = device.Seen(group);
        var buffer = ArrayPool<Reading>.Shared.Rent(samples.Count + seen.Count + PolledDevice.OwnReadings);
        var count = 0;
        device.Sanity.Observe(samples, atMs);
        for (var i = 0; i < samples.Count; i++)
        {
            var sample = samples[i];
            buffer[count++] = new Reading(device.SeriesOf(sample.Instance), atMs, sample.Value, device.Sanity.QualityOf(sample));
        }

        if (samples.Count < seen.Count)
        {
            count = AddMissing(buffer, count, seen, atMs);
        }

        var changed = device.Health.State != before;
        if (changed || group == device.Groups[^1])
        {
            device.AboutItself(buffer.AsSpan(count), atMs, latencyMs);
            count += PolledDevice.OwnReadings;
        }

        if (changed)
        {
            LogChange(device, before);
        }

        foreach (var note in device.Driver.TakeNotes().Concat(device.Sanity.TakeNotes()))
        {
            Log.Note(log, device.Id, note);
        }

        emit(new PollResult(device, device.Health.State, device.Health.Reason, atMs, buffer, count) { IsUrgent = slot.WasAsked });
    }

    /// <summary>What the group gave before and not this time was asked for and not obtained.</summary>
    private static int AddMissing(Reading[] buffer, int count, IReadOnlyList<Series> seen, long atMs)
    {
        var given = buffer.AsSpan(0, count);
        var end = count;
        foreach (var series in seen)
        {
            var found = false;
            foreach (ref readonly var reading in given)
            {
                if (ReferenceEquals(reading.Series, series))
                {
                    found = true;
                    break;
                }
            }

            if (!found)
            {
                buffer[end++] = Reading.Missing(series, atMs);
            }
        }

        return end;
    }

    private async Task SleepAsync(TimeSpan span, CancellationToken cancel)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancel, wake.Token);
        try
        {
            await Task.Delay(span, time, waiting.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Woken because the devices change.
            Volatile.Write(ref wake, new CancellationTokenSource());
        }
    }

    private void LogChange(PolledDevice device, DeviceState before)
    {
        switch (device.Health.State)
        {
            case DeviceState.Online when before == DeviceState.Unknown:
                Log.Online(log, device.Id);
                break;
            case DeviceState.Online:
                Log.Recovered(log, device.Id, before);
                break;
            case DeviceState.Offline:
                Log.Offline(log, device.Id, device.Health.Reason);
                break;
            case DeviceState.Degraded:
                Log.Degraded(log, device.Id, device.Health.Reason);
                break;
        }
    }

    /// <param name="WallMs">Where the slot lies on the wall clock; 0 for the first poll, which goes out at once.</param>
    private readonly record struct Slot(PolledDevice Device, PollGroup Group, long WallMs)
    {
        /// <summary>An extra poll, which is no slot of the device's plan.</summary>
        public bool WasAsked { get; init; }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Device {Device} is online.")]
        public static partial void Online(ILogger log, string device);

        [LoggerMessage(LogLevel.Information, "Device {Device} is online again, it was {Before}.")]
        public static partial void Recovered(ILogger log, string device, DeviceState before);

        [LoggerMessage(LogLevel.Warning, "Device {Device} is degraded: {Reason}.")]
        public static partial void Degraded(ILogger log, string device, string? reason);

        [LoggerMessage(LogLevel.Warning, "Device {Device} is offline and only probed from now on: {Reason}.")]
        public static partial void Offline(ILogger log, string device, string? reason);

        [LoggerMessage(LogLevel.Information, "Device {Device}: {Note}.")]
        public static partial void Note(ILogger log, string device, string note);

        [LoggerMessage(LogLevel.Critical, "The driver of device {Device} failed. Other devices are not affected.")]
        public static partial void DriverBug(ILogger log, string device, Exception bug);
    }
}
