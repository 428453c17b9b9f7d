using System.Runtime.InteropServices;

namespace EdgeDcim.Core.Timing;

/// <summary>What the kernel says of its own clock.</summary>
public static partial class KernelClock
{
    /// <summary>Room for <c>struct timex</c> of every Linux architecture (208 bytes on 64 bit).</summary>
    private const int TimexSize = 256;

    /// <summary>The clock is not synchronised (<c>TIME_ERROR</c> of adjtimex(2)).</summary>
    private const int TimeError = 5;

    /// <summary>True when a time service disciplines the clock; null where that cannot be asked.</summary>
    public static bool? IsSynchronised()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        // All zero: modes = 0, nothing is changed and no right is needed.
        Span<byte> timex = stackalloc byte[TimexSize];
        timex.Clear();
        return AdjustTime(timex) switch
        {
            < 0 => null,
            TimeError => false,
            _ => true,
        };
    }

    [LibraryImport("libc", EntryPoint = "adjtimex", SetLastError = true)]
    private static partial int AdjustTime(Span<byte> timex);
}
