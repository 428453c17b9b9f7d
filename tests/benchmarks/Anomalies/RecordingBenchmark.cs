using System.Globalization;
using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Anomalies.Replay;

namespace EdgeDcim.Benchmarks.Anomalies;

/// <summary>Every recording that has a known answer, through the live detectors; prints the tables of the README.</summary>
internal static class RecordingBenchmark
{
    public static Task<int> RunAsync(string[] args)
    {
        if (RecordingScore.Find() is not var (recordings, maps))
        {
            Console.Error.WriteLine("The recordings are not beside the repository.");
            return Task.FromResult(1);
        }

        var areas = new Dictionary<string, Action<string, string>>
        {
            ["skab"] = Skab, ["rp1043"] = Chiller, ["hydraulic"] = Hydraulic, ["plant"] = Plant, ["nab"] = Room, ["ahu"] = AirHandler,
        };
        foreach (var (name, area) in areas)
        {
            if (args.Length == 0 || args.Contains(name))
            {
                Console.WriteLine($"\n## {name}\n");
                area(recordings, maps);
            }
        }

        return Task.FromResult(0);
    }

    private static void Skab(string recordings, string maps)
    {
        var score = new SkabScore();
        Console.WriteLine("| experiment | delay s | false episodes | false rows | rows found | rows after | said |\n| --- | ---: | ---: | ---: | ---: | ---: | --- |");
        foreach (var file in Directory.GetFiles(Path.Combine(recordings, "skab"), "*_*.csv").Where(file => !file.Contains("anomaly-free", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            Console.WriteLine(score.Take(file, Path.Combine(maps, "skab.map.yaml")));
        }

        Console.WriteLine(FormattableString.Invariant(
            $"\nmissed {score.Missed}, median delay {score.MedianDelay:0} s, {score.FalseEpisodesPerHour:0.00} false episodes/h, {score.FalseRows:P1} false rows before, F1 {score.F1:0.000}, FAR {score.FalseAlarmRate:P1}, MAR {score.MissingAlarmRate:P1}"));
        var sound = RecordingScore.Run(Path.Combine(recordings, "skab", "anomaly-free_part1.csv"), Path.Combine(maps, "skab.map.yaml"), learnRows: 400);
        var states = sound.States();
        Console.WriteLine(FormattableString.Invariant($"anomaly-free: {states.Count(state => state) / (double)sound.Rows:P1} of {sound.Rows} rows, {Episodes(sound)} episodes in 1.6 h"));
        Tell(sound);
    }

    private static void Chiller(string recordings, string maps)
    {
        var folder = Path.Combine(recordings, "rp1043");
        var map = Path.Combine(maps, "rp1043.map.yaml");
        var sound = Path.Combine(folder, "normal_even_blocks.csv.gz");
        Console.WriteLine("| judged | learnt from | anomalous rows | first at row |\n| --- | --- | ---: | ---: |");
        foreach (var fault in (string[])["cf12", "fwc10"])
        {
            Report(RecordingScore.Run(Path.Combine(folder, $"{fault}.csv.gz"), map, sound), fault, "fault-free blocks", tell: true);
        }

        // The fault-free blocks are one file only: one half of each quarter of an hour is learnt, the other is judged.
        var (odd, even) = Halves(sound);
        try
        {
            Report(RecordingScore.Run(odd, map, even), "fault-free, second halves", "fault-free, first halves", tell: true);
            Report(RecordingScore.Run(even, map, odd), "fault-free, first halves", "fault-free, second halves", tell: true);
            Report(RecordingScore.Run(Path.Combine(folder, "cf12.csv.gz"), map, even), "cf12", "first halves", tell: false);
        }
        finally
        {
            File.Delete(odd);
            File.Delete(even);
        }
    }

    private static void Hydraulic(string recordings, string maps)
    {
        var folder = Path.Combine(recordings, "hydraulic-cooler");
        var sensors = Path.Combine(folder, "sensors_1hz.csv.gz");
        var labels = File.ReadAllLines(Path.Combine(folder, "labels.csv")).Skip(1).Select(line => line.Split(',')).ToList();
        var cooler = labels.ToDictionary(cells => int.Parse(cells[0], CultureInfo.InvariantCulture), cells => int.Parse(cells[2], CultureInfo.InvariantCulture));
        var sound = cooler.Where(label => label.Value == 100).Select(label => label.Key).Order().ToList();
        var learnt = sound.Skip(10).Take(60).ToHashSet();
        var (learn, judge) = (Path.GetTempFileName(), Path.GetTempFileName());
        try
        {
            var order = new List<int>();
            using (var csv = new StreamWriter(learn))
            using (var rest = new StreamWriter(judge))
            {
                foreach (var (cycle, line) in Lines(sensors))
                {
                    (cycle is null || learnt.Contains(cycle.Value) ? csv : rest).WriteLine(line);
                    if (cycle is null)
                    {
                        rest.WriteLine(line);
                    }
                    else if (!learnt.Contains(cycle.Value))
                    {
                        order.Add(cycle.Value);
                    }
                }
            }

            var scored = RecordingScore.Run(judge, Path.Combine(maps, "hydraulic-cooler.map.yaml"), learn);
            var states = scored.States();
            Console.WriteLine("| cooler | cycles | found for half of the cycle or more | share of rows |\n| ---: | ---: | ---: | ---: |");
            List<string> settling = [];
            foreach (var grade in (int[])[100, 20, 3])
            {
                var cycles = order.Distinct().Where(cycle => cooler[cycle] == grade).ToList();
                var share = cycles.ToDictionary(cycle => cycle, cycle => order.Select((one, row) => (one, row)).Where(one => one.one == cycle).Average(one => states[one.row] ? 1.0 : 0));
                Console.WriteLine(FormattableString.Invariant($"| {grade} % | {cycles.Count} | {share.Values.Count(value => value >= 0.5)} | {share.Values.Average():P1} |"));
                if (grade == 100)
                {
                    settling = share.Where(each => each.Value >= 0.5).Select(each => labels.Single(cells => int.Parse(cells[0], CultureInfo.InvariantCulture) == each.Key)[6]).ToList();
                }
            }

            Console.WriteLine($"\nOf the sound cycles that are called otherwise, {settling.Count(mark => mark == "1")} of {settling.Count} are marked as not yet stable.");

            Tell(scored);
        }
        finally
        {
            File.Delete(learn);
            File.Delete(judge);
        }
    }

    private static void Plant(string recordings, string maps)
    {
        var scored = RecordingScore.Run(Path.Combine(recordings, "chiller-plant", "plant_2023-12.csv.gz"), Path.Combine(maps, "chiller-plant.map.yaml"), learnRows: 1000);
        Console.WriteLine("Wet bulb frozen from row 2725 (2023-12-20 00:00):\n");
        foreach (var change in scored.Changes.Where(change => change.Change.Detector is "stuck" or "drop_out"))
        {
            Console.WriteLine($"* row {change.Row} {change.Change.AtMs.ToString(CultureInfo.InvariantCulture)} {change.Change.State} {change.Change.Detector} {change.Change.Subject}: {change.Change.Evidence}");
        }

        foreach (var kind in scored.Changes.Where(change => change.Change.State == AnomalyState.Anomalous).GroupBy(change => (change.Change.Detector, change.Change.Subject)))
        {
            Console.WriteLine($"* {kind.Key.Detector} {kind.Key.Subject}: {kind.Count()} episodes");
        }
    }

    private static void Room(string recordings, string maps)
    {
        foreach (var learn in (int[])[0, 400, 500, 700, 1000, 1200, 1500, 2000])
        {
            Console.WriteLine($"\nlearn-rows {learn}:\n");
            Tell(RecordingScore.Run(Path.Combine(recordings, "nab", "ambient_temperature_system_failure.csv"), Path.Combine(maps, "nab.map.yaml"), learnRows: learn));
        }
    }

    private static void AirHandler(string recordings, string maps)
    {
        var (file, map) = (Path.Combine(recordings, "ahu", "SZVAV.csv.gz"), Path.Combine(maps, "ahu.map.yaml"));
        Console.WriteLine("learnt from its first day, which has a fault:\n");
        Tell(RecordingScore.Run(file, map, learnRows: 1440));
        var sound = Path.GetTempFileName();
        try
        {
            using (var csv = CsvRows.Open(file, ','))
            using (var learn = new StreamWriter(sound))
            {
                learn.WriteLine(string.Join(",", csv.Header));
                while (csv.Read() is { } cells)
                {
                    if (cells[0].StartsWith("9/20/", StringComparison.Ordinal) || cells[0].StartsWith("9/21/", StringComparison.Ordinal))
                    {
                        learn.WriteLine(string.Join(",", cells));
                    }
                }
            }

            Console.WriteLine("learnt from two sound days:\n");
            var scored = RecordingScore.Run(file, map, sound);
            var states = scored.States();
            for (var day = 0; day * 1440 < states.Length; day++)
            {
                var rows = states.AsSpan(day * 1440, Math.Min(1440, states.Length - (day * 1440)));
                Console.WriteLine(FormattableString.Invariant($"day {day + 1}: {rows.Count(true) / (double)rows.Length:P0} of rows"));
            }

            Tell(scored);
        }
        finally
        {
            File.Delete(sound);
        }
    }

    private static void Report(Scored scored, string judged, string learnt, bool tell)
    {
        var states = scored.States();
        Console.WriteLine(FormattableString.Invariant($"| {judged} | {learnt} | {states.Count(state => state) / (double)states.Length:P2} | {Array.IndexOf(states, true)} |"));
        if (tell)
        {
            Tell(scored);
        }
    }

    private static void Tell(Scored scored)
    {
        foreach (var change in scored.Changes.Where(change => change.Change.State == AnomalyState.Anomalous).Take(25))
        {
            Console.WriteLine($"  row {change.Row} {Spell.At(change.Change.AtMs)} {change.Change.Detector} {change.Change.Subject}: {change.Change.Cause}. {change.Change.Evidence}");
        }
    }

    private static int Episodes(Scored scored) => scored.Changes.Count(change => change.Change.State == AnomalyState.Anomalous);

    private static (string Odd, string Even) Halves(string file)
    {
        var (odd, even) = (Path.GetTempFileName(), Path.GetTempFileName());
        using var first = new StreamWriter(odd);
        using var second = new StreamWriter(even);
        using var csv = CsvRows.Open(file, null);
        var header = string.Join(",", csv.Header);
        first.WriteLine(header);
        second.WriteLine(header);
        var seconds = csv.Header.ToList().IndexOf("seconds");
        while (csv.Read() is { } cells)
        {
            var into = double.Parse(cells[seconds], CultureInfo.InvariantCulture) % 900 < 450 ? second : first;
            into.WriteLine(string.Join(",", cells));
        }

        return (odd, even);
    }

    private static IEnumerable<(int? Cycle, string Line)> Lines(string file)
    {
        using var csv = CsvRows.Open(file, ',');
        yield return (null, string.Join(",", csv.Header));
        while (csv.Read() is { } cells)
        {
            yield return (int.Parse(cells[0], CultureInfo.InvariantCulture), string.Join(",", cells));
        }
    }
}
