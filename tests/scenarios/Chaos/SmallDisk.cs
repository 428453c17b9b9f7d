using EdgeDcim.Scenarios.Harness;

namespace EdgeDcim.Scenarios.Chaos;

/// <summary>A file system of a few megabytes that can be filled to the last byte and freed again.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string folder;

    private SmallDisk(string folder) => this.folder = folder;

    public string File(string name) => Path.Combine(folder, name);

    public static async Task<SmallDisk> MountAsync(string folder, int megabytes, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var (code, output) = await OtherProcess.RunAsync("mount", ["-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder], cancel);
        return code == 0 ? new SmallDisk(folder) : throw new InvalidOperationException($"mount: {output}");
    }

    public void Fill()
    {
        using var filler = new FileStream(File("filler"), FileMode.Create);
        var block = new byte[64 * 1024];
        try
        {
            while (true)
            {
                filler.Write(block);
                filler.Flush();
            }
        }
        catch (IOException)
        {
            // Full, which is what was wanted.
        }
    }

    public void Free() => System.IO.File.Delete(File("filler"));

    public async ValueTask DisposeAsync() => await OtherProcess.RunAsync("umount", ["-l", folder], CancellationToken.None);
}
