namespace EdgeDcim.Simulator.Physics;

/// <summary>One UPS as its card shows it.</summary>
internal sealed record UpsState(
    UpsMode Mode, Electric Input, Electric Output, double LossW, double RatedW,
    double ChargePercent, double RuntimeS, double OnBatteryS, double BatteryVolts, double BatteryAmps, double BatteryCelsius, double AmbientCelsius)
{
    public double LoadPercent => 100 * Output.ActiveW / RatedW;
}

/// <summary>The whole hall at one instant: what servers encode and what truth is asked of. Never changes once published.</summary>
internal sealed record HallState
{
    public required long Step { get; init; }

    /// <summary>Seconds of hall time since the start.</summary>
    public required double Seconds { get; init; }

    /// <summary>Local hour of the hall's day, 0 to 24.</summary>
    public required double Hour { get; init; }

    public required Weather Weather { get; init; }

    public required Electric Main { get; init; }

    public required IReadOnlyDictionary<string, UpsState> Ups { get; init; }

    public required IReadOnlyDictionary<string, Electric> Pdu { get; init; }

    public required Electric TankIt { get; init; }

    public required Electric Tank { get; init; }

    public required Electric CduPumps { get; init; }

    public required Electric Chiller { get; init; }

    public required Electric Lights { get; init; }

    public required IReadOnlyList<CduState> Cdus { get; init; }

    public required TankState TankLoop { get; init; }

    public required PlantState Plant { get; init; }

    public required AirState Air { get; init; }

    public required double WaterM3 { get; init; }

    public required double CoolingKwh { get; init; }

    public required double CoolingM3 { get; init; }

    /// <summary>Heat that leaves without passing the tower: transformer, tower fans, offices. W.</summary>
    public required double AmbientHeatW { get; init; }

    /// <summary>Energy held by batteries, cold plates, oil, room air and facility water, J; only its change means something.</summary>
    public required double StoredJ { get; init; }

    public double ItWatts { get; init; }

    /// <summary>The same instant as the instruments show it; null in such a view itself.</summary>
    public HallState? Seen { get; init; }

    /// <summary>Power usage effectiveness at this instant: everything that crosses the utility meter over everything that reaches IT.</summary>
    public double Pue => Main.ActiveW / ItWatts;

    /// <summary>Water usage effectiveness at this instant, L/kWh.</summary>
    public double Wue => Plant.MakeUpLitresPerHour / (ItWatts / 1000);
}
