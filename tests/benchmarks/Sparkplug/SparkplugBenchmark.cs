using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Telemetry;

namespace EdgeDcim.Benchmarks.Sparkplug;

/// <summary>Payloads of 20 metrics by alias, time and double, as a device sends them: what writing and reading one metric costs.</summary>
internal static class SparkplugBenchmark
{
    private const int Metrics = 20;
    private const int Payloads = 50_000;
    private const int Rounds = 11;

    public static async Task<int> RunAsync(string[] args)
    {
        var writer = new PayloadWriter();
        var sample = Write(writer, 0).ToArray();
        List<Usage> writes = [], reads = [];
        for (var round = 0; round <= Rounds; round++)
        {
            var write = await Usage.OfAsync(Payloads * Metrics, _ => WriteAll(writer));
            var read = await Usage.OfAsync(Payloads * Metrics, _ => ReadAll(sample));
            if (round > 0)
            {
                writes.Add(write);
                reads.Add(read);
            }
        }

        Console.WriteLine($"{Rounds} rounds of {Payloads} payloads of {Metrics} metrics, {(double)sample.Length / Metrics:0.0} bytes a metric, medians:");
        Console.WriteLine();
        Console.WriteLine("| work | CPU ns a metric | million metrics a CPU second | bytes allocated a metric |");
        Console.WriteLine("| --- | ---: | ---: | ---: |");
        Print("encode", Usage.Median(writes));
        Print("decode", Usage.Median(reads));
        return 0;
    }

    private static ReadOnlyMemory<byte> Write(PayloadWriter writer, int i)
    {
        writer.Begin(1_800_000_000_000 + i);
        for (var metric = 0; metric < Metrics; metric++)
        {
            writer.BeginMetric((ulong)(100 + metric)).At(1_800_000_000_000 + i);
            ReadingMetric.Finish(writer, i * 0.37 + metric, Quality.Good);
        }

        return writer.End(i & 0xFF);
    }

    private static Task WriteAll(PayloadWriter writer)
    {
        for (var i = 0; i < Payloads; i++)
        {
            Write(writer, i);
        }

        return Task.CompletedTask;
    }

    private static Task ReadAll(byte[] payload)
    {
        var sum = 0.0;
        for (var i = 0; i < Payloads; i++)
        {
            var reader = new PayloadReader(payload);
            while (reader.TryRead(out var metric))
            {
                sum += ReadingMetric.Read(metric, DataType.Double).Value;
            }
        }

        return sum > 0 ? Task.CompletedTask : throw new InvalidOperationException("the payload was not read");
    }

    private static void Print(string work, Usage usage) =>
        Console.WriteLine($"| {work} | {usage.CpuMicroseconds * 1000:0} | {1 / usage.CpuMicroseconds:0.0} | {usage.Bytes:0.00} |");
}
