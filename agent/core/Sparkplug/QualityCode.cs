namespace EdgeDcim.Core.Sparkplug;

/// <summary>Values of the <c>Quality</c> property (Sparkplug 3.0, 6.4.12; the codes of OPC DA, with 500 for stale).</summary>
public static class QualityCode
{
    public const int Bad = 0;
    public const int Good = 192;
    public const int Stale = 500;
}
