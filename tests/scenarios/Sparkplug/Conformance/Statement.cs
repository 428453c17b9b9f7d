namespace EdgeDcim.Scenarios.Sparkplug.Conformance;

/// <summary>One demand of the specification, under all the identifiers that it repeats it with, and how the record is held against it.</summary>
/// <param name="Ids">Identifiers of Sparkplug 3.0, separated by blanks.</param>
/// <param name="Examine">One entry for each thing looked at: null when it is right, else what is wrong. No entry at all proves nothing.</param>
internal sealed record Statement(string Ids, Func<Traffic, IEnumerable<string?>> Examine)
{
    public IEnumerable<string> Names => Ids.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Every statement that a life of agent and collector is held against.</summary>
    public static IReadOnlyList<Statement> All { get; } =
        [.. TopicStatements.All, .. EdgeNodeStatements.All, .. EdgeNodeLifeStatements.All, .. DeviceStatements.All, .. HostStatements.All, .. PayloadStatements.All];

    /// <summary>What is demanded in other words of a connection with MQTT 3.1.1.</summary>
    public static IReadOnlyList<Statement> OldVersion { get; } =
    [
        new(
            "principles-persistence-clean-session-311 message-flow-phid-sparkplug-clean-session-311",
            traffic => traffic.Sessions.Select(session => Unless(session.Connect is { Version: 4, CleanStart: true }, session, "keeps a session"))),
        new(
            "payloads-ndeath-will-message-publisher-disconnect-mqtt311",
            traffic => traffic.Agents.Where(agent => agent.EndedCleanly && traffic.Published(agent).Any()).Select(agent => Unless(
                traffic.Published(agent).Last().Type == Core.Sparkplug.MessageType.NodeDeath, agent, "left without NDEATH"))),
    ];

    public static string? Unless(bool right, object at, string wrong) => right ? null : $"{at}: {wrong}";
}
