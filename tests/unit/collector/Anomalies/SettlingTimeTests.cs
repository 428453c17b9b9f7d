using EdgeDcim.Collector.Anomalies.Statistical;
using Xunit;

namespace EdgeDcim.Collector.Tests.Anomalies;

/// <summary>Where the start of a machine ends.</summary>
public sealed class SettlingTimeTests
{
    [Fact]
    public void A_start_is_cut_where_it_ends_and_a_sound_series_loses_nothing_more_than_it_must()
    {
        var noise = new Noise(7);
        var started = Enumerable.Range(0, 400).Select(i => (i < 170 ? 30 : 128) + noise.Next()).ToList();
        Assert.InRange(SettlingTime.Of(started, 100, 200), 170, 180);
        var sound = Enumerable.Range(0, 400).Select(_ => 128 + noise.Next()).ToList();
        Assert.InRange(SettlingTime.Of(sound, 0, 200), 0, 60);
    }

    [Fact]
    public void No_more_is_cut_than_a_start_can_last()
    {
        var late = Enumerable.Range(0, 400).Select(i => i < 350 ? 1.0 : 2.0).ToList();
        Assert.InRange(SettlingTime.Of(late, 0, 200), 0, 200);
        Assert.Equal(100, SettlingTime.Of(late, 100, 0));
    }
}
