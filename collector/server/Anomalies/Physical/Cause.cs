namespace EdgeDcim.Collector.Anomalies.Physical;

/// <summary>The laws that hold around one liquid loop of a CDU or tank. Each has a residual that is zero while all is well.</summary>
internal enum Law
{
    /// <summary>Heat given to the facility water against heat brought by the loop plus pump power.</summary>
    Split,

    /// <summary>Heat of the loop against the share of IT power that it takes.</summary>
    Balance,

    /// <summary>Conductance of the exchanger against what its flows allow.</summary>
    Exchanger,

    /// <summary>ΔP / flow² of the filter.</summary>
    Filter,

    /// <summary>ΔP / flow² of the cold plates and their lines.</summary>
    Plates,

    /// <summary>Flow that a pump speed gives.</summary>
    PumpCurve,

    /// <summary>How much flow and pressure tremble.</summary>
    Tremble,

    /// <summary>Temperature rise over the load.</summary>
    Rise,

    /// <summary>Primary flow that a valve position gives.</summary>
    ValveCurve,
}

/// <summary>What a cause does to a law.</summary>
internal enum Effect
{
    /// <summary>Nothing: the law holds.</summary>
    None,
    Up,
    Down,
    UpOrNone,
    DownOrNone,
    UpOrDown,
    Any,
}

/// <summary>A cause as the pattern of laws that it breaks; laws that it does not name must hold.</summary>
/// <param name="Owner">The law whose detector raises it.</param>
internal sealed record Cause(string Name, Law Owner, params (Law Law, Effect Effect)[] Effects)
{
    /// <summary>Patterns of one name stand together; of two that fit alike the first is told.</summary>
    public static IReadOnlyList<Cause> All { get; } =
    [
        new("fouling", Law.Exchanger, (Law.Exchanger, Effect.Down)),
        new("filter_clog", Law.Filter, (Law.Filter, Effect.Up), (Law.PumpCurve, Effect.DownOrNone)),
        new("plate_clog", Law.Plates, (Law.Plates, Effect.Up), (Law.PumpCurve, Effect.DownOrNone), (Law.Rise, Effect.UpOrNone)),
        new("pump_wear", Law.PumpCurve, (Law.PumpCurve, Effect.Down), (Law.Rise, Effect.UpOrNone)),
        new("air_in_loop", Law.Tremble, (Law.Tremble, Effect.Up), (Law.PumpCurve, Effect.DownOrNone), (Law.Filter, Effect.Any), (Law.Plates, Effect.Any), (Law.Rise, Effect.Any), (Law.Split, Effect.Any), (Law.Exchanger, Effect.Any)),
        new("frozen sensor", Law.Tremble, (Law.Tremble, Effect.Down), (Law.PumpCurve, Effect.Any), (Law.Filter, Effect.Any), (Law.Plates, Effect.Any), (Law.Rise, Effect.Any), (Law.Split, Effect.Any), (Law.Balance, Effect.Any), (Law.Exchanger, Effect.Any)),
        new("bypass", Law.Plates, (Law.Plates, Effect.Down), (Law.PumpCurve, Effect.UpOrNone), (Law.Rise, Effect.DownOrNone)),
        new("overflow", Law.Rise, (Law.Rise, Effect.Down)),
        new("low_flow", Law.Rise, (Law.Rise, Effect.Up)),
        new("flow_sensor_secondary", Law.Split, (Law.Split, Effect.Up), (Law.Filter, Effect.Up), (Law.Plates, Effect.Up), (Law.PumpCurve, Effect.Down), (Law.Balance, Effect.DownOrNone), (Law.Exchanger, Effect.Any)),
        new("flow_sensor_secondary", Law.Split, (Law.Split, Effect.Down), (Law.Filter, Effect.Down), (Law.Plates, Effect.Down), (Law.PumpCurve, Effect.Up), (Law.Balance, Effect.UpOrNone), (Law.Exchanger, Effect.Any)),
        new("flow_sensor_primary", Law.Split, (Law.Split, Effect.Down), (Law.ValveCurve, Effect.Down), (Law.Exchanger, Effect.Any)),
        new("flow_sensor_primary", Law.Split, (Law.Split, Effect.Up), (Law.ValveCurve, Effect.Up), (Law.Exchanger, Effect.Any)),
        new("temperature_sensor", Law.Split, (Law.Split, Effect.Up), (Law.Balance, Effect.DownOrNone), (Law.Rise, Effect.DownOrNone), (Law.Exchanger, Effect.Any)),
        new("temperature_sensor", Law.Split, (Law.Split, Effect.Down), (Law.Balance, Effect.UpOrNone), (Law.Rise, Effect.UpOrNone), (Law.Exchanger, Effect.Any)),
        new("temperature_sensor", Law.Split, (Law.Split, Effect.UpOrDown), (Law.Exchanger, Effect.Any)),
        new("it_power", Law.Balance, (Law.Balance, Effect.UpOrDown)),
        new("valve_curve", Law.ValveCurve, (Law.ValveCurve, Effect.UpOrDown)),
    ];

