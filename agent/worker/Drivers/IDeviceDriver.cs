using EdgeDcim.Agent.Profiles;

namespace EdgeDcim.Agent.Drivers;

/// <summary>Reads one device. Called by one lane at a time.</summary>
internal interface IDeviceDriver
{
    /// <summary>Who the device says it is. Fields are null until the first read told them.</summary>
    DeviceIdentity Identity { get; }

    /// <summary>
    /// Reads the points of one poll group. A point that the device marks as not available comes with NaN once it was seen; a point that the device
    /// does not have is absent. The list belongs to the driver and is valid until the next call.
    /// </summary>
    /// <exception cref="DeviceFault">The device gave nothing or only a part of it; the part is in the exception.</exception>
    ValueTask<IReadOnlyList<Sample>> ReadAsync(PollGroup group, CancellationToken cancel);

    /// <summary>Takes what changed since the last call and is worth one log line each: a point set aside, a point back, rows come or gone.</summary>
    IReadOnlyList<string> TakeNotes();
}
