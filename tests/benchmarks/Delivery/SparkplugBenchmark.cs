using System.Globalization;
using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Benchmarks.Delivery;

/// <summary>What one metric of a data message costs to write and to read: alias, time, datatype and double, 500 in a message.</summary>
internal static class SparkplugBenchmark
{
    private const int Metrics = 500;
    private const int Messages = 4_000;
    private const int Rounds = 11;
    private const long AtMs = 1_767_225_600_000;

    public static async Task<int> RunAsync(string[] args)
    {
        var writer = new PayloadWriter();
        var payload = Write(writer).ToArray();
        List<Usage> writes = [], reads = [];
        for (var round = 0; round <= Rounds; round++)
        {
            var write = await Usage.OfAsync(Messages * Metrics, _ => Repeat(() => Write(writer).Length));
            var read = await Usage.OfAsync(Messages * Metrics, _ => Repeat(() => Read(payload)));
            if (round > 0)
            {
                writes.Add(write);
                reads.Add(read);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Metrics} metrics a message, {(double)payload.Length / Metrics:0.0} bytes a metric, {Rounds} rounds of {Messages} messages, medians:"));
        Console.WriteLine();
        Console.WriteLine("| work | CPU ns a metric | metrics a CPU second | bytes allocated a metric |");
        Console.WriteLine("| --- | ---: | ---: | ---: |");
        Print("write", Usage.Median(writes));
        Print("read", Usage.Median(reads));
        return 0;
    }

    private static void Print(string name, Usage usage) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"| {name} | {usage.CpuMicroseconds * 1000:0.0} | {1 / usage.CpuMicroseconds:0.0} million | {usage.Bytes:0.000} |"));

    private static Task Repeat(Func<int> work)
    {
        var sum = 0L;
        for (var i = 0; i < Messages; i++)
        {
            sum += work();
        }

        return sum > 0 ? Task.CompletedTask : throw new InvalidOperationException("nothing was done");
    }

    private static ReadOnlyMemory<byte> Write(PayloadWriter writer)
    {
        writer.Begin(AtMs);
        for (var i = 0; i < Metrics; i++)
        {
            ReadingMetric.Finish(writer.BeginMetric((ulong)i).At(AtMs).Type(DataType.Double), i * 1.1, Quality.Good);
        }

        return writer.End(7);
    }

    private static int Read(byte[] bytes)
    {
        var payload = new PayloadReader(bytes);
        var good = 0;
        while (payload.TryRead(out var metric))
        {
            good += ReadingMetric.Read(metric, DataType.Double).Quality == Quality.Good ? 1 : 0;
        }

        return good;
    }
}
