using System.IO.Compression;
using System.Text;

namespace EdgeDcim.Collector.Anomalies.Replay;

/// <summary>Rows of a comma-separated file, plain or gzip, with a header line. Quoted cells may hold the separator and doubled quotes.</summary>
internal sealed class CsvRows : IDisposable
{
    private static readonly char[] Separators = [',', ';', '\t'];

    private readonly StreamReader reader;
    private readonly char separator;
    private readonly StringBuilder cell = new();

    private CsvRows(StreamReader reader, char separator, IReadOnlyList<string> header) =>
        (this.reader, this.separator, Header) = (reader, separator, header);

    public IReadOnlyList<string> Header { get; }

    /// <exception cref="InvalidDataException">There is no header, or the file is no gzip although it is called so.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static CsvRows Open(string file, char? separator)
    {
        Stream stream = File.OpenRead(file);
        if (file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
        {
            stream = new GZipStream(stream, CompressionMode.Decompress);
        }

        var reader = new StreamReader(stream, Encoding.UTF8);
        try
        {
            var line = reader.ReadLine() ?? throw new InvalidDataException($"{file} is empty; its first line must name the columns");
            var used = separator ?? Separators.MaxBy(candidate => line.Count(letter => letter == candidate));
            var header = Split(line, used, new StringBuilder()).Select(name => name.Trim()).ToList();
            return new CsvRows(reader, used, header);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>The cells of the next row that is not empty; null at the end.</summary>
    public List<string>? Read()
    {
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0)
            {
                return Split(line, separator, cell);
            }
        }

        return null;
    }

    public void Dispose() => reader.Dispose();

    private static List<string> Split(string line, char separator, StringBuilder cell)
    {
        var cells = new List<string>();
        var quoted = false;
        cell.Clear();
        for (var i = 0; i < line.Length; i++)
        {
            var letter = line[i];
            if (letter == '"')
            {
                if (quoted && i + 1 < line.Length && line[i + 1] == '"')
                {
                    cell.Append('"');
                    i++;
                }
                else
                {
                    quoted = !quoted;
                }
            }
            else if (letter == separator && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
            {
                cell.Append(letter);
            }
        }

        cells.Add(cell.ToString());
        return cells;
    }
}
