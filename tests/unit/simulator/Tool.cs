using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace EdgeDcim.Simulator.Tests;

/// <summary>Runs a program of the system's packages; a machine without it skips the test and says which package is missing.</summary>
internal static class Tool
{
    public static async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        using var process = new Process { StartInfo = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true } };
        process.StartInfo.Environment["MIBS"] = "";
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{program} is not installed (Debian packages mbpoll and snmp).");
        }

        var error = process.StandardError.ReadToEndAsync(cancel);
        var output = await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {output}{await error}");
        return output;
    }
}
