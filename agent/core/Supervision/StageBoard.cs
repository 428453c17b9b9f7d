using System.Collections.Concurrent;

namespace EdgeDcim.Core.Supervision;

/// <summary>The stages of a program. Safe from any thread.</summary>
public sealed class StageBoard(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Stage> stages = new(StringComparer.Ordinal);

    public TimeProvider Time => time;

    /// <summary>The stage of that name; it rests until it says otherwise.</summary>
    /// <param name="within">How long it may work without getting on: well above what the slowest of its waits takes until it gives up.</param>
    public Stage Add(string name, TimeSpan within) => stages.GetOrAdd(name, static (key, made) => new Stage(key, made.within, made.time), (within, time));

    public void Remove(Stage stage) => stages.TryRemove(KeyValuePair.Create(stage.Name, stage));

    public IReadOnlyList<string> Names => [.. stages.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Those that do not get on, with how long, by name.</summary>
    public IReadOnlyList<(string Name, TimeSpan For)> Stuck()
    {
        var found = new List<(string Name, TimeSpan For)>();
        foreach (var stage in stages.Values)
        {
            if (stage.StuckFor is { } silent)
            {
                found.Add((stage.Name, silent));
            }
        }

        return [.. found.OrderBy(stage => stage.Name, StringComparer.Ordinal)];
    }
}
