using System.Buffers.Text;
using System.Text;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Collector.Storage;

/// <summary>
/// Points in InfluxDB line protocol, one reading a line, so that a refused value takes no other with it. A field has one type for ever:
/// numbers are always written as floats, with a decimal point or an exponent; the word of a state stands beside it as <c>field_state</c>.
/// </summary>
internal sealed class LineBatch(string site, DeviceCatalog catalog)
{
    private const int Slack = 96;
    private readonly Dictionary<Series, LineHead> heads = new(ReferenceEqualityComparer.Instance);
    private Line[] lines = new Line[256];
    private byte[] buffer = new byte[64 * 1024];
    private int length;

    public int Count { get; private set; }

    /// <summary>Valid until the batch is cleared.</summary>
    public ReadOnlyMemory<Line> Lines => lines.AsMemory(0, Count);

    public void Clear()
    {
        Count = 0;
        length = 0;
    }

    /// <summary>False when the reading has no value that a database could hold.</summary>
    public bool Add(in Reading reading)
    {
        if (reading.Quality == Quality.Missing || !double.IsFinite(reading.Value))
        {
            return false;
        }

        var head = HeadOf(reading.Series);
        Reserve(head.Text.Length + head.Field.Length + Slack);
        var start = length;
        Append(head.Text);
        Append((byte)'=');
        AppendFloat(reading.Value);
        if (head.Metric is { Kind: MetricKind.State } metric && metric.StateName(reading.Value) is { } word)
        {
            Reserve((word.Length * 2) + head.Field.Length + Slack);
            Append((byte)',');
            Append(head.Field);
            Append("_state=\""u8);
            Append(Encoding.UTF8.GetBytes(word));
            Append((byte)'"');
        }

        End(start, reading.AtMs, head.Key, isReading: true);
        return true;
    }

    public void Add(KpiRecord kpi)
    {
        var head = Encoding.UTF8.GetBytes(
            $"kpi,site={Tag(site)},scope={Tag(kpi.Scope)},name={Tag(kpi.Name)},window={Tag(kpi.Window)} revision={kpi.Revision}i");
        Reserve(head.Length + (4 * Slack));
        var start = length;
        Append(head);
        AppendField("value"u8, kpi.Value);
        AppendField("coverage"u8, kpi.Coverage);
        AppendField("uncertainty"u8, kpi.Uncertainty);
        if (kpi.Category is { } category)
        {
            Append(",category="u8);
            AppendInteger(category);
            Append((byte)'i');
        }

        End(start, kpi.AtMs, "kpi", isReading: false);
    }

    public void Add(AlarmPoint alarm)
    {
        var part = alarm.Part is null ? "" : $",part={Tag(alarm.Part)}";
        if (alarm.Detector is { } detector)
        {
            var text = Encoding.UTF8.GetBytes($"anomaly,site={Tag(site)},device={Tag(alarm.Device)}{part},detector={Tag(detector)} active={(alarm.Active ? 1 : 0)}i,cause={Text(alarm.Cause)},evidence={Text(alarm.Text)}");
            Reserve(text.Length + (3 * Slack));
            var from = length;
            Append(text);
            AppendField("score"u8, alarm.Score);
            AppendField("confidence"u8, alarm.Confidence);
            End(from, alarm.AtMs, "anomaly", isReading: false);
            return;
        }

        var line = Encoding.UTF8.GetBytes(
            $"alarm,site={Tag(site)},device={Tag(alarm.Device)}{part},cause={Tag(alarm.Cause)},class={Tag(alarm.Class)},event={Tag(alarm.Event)},id={Tag(alarm.Id)} "
            + $"active={(alarm.Active ? 1 : 0)}i,priority={alarm.Priority}i,state={Text(alarm.State)},text={Text(alarm.Text)},user={Text(alarm.User)}");
        Reserve(line.Length + Slack);
        var start = length;
        Append(line);
        End(start, alarm.AtMs, "alarm", isReading: false);
    }

    /// <summary>The text of a line, without its line feed.</summary>
    public ReadOnlySpan<byte> Text(in Line line) => buffer.AsSpan(line.Start, line.Length);

    /// <summary>Ends a line; points keep the millisecond they were taken at.</summary>
    private void End(int start, long atMs, string field, bool isReading)
    {
        Append((byte)' ');
        AppendInteger(atMs);
        if (Count == lines.Length)
        {
            Array.Resize(ref lines, lines.Length * 2);
        }

        lines[Count++] = new Line(start, length - start, field, isReading);
        Append((byte)'\n');
    }

    private LineHead HeadOf(Series series)
    {
        var kind = catalog.KindOf(series.Device);
        if (heads.TryGetValue(series, out var head) && head.Kind == kind)
        {
            return head;
        }

        var field = Key(series.Metric.Replace('.', '_'));
        var part = series.Part is null ? "" : $",part={Tag(series.Part)}";
        var text = $"{Measurement(kind)},site={Tag(site)},device={Tag(series.Device)}{part} {field}";
        head = new LineHead(kind, Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(field), Vocabulary.Default.Find(series.Metric), $"{kind}.{field}");
        heads[series] = head;
        return head;
    }

    private void AppendField(ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            Append((byte)',');
            Append(name);
            Append((byte)'=');
            AppendFloat(number);
        }
    }

    /// <summary>The shortest text that reads back as the same bits.</summary>
    private void AppendFloat(double value)
    {
        Utf8Formatter.TryFormat(value, buffer.AsSpan(length), out var written);
        var text = buffer.AsSpan(length, written);
        length += written;
        if (text.IndexOfAny((byte)'.', (byte)'E', (byte)'e') < 0)
        {
            Append(".0"u8);
        }
    }

    private void AppendInteger(long value)
    {
        Utf8Formatter.TryFormat(value, buffer.AsSpan(length), out var written);
        length += written;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
    }

    private void Append(byte letter) => buffer[length++] = letter;

    private void Reserve(int bytes)
    {
        if (buffer.Length - length < bytes)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + bytes));
        }
    }

    private static string Text(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).ReplaceLineEndings(" ")}\"";

    private static string Measurement(string text) => Escape(text, ", ");

    private static string Key(string text) => Escape(text, ",= ");

    private static string Tag(string text) => Escape(text.Length == 0 ? "none" : text, ",= ");

    /// <summary>A backslash at the end would escape what follows the text; line protocol has no way to write it.</summary>
    private static string Escape(string text, string special)
    {
        var escaped = new StringBuilder(text.Length + 4);
        foreach (var letter in text)
        {
            if (special.Contains(letter, StringComparison.Ordinal))
            {
                escaped.Append('\\');
            }

            escaped.Append(letter);
        }

        return text.EndsWith('\\') ? escaped.Append('_').ToString() : escaped.ToString();
    }

    private sealed record LineHead(string Kind, byte[] Text, byte[] Field, Metric? Metric, string Key);
}

/// <summary>One point inside a <see cref="LineBatch"/>.</summary>
/// <param name="Field">Measurement and field: what a type conflict is about.</param>
internal readonly record struct Line(int Start, int Length, string Field, bool IsReading);
