using System.Globalization;

namespace EdgeDcim.Benchmarks;

/// <summary>What a running process has used so far, its ended children included, as the kernel tells it.</summary>
internal readonly record struct ProcessCost(TimeSpan Cpu, int Threads, double ResidentMegabytes)
{
    /// <summary>The kernel's USER_HZ, the same on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    public static ProcessCost Of(int process)
    {
        // The name of the program may hold blanks and brackets: fields are counted behind its last bracket (proc(5)).
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
        var pages = long.Parse(fields[21], CultureInfo.InvariantCulture);
        return new ProcessCost(
            TimeSpan.FromSeconds(ticks / TicksPerSecond), int.Parse(fields[17], CultureInfo.InvariantCulture), pages * Environment.SystemPageSize / 1048576.0);
    }

    /// <summary>Load of the machine over the last minute, to be told beside a figure.</summary>
    public static string Load => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
