using System.Diagnostics;

namespace EdgeDcim.Benchmarks;

/// <summary>What one stretch of work cost this process, for each of its steps.</summary>
internal readonly record struct Usage(double CpuMicroseconds, double Bytes, double WallMicroseconds)
{
    public static async Task<Usage> OfAsync(int steps, Func<int, Task> work)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var bytes = GC.GetTotalAllocatedBytes(true);
        var cpu = Environment.CpuUsage.TotalTime;
        var wall = Stopwatch.GetTimestamp();
        await work(steps);
        var passed = Stopwatch.GetElapsedTime(wall);
        var used = Environment.CpuUsage.TotalTime - cpu;
        return new Usage(used.TotalMicroseconds / steps, (double)(GC.GetTotalAllocatedBytes(true) - bytes) / steps, passed.TotalMicroseconds / steps);
    }

    /// <summary>The middle one by CPU; single rounds are disturbed by whatever else the machine does.</summary>
    public static Usage Median(IEnumerable<Usage> rounds)
    {
        var sorted = rounds.OrderBy(round => round.CpuMicroseconds).ToArray();
        return sorted[sorted.Length / 2];
    }
}
