using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Anomalies.Statistical;
using Xunit;

namespace EdgeDcim.Collector.Tests.Anomalies;

public sealed class PrimitiveTests
{
    [Fact]
    public void A_cusum_finds_a_shift_of_one_sigma_within_twenty_samples_and_says_when_it_began()
    {
        var cusum = new Cusum(0.5, 5);
        var noise = new Noise(1);
        for (var i = 0; i < 20; i++)
        {
            cusum.Take(noise.Next() * 0.5, i);
        }

        var at = 20;
        while (cusum.Score < 1)
        {
            cusum.Take(1 + (noise.Next() * 0.5), at++);
        }

        Assert.InRange(at, 22, 40);
        Assert.True(cusum.IsUp);
        Assert.InRange(cusum.OnsetMs, 15, 22);
    }

    [Fact]
    public void A_cusum_counts_one_spike_no_higher_than_its_clip()
    {
        var cusum = new Cusum(0.5, 5);
        cusum.Take(1000, 1);
        Assert.Equal(0.7, cusum.Score, 1e-9);
        Assert.Equal(0.7, cusum.Take(double.NaN, 2), 1e-9);
    }

    [Fact]
    public void An_ewma_weighs_time_and_not_rows()
    {
        var (fast, slow) = (new Ewma(100), new Ewma(100));
        for (var second = 1; second <= 300; second++)
        {
            fast.Take(1, second * 1000);
            if (second % 30 == 0)
            {
                slow.Take(1, second * 1000);
            }
        }

        Assert.Equal(fast.Value, slow.Value, 0.06);
        Assert.True(fast.Score > slow.Score);
    }

    [Fact]
    public void A_whitener_learns_the_memory_of_a_residual_and_takes_it_out()
    {
        var (noise, whitener) = (new Noise(2), new Whitener());
        var (x, at) = (0.0, 0L);
        for (var i = 0; i < 5000; i++)
        {
            x = (0.8 * x) + (0.6 * noise.Next());
            whitener.Learn(x, at += 1000);
        }

        Assert.Equal(0.8, whitener.Phi, 0.03);
        double products = 0, squares = 0, before = 0;
        for (var i = 0; i < 5000; i++)
        {
            x = (0.8 * x) + (0.6 * noise.Next());
            var z = whitener.Take(x, at += 1000);
            (products, squares, before) = (products + (z * before), squares + (z * z), z);
        }

        Assert.Equal(0, products / squares, 0.05);
        Assert.Equal(1, squares / 5000, 0.1);
    }

    [Fact]
    public void After_a_long_gap_the_whitener_knows_nothing_of_the_past()
    {
        var whitener = new Whitener();
        for (var i = 0; i < 100; i++)
        {
            whitener.Learn(5, i * 1000);
        }

        Assert.Equal(5, whitener.Take(5, 10_000_000), 1e-6);
    }

    [Fact]
    public void A_robust_baseline_is_not_moved_by_a_share_of_outliers_and_stays_bounded()
    {
        var (noise, baseline) = (new Noise(3), new RobustBaseline(64));
        for (var i = 0; i < 10_000; i++)
        {
            baseline.Learn(i % 11 == 0 ? 1e6 : 20 + noise.Next());
        }

        Assert.Equal(20, baseline.Center, 0.6);
        Assert.Equal(1, baseline.Scale, 0.6);
        Assert.Equal(10_000, baseline.Count);
    }

    [Fact]
    public void A_regression_learns_its_weights_and_says_when_it_extrapolates()
    {
        var (noise, regression) = (new Noise(4), new Regression(2));
        for (var i = 0; i < 500; i++)
        {
            var x = i / 500.0;
            regression.Learn([1, x], 3 + (2 * x) + (0.1 * noise.Next()), i * 1000L);
        }

        Assert.Equal(4, regression.Predict([1, 0.5]), 0.05);
        Assert.Equal(0.1, regression.Sigma, 0.02);
        Assert.True(regression.Leverage([1, 10]) > 100 * regression.Leverage([1, 0.5]));
    }

    [Fact]
    public void A_forgetting_regression_follows_what_changed()
    {
        var regression = new Regression(1, 100);
        for (var i = 0; i < 1000; i++)
        {
            regression.Learn([1], i < 500 ? 1 : 2, i * 1000L);
        }

        Assert.Equal(2, regression.Weights[0], 0.02);
    }

    [Fact]
    public void Hysteresis_keeps_its_delays_and_an_unknown_score_changes_nothing()
    {
        var (hysteresis, limits) = (new Hysteresis(), new HysteresisLimits(1, 0.5, 3000, 2000));
        Assert.False(hysteresis.Take(0, 2, limits));
        Assert.False(hysteresis.Take(1000, double.NaN, limits));
        Assert.True(hysteresis.Take(3000, 1.2, limits));
        Assert.False(hysteresis.Take(4000, 0.7, limits));
        Assert.False(hysteresis.Take(5000, 0.4, limits));
        Assert.False(hysteresis.Take(6000, 0.6, limits));
        Assert.False(hysteresis.Take(7000, 0.4, limits));
        Assert.True(hysteresis.Take(9000, 0.4, limits));
    }

    [Fact]
    public void A_low_pass_reaches_two_thirds_after_its_time_constant_however_often_it_is_asked()
    {
        var (often, once) = (new LowPass(60), new LowPass(60));
        often.Take(0, 0);
        once.Take(0, 0);
        for (var second = 1; second <= 60; second++)
        {
            often.Take(1, second * 1000);
        }

        Assert.Equal(1 - Math.Exp(-1), often.Value, 1e-9);
        Assert.Equal(often.Value, once.Take(1, 60_000), 1e-9);
    }

    [Theory]
    [InlineData(0.0455, 2)]
    [InlineData(0.0027, 3)]
    [InlineData(5.733e-7, 5)]
    public void The_normal_limit_of_a_probability_is_that_of_the_tables(double p, double sigma) => Assert.Equal(sigma, Normal.TwoSided(p), 0.001);

    [Fact]
    public void Wandering_tells_noise_from_a_random_walk()
    {
        var noise = new Noise(5);
        var (still, walk, at) = (new double[64], new double[64], 0.0);
        for (var i = 0; i < 64; i++)
        {
            still[i] = noise.Next();
            walk[i] = at += noise.Next();
        }

        Assert.True(Wander.Of(still).Gain < 0.25);
        Assert.True(Wander.Of(walk).Gain > 0.6);
    }
}
