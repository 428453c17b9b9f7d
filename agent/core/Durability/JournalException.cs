namespace EdgeDcim.Core.Durability;

public enum JournalFault
{
    /// <summary>
    /// The file was found damaged while open. It has been set aside and a new one begun, under a new stream id: what was not committed
    /// can be appended again at once.
    /// </summary>
    Damaged,

    /// <summary>The disk is full or refuses to be written. Nothing of the group was kept; try again later.</summary>
    Unavailable,

    /// <summary>Another process has the journal open.</summary>
    InUse,

    /// <summary>A bound on the number of series is reached.</summary>
    TooManySeries,
}

/// <summary>The journal could not do what was asked; <see cref="Fault"/> tells what the caller can do about it.</summary>
public sealed class JournalException(JournalFault fault, string message, Exception? cause = null) : Exception(message, cause)
{
    public JournalFault Fault => fault;
}
