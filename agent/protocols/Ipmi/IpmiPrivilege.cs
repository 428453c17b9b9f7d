namespace EdgeDcim.Protocols.Ipmi;

/// <summary>The most that a session may do. A user reads everything and switches nothing, so the controller itself refuses the rest.</summary>
public enum IpmiPrivilege
{
    User = 2,

    /// <summary>For controllers that keep power readings from users.</summary>
    Operator = 3,

    /// <inheritdoc cref="Operator"/>
    Administrator = 4,
}
