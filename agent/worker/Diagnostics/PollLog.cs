using System.Globalization;
using EdgeDcim.Core.Durability;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Agent.Diagnostics;

// Text, one line a reading, written before the commit of the batch that holds it:
//
//   # stream 3f2504e0-… last 41
//   42,pdu-a1,power.active,L1,1767225600000,230.5,Good
//
// The header is written at each start. Lines below it whose offset is above the `last` of the next header of the same stream were never
// committed and do not count. So the set of lines that count is exactly what was journaled, wherever the process was killed.

/// <summary>A record of every reading that was journaled, to hold the database against in tests of delivery. Off unless <c>poll_log</c> is set.</summary>
internal sealed class PollLog : IDisposable
{
    private readonly StreamWriter file;

    public PollLog(string path, Journal journal)
    {
        file = new StreamWriter(path, append: true);
        file.WriteLine($"# stream {journal.StreamId:D} last {journal.LastOffset}");
        file.Flush();
    }

    public void Write(long offset, List<Reading> readings, int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            var (series, atMs, value, quality) = readings[i];
            file.Write(string.Create(CultureInfo.InvariantCulture, $"{offset},{series.Device},{series.Metric},{series.Part},{atMs},{value:R},{quality}\n"));
        }
    }

    /// <summary>Hands the lines to the operating system, which keeps them when the process is killed.</summary>
    public void Flush() => file.Flush();

    public void Dispose() => file.Dispose();
}
