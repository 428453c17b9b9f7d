namespace EdgeDcim.Simulator.Physics;

/// <summary>What a test may change in the hall while it runs.</summary>
internal sealed class Controls
{
    /// <summary>Multiplies the IT load, 0.05 to 1.3.</summary>
    public double LoadFactor { get; set; } = 1;

    /// <summary>Outdoor dry bulb in degC; null follows the day.</summary>
    public double? OutdoorCelsius { get; set; }

    /// <summary>Outdoor dew point in degC; null means 11, or saturation when the air is colder.</summary>
    public double? OutdoorDewPoint { get; set; }

    /// <summary>What is broken.</summary>
    public Faults Faults { get; } = new();

    public Dictionary<string, UpsMode> Ups { get; } = new() { ["ups-a"] = UpsMode.DoubleConversion, ["ups-b"] = UpsMode.Eco };
}
