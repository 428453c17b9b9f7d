namespace EdgeDcim.Collector.Anomalies;

internal enum AnomalyState : byte
{
    Normal,
    Anomalous,
}

/// <summary>A detector changed its mind about a subject: the one thing that leaves the engine.</summary>
/// <param name="Detector">What kind of judgement it is: <c>heat_balance</c>, <c>multivariate</c>, <c>stuck</c> …</param>
/// <param name="Subject">What it is about: a device, a part of it, a loop, a series.</param>
/// <param name="Score">How far out, in terms of the limit: 1 is at the limit.</param>
/// <param name="Cause">The likeliest cause in one or two words, for the alarm's name.</param>
/// <param name="Confidence">0 to 1: how sure the detector is of the cause, not of the deviation.</param>
/// <param name="Evidence">One line: what is seen, by how much, since when, against what baseline.</param>
internal sealed record AnomalyChange(
    long AtMs, string Detector, string Subject, AnomalyState State, double Score, string Cause, double Confidence, string Evidence);
