using EdgeDcim.Core.Durability;

namespace EdgeDcim.Agent.Drivers;

/// <summary>
/// Short texts that drivers keep over a restart of the agent: how far an event log was read. They lie in the journal; a verb that has none, such as
/// <c>read</c>, keeps them as long as it runs.
/// </summary>
internal sealed class DriverMemory
{
    private readonly Dictionary<string, string> texts = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private Journal? journal;

    /// <summary>Before the first poll.</summary>
    public void Use(Journal from) => journal = from;

    /// <summary>Null: nothing was kept under the name.</summary>
    public string? Recall(string name)
    {
        lock (gate)
        {
            if (texts.TryGetValue(name, out var text))
            {
                return text;
            }
        }

        try
        {
            return journal?.GetValue(name);
        }
        catch (JournalException)
        {
            return null;
        }
    }

    public void Keep(string name, string text)
    {
        lock (gate)
        {
            texts[name] = text;
        }

        try
        {
            journal?.SetValue(name, text);
        }
        catch (JournalException)
        {
            // A disk that refuses is told by whoever stores readings; until the next start the text is known without it.
        }
    }
}
