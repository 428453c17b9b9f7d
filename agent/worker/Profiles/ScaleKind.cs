namespace EdgeDcim.Agent.Profiles;

/// <summary>What a number that another register or column holds does to the scale of a point.</summary>
internal enum ScaleKind
{
    /// <summary>It multiplies.</summary>
    Factor,

    /// <summary>It divides.</summary>
    Divisor,

    /// <summary>It is the power of ten that multiplies (SunSpec scale factors).</summary>
    Exponent,

    /// <summary>It is the number of decimal digits: its power of ten divides.</summary>
    Digits,

    /// <summary>Above zero it multiplies, below zero its absolute value divides, zero changes nothing.</summary>
    Signed,
}
