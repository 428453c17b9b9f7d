using System.Text;

namespace EdgeDcim.Collector.Storage;

/// <summary>
/// Points that the database refuses for good, each with the reason, in a file of line protocol with comments: mend it and send it again.
/// Bounded: when half of the bound is full the file becomes <c>name.1</c> and the older one goes.
/// </summary>
internal sealed class DeadLetters(string path, long maxBytes, TimeProvider time)
{
    public string Path => path;

    public async Task AddAsync(IReadOnlyList<byte[]> points, string reason, CancellationToken cancel)
    {
        if (new FileInfo(path) is { Exists: true } file && file.Length > maxBytes / 2)
        {
            File.Move(path, $"{path}.1", overwrite: true);
        }

        var text = new MemoryStream();
        text.Write(Encoding.UTF8.GetBytes($"# {time.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ} {reason.ReplaceLineEndings(" ")}\n"));
        foreach (var point in points)
        {
            text.Write(point);
            text.WriteByte((byte)'\n');
        }

        await using var to = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        await to.WriteAsync(text.GetBuffer().AsMemory(0, (int)text.Length), cancel);
    }
}
