using EdgeDcim.Agent.Configuration;

namespace EdgeDcim.Agent.Drivers;

/// <summary>The shared path to one endpoint (serial port, socket, session). Owned by its lane, which disposes it.</summary>
internal interface ILink : IAsyncDisposable
{
    /// <summary>A reader of one device behind this link. Drivers hold no resource of their own.</summary>
    IDeviceDriver CreateDriver(DeviceConfig device);
}
