namespace EdgeDcim.Core.Durability;

/// <summary>The small tables of a journal: cursors of consumers, and texts under names.</summary>
internal sealed class NamedEntries(Func<string, Statement> prepare)
{
    private readonly Statement getCursor = prepare("SELECT offset FROM cursor WHERE name = $1");
    private readonly Statement setCursor = prepare("INSERT INTO cursor VALUES($1, $2) ON CONFLICT(name) DO UPDATE SET offset = excluded.offset");
    private readonly Statement getValue = prepare("SELECT text FROM value WHERE name = $1");
    private readonly Statement setValue = prepare("INSERT INTO value VALUES($1, $2) ON CONFLICT(name) DO UPDATE SET text = excluded.text");

    public long GetCursor(string name) => getCursor.Scalar(name) is long offset ? offset : 0;

    public void SetCursor(string name, long offset) => setCursor.Run(name, offset);

    public string? GetValue(string name) => getValue.Scalar(name) as string;

    public void SetValue(string name, string text) => setValue.Run(name, text);
}
