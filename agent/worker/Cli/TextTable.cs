namespace EdgeDcim.Agent.Cli;

/// <summary>Columns for people: as wide as their widest cell, two blanks between.</summary>
internal sealed class TextTable(params IReadOnlyList<string> headings)
{
    private readonly List<IReadOnlyList<string>> rows = [headings];

    public void Add(params IReadOnlyList<string> cells) => rows.Add(cells);

    public async Task WriteAsync(TextWriter output)
    {
        var widths = headings.Select((_, column) => rows.Max(row => row[column].Length)).ToList();
        foreach (var row in rows)
        {
            await output.WriteLineAsync(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}
