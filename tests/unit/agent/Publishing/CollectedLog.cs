using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EdgeDcim.Agent.Tests.Publishing;

/// <summary>Keeps what was logged, as a person would read it.</summary>
internal sealed class CollectedLog
{
    private readonly ConcurrentQueue<string> lines = new();

    public IReadOnlyList<string> Lines => [.. lines];

    public string All => string.Join('\n', lines);

    public ILogger<T> Logger<T>() => new Sink<T>(lines);

    public bool Contains(string text) => lines.Any(line => line.Contains(text, StringComparison.Ordinal));

    public int Count(string text) => lines.Count(line => line.Contains(text, StringComparison.Ordinal));

    private sealed class Sink<T>(ConcurrentQueue<string> lines) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel}: {formatter(state, exception)}{(exception is null ? "" : " " + exception)}");
    }
}
