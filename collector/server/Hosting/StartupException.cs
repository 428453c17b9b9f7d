namespace EdgeDcim.Collector.Hosting;

/// <summary>The collector cannot run here and now. The message is one sentence for the person who started it; no trace is shown.</summary>
internal sealed class StartupException(string sentence, Exception? cause = null) : Exception(sentence, cause);
