namespace EdgeDcim.Core.Sparkplug;

/// <summary>A topic or payload that does not follow Sparkplug B. The only exception the decoders of this folder throw.</summary>
public sealed class SparkplugException(string message, Exception? cause = null) : Exception(message, cause);
