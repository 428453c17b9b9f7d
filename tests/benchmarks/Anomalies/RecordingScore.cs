using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Anomalies.Replay;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Benchmarks.Anomalies;

/// <summary>Runs the detectors over recordings of real loops and machines as <c>replay</c> does, row by row, so that they can be held against what is known of them.</summary>
internal static class RecordingScore
{
    /// <summary>The recordings and the maps beside the repository; null on a machine without them.</summary>
    public static (string Recordings, string Maps)? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var maps = Path.Combine(folder.FullName, "install", "replay");
            var recordings = Path.Combine(folder.FullName, "..", "shared", "recordings", "cooling");
            if (Directory.Exists(maps) && Directory.Exists(recordings))
            {
                return (Path.GetFullPath(recordings), maps);
            }
        }

        return null;
    }

    public static Scored Run(string file, string map, string? learn = null, long learnRows = 0)
    {
        var problems = new ConfigProblems();
        var columns = ReplayMap.Load(map, problems);
        problems.ThrowIfAny();
        var changes = new List<ReplayedChange>();
        var run = new ReplayRun(columns!, null, DetectorCatalog.All);
        var summary = run.Run(file, learn, learnRows, changes.Add);
        return new Scored((int)summary.Rows, changes);
    }
}

/// <summary>What the detectors said of a recording.</summary>
internal sealed record Scored(int Rows, IReadOnlyList<ReplayedChange> Changes)
{
    /// <summary>Row by row: does any detector say anomalous. A change counts from its row on.</summary>
    public bool[] States(Func<AnomalyChange, bool>? which = null)
    {
        var states = new bool[Rows];
        var raised = new HashSet<(string, string)>();
        var next = 0;
        for (var row = 0; row < Rows; row++)
        {
            for (; next < Changes.Count && Changes[next].Row <= row; next++)
            {
                var change = Changes[next].Change;
                if (which is null || which(change) || change.State == AnomalyState.Normal)
                {
                    _ = change.State == AnomalyState.Anomalous ? raised.Add((change.Detector, change.Subject)) : raised.Remove((change.Detector, change.Subject));
                }
            }

            states[row] = raised.Count > 0;
        }

        return states;
    }
}
