namespace EdgeDcim.Collector.Certificates;

/// <summary>A certificate, key or revocation list that cannot be used; the message names the file and says what to do.</summary>
internal sealed class CertificateException(string message, Exception? cause = null) : Exception(message, cause);
