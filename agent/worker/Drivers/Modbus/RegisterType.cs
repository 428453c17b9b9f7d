namespace EdgeDcim.Agent.Drivers.Modbus;

/// <summary>How the registers of a point are to be understood; profiles write it in lower case.</summary>
internal enum RegisterType
{
    U16,
    S16,
    U32,
    S32,
    U64,
    S64,
    F32,
    F64,

    /// <summary>Packed decimal digits.</summary>
    Bcd,

    /// <summary>Modulo 10 000: four decimal digits a register.</summary>
    Mod10k,

    /// <summary>The top bit is the sign, the others the magnitude.</summary>
    SignMagnitude,

    /// <summary>One coil or discrete input.</summary>
    Bool,

    /// <summary>Characters, two a register; for identities only.</summary>
    Text,
}
