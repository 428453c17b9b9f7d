namespace EdgeDcim.Agent.Cli;

/// <summary>An argument is wrong; the message says which and what to write instead.</summary>
internal sealed class UsageException(string message) : Exception(message);
