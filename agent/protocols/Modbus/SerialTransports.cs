using System.Collections.Concurrent;

namespace EdgeDcim.Protocols.Modbus;

/// <summary>Chooses how this operating system's serial ports are driven, and sees that a port has one owner in this process.</summary>
internal static class SerialTransports
{
    private static readonly ConcurrentDictionary<string, bool> Owned = new(StringComparer.Ordinal);

    public static LineTransport Create(ModbusSerialOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        options.Validate();
        return OperatingSystem.IsLinux() ? new LinuxSerialTransport(options, time) : new SerialPortTransport(options);
    }

    /// <exception cref="IOException">Another client of this process has the port.</exception>
    public static string Claim(string port)
    {
        // The same adapter has several names; what they point to has one.
        var device = Path.IsPathRooted(port) && File.ResolveLinkTarget(port, returnFinalTarget: true) is { } target ? target.FullName : port;
        return Owned.TryAdd(device, true) ? device : throw new IOException($"{device} is used by another client; all units of a line share one");
    }

    public static void Release(string? device)
    {
        if (device is not null)
        {
            Owned.TryRemove(device, out _);
        }
    }
}
