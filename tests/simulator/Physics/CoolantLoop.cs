namespace EdgeDcim.Simulator.Physics;

/// <summary>The coolant of one closed loop as a mass: what leaks is gone, what is made up is counted, and warmth makes it larger without adding any.</summary>
internal sealed class CoolantLoop
{
    public const double ReservoirLitres = 30;
    public const double PipeLitres = 240;

    /// <summary>Volume expansion of PG25 near 25 degC, 1/K.</summary>
    public const double ExpansionPerKelvin = 4.0e-4;

    private const double DensityAt25 = 1.03;
    private const double FullPercent = 70;
    private const double FillBelowPercent = 50;
    private const double FillToPercent = 65;
    private const double FillLitresPerHour = 120;

    // Vapour and seals of a sound loop: some seventy millilitres a day.
    private const double SoundLossLitresPerHour = 0.003;

    private const double GasLitres = 40;
    private const double GasKpa = 246;
    private const double AtmosphereKpa = 101.3;

    private double _meanCelsius;
    private double _fullLitres;
    private double _pooledLitres;
    private bool _filling;

    public double Kg { get; private set; }

    public double LostKg { get; private set; }

    public double MadeUpKg { get; private set; }

    public double MadeUpLitres { get; private set; }

    public double LevelPercent { get; private set; } = FullPercent;

    public double StaticKpa { get; private set; } = GasKpa - AtmosphereKpa;

    /// <summary>The rope in the drip tray lies in coolant.</summary>
    public bool TrayWet => _pooledLitres > 0.3;

    /// <param name="leak">Lost where nobody looks, L/h.</param>
    /// <param name="trayLeak">Lost into the drip tray, L/h.</param>
    public void Step(double meanCelsius, double leak, double trayLeak, double seconds)
    {
        var hours = seconds / 3600;
        _meanCelsius = Kg <= 0 ? meanCelsius : _meanCelsius + ((meanCelsius - _meanCelsius) * Math.Min(1, seconds / 60));
        var density = DensityAt25 * (1 - (ExpansionPerKelvin * (_meanCelsius - 25)));
        if (Kg <= 0)
        {
            _fullLitres = PipeLitres + (ReservoirLitres * FullPercent / 100);
            Kg = _fullLitres * density;
        }

        var lost = Math.Min(Kg / 2, (leak + trayLeak + SoundLossLitresPerHour) * hours * density);
        var filled = _filling ? FillLitresPerHour * hours : 0;
        Kg += (filled * density) - lost;
        LostKg += lost;
        MadeUpKg += filled * density;
        MadeUpLitres += filled;
        _pooledLitres = Math.Max(0, _pooledLitres + ((trayLeak - 0.05) * hours));

        var litres = Kg / density;
        LevelPercent = Math.Clamp(100 * (litres - PipeLitres) / ReservoirLitres, 0, 100);
        _filling = LevelPercent < FillBelowPercent || (_filling && LevelPercent < FillToPercent);
        StaticKpa = (GasKpa * GasLitres / Math.Max(10, GasLitres - (litres - _fullLitres))) - AtmosphereKpa;
    }
}
