namespace EdgeDcim.Collector.Certificates;

/// <summary>Files that belong to one account from their first byte on, and replacements that are never half there.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    /// <summary>A secret: mode 0600.</summary>
    public static void Write(string file, string text) => Replace(file, text + "\n", OwnerOnly);

    /// <summary>Something public.</summary>
    public static void Replace(string file, string text) =>
        Replace(file, text, OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

    private static void Replace(string file, string text, UnixFileMode mode)
    {
        var fresh = file + ".new";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using (var writer = new StreamWriter(fresh, options))
        {
            writer.Write(text);
        }

        File.Move(fresh, file, overwrite: true);
    }
}
