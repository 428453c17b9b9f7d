using System.Runtime.InteropServices;

namespace EdgeDcim.Profiles.Tests;

/// <summary>Serves one recording on loopback until it is stopped, so that every verb of the agent can be tried on it.</summary>
internal static class Replay
{
    public static async Task<int> RunAsync(string file, TextWriter output)
    {
        var recording = DeviceRecording.Load(file);
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using var device = ReplayedDevice.Of(recording);
        await output.WriteLineAsync($"{device.At} serves {Path.GetFileName(file)}; Ctrl-C ends");
        await stop.Task;
        return 0;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.TrySetResult();
        }
    }
}
