namespace EdgeDcim.Simulator.Physics;

internal enum UpsMode
{
    DoubleConversion,
    Eco,
    Bypass,
    Battery,
}

/// <summary>One UPS: losses by mode and load, and a battery that floats, discharges and is charged again.</summary>
internal sealed class UpsModel(double ratedWatts)
{
    private const double BatteryCapacityJ = 60_000.0 * 3600;
    private const double ChargeWatts = 12_000;
    private const double ChargeEfficiency = 0.95;

    public double RatedWatts => ratedWatts;

    public UpsMode Mode { get; set; } = UpsMode.DoubleConversion;

    public double BatteryJ { get; private set; } = BatteryCapacityJ;

    public double SecondsOnBattery { get; private set; }

    public double OutputWatts { get; private set; }

    public double InputWatts { get; private set; }

    /// <summary>Heat of the conversion, W: everything that neither leaves at the output nor stays in the battery.</summary>
    public double LossWatts { get; private set; }

    /// <summary>Power into the battery, W; negative while it discharges.</summary>
    public double BatteryWatts { get; private set; }

    public double ChargePercent => 100 * BatteryJ / BatteryCapacityJ;

    public double RuntimeSeconds => OutputWatts > 1 ? BatteryJ / (OutputWatts + ConversionLoss(UpsMode.DoubleConversion, OutputWatts)) : 8 * 3600;

    // Loss = rated x (a + b x + c x2): idle share, drop of the semiconductors, resistance. About 5 % of the load in double conversion
    // at half load and more, 1.2 % where the static switch carries the load and the inverter stands by.
    public double ConversionLoss(UpsMode mode, double outputWatts)
    {
        var x = outputWatts / ratedWatts;
        return mode switch
        {
            UpsMode.Eco => ratedWatts * (0.0034 + (0.0036 * x) + (0.0036 * x * x)),
            UpsMode.Bypass => ratedWatts * (0.0020 + (0.0030 * x) + (0.0036 * x * x)),
            _ => ratedWatts * (0.0130 + (0.0200 * x) + (0.0150 * x * x)),
        };
    }

    public void Step(double outputWatts, double seconds)
    {
        OutputWatts = outputWatts;
        if (Mode == UpsMode.Battery && BatteryJ > 0)
        {
            SecondsOnBattery += seconds;
            LossWatts = ConversionLoss(UpsMode.Battery, outputWatts);
            BatteryWatts = -Math.Min(outputWatts + LossWatts, BatteryJ / seconds);
            InputWatts = outputWatts + LossWatts + BatteryWatts;
        }
        else
        {
            SecondsOnBattery = 0;
            var missing = BatteryCapacityJ - BatteryJ;
            BatteryWatts = Math.Min(ChargeWatts, missing / seconds);
            LossWatts = ConversionLoss(Mode == UpsMode.Battery ? UpsMode.Bypass : Mode, outputWatts) + (BatteryWatts * ((1 / ChargeEfficiency) - 1));
            InputWatts = outputWatts + LossWatts + BatteryWatts;
        }

        BatteryJ += BatteryWatts * seconds;
    }
}
