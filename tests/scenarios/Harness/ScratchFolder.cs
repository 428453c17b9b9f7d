namespace EdgeDcim.Scenarios.Harness;

/// <summary>A folder that lives as long as its test.</summary>
public sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("edgedcim-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public static implicit operator string(ScratchFolder folder) => folder.Path;

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A server that is still letting go of its files; the temporary folder is cleaned by the machine.
        }
    }
}