    public Effect On(Law law)
    {
        foreach (var (named, effect) in Effects)
        {
            if (named == law)
            {
                return effect;
            }
        }

        return Effect.None;
    }
}

/// <summary>Which cause the pattern of broken laws means.</summary>
/// <param name="Name">Null while no law is broken.</param>
/// <param name="Confidence">Of the cause, 0 to 1; low when several patterns fit or none does.</param>
/// <param name="IsClear">False while a law is between sound and broken and the choice hangs on it.</param>
internal readonly record struct Diagnosis(string? Name, Law Owner, double Confidence, bool IsClear)
{
    /// <summary>Below this share of its limit a law holds.</summary>
    public const double Sound = 0.45;

    /// <param name="z">Residual of every law in terms of its limit; NaN where it cannot be applied.</param>
    public static Diagnosis Of(ReadOnlySpan<double> z)
    {
        var worst = -1;
        for (var law = 0; law < z.Length; law++)
        {
            if (Math.Abs(z[law]) >= 1 && (worst < 0 || Math.Abs(z[law]) > Math.Abs(z[worst])))
            {
                worst = law;
            }
        }

        if (worst < 0)
        {
            return default;
        }

        Cause? best = null;
        double bestFit = 0, sum = 0;
        for (var i = 0; i < Cause.All.Count; i++)
        {
            // Several patterns may mean the same: the best of them counts, next to the best of every other name.
            var (cause, fit) = (Cause.All[i], Fit(Cause.All[i], z));
            while (i + 1 < Cause.All.Count && Cause.All[i + 1].Name == cause.Name)
            {
                i++;
                (cause, fit) = Fit(Cause.All[i], z) is var other && other > fit ? (Cause.All[i], other) : (cause, fit);
            }

            sum += fit;
            if (fit > bestFit)
            {
                (best, bestFit) = (cause, fit);
            }
        }

        if (best is null)
        {
            // No pattern fits yet; laws that come in later may make one.
            return new("unexplained", (Law)worst, 0.3, false);
        }

        var clear = true;
        foreach (var value in z)
        {
            clear &= !(Math.Abs(value) is > Sound and < 1);
        }

        // The owner is the law that is broken: a cause whose own law is silent is told by the loudest one.
        var owner = Math.Abs(z[(int)best.Owner]) >= 1 ? best.Owner : (Law)worst;
        return new(best.Name, owner, 0.95 * bestFit * bestFit / sum, clear);
    }

    /// <summary>1 when every law is as the cause would have it, 0 when one is not; between, what is not known or not clear takes something off.</summary>
    private static double Fit(Cause cause, ReadOnlySpan<double> z)
    {
        var fit = 1.0;
        for (var law = 0; law < z.Length; law++)
        {
            var value = z[law];
            var effect = cause.On((Law)law);
            if (double.IsNaN(value))
            {
                fit *= effect == Effect.Any ? 1 : (Law)law == cause.Owner ? 0 : 0.9;
                continue;
            }

            fit *= effect switch
            {
                Effect.Any => 0.95,
                Effect.None => Held(Math.Abs(value)),
                Effect.Up => Broken(value),
                Effect.Down => Broken(-value),
                Effect.UpOrDown => Broken(Math.Abs(value)),
                Effect.UpOrNone => value > 0 ? 0.97 : Held(-value),
                _ => value < 0 ? 0.97 : Held(value),
            };
        }

        return fit;
    }

    private static double Broken(double z) => z >= 1 ? 1 : z > Sound ? 0.6 : 0;

    private static double Held(double z) => z <= Sound ? 1 : z < 1 ? 0.6 : 0;
}
