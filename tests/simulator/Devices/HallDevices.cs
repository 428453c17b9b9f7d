using EdgeDcim.Simulator.Modbus;
using EdgeDcim.Simulator.Snmp;

namespace EdgeDcim.Simulator.Devices;

/// <summary>One simulated device: what the agent calls it and how it is reached.</summary>
/// <param name="Kind">Overrides the profile's kind; null leaves it.</param>
internal sealed record SimulatedDevice(string Id, string Profile, string? Kind = null)
{
    /// <summary>Registers of a Modbus device.</summary>
    public ModbusMap? Map { get; init; }

    /// <summary>Objects of an SNMP device.</summary>
    public Mib? Mib { get; init; }

    /// <summary>Unit id behind the gateway; 1 for the device with a port of its own.</summary>
    public byte Unit { get; set; } = 1;

    /// <summary>True for the utility meter, which has its own Ethernet port.</summary>
    public bool OwnPort { get; init; }
}

/// <summary>The list of all devices in the hall: the one place where a device is added.</summary>
internal static class HallDevices
{
    public const string Community = "public";

    public static IReadOnlyList<SimulatedDevice> Build()
    {
        var devices = new List<SimulatedDevice>
        {
            new("main", "janitza-umg96rm", "utility") { Map = Meters.JanitzaUmg96Rm(s => s.Main), OwnPort = true },
            new("ups-a", "rfc1628") { Mib = UpsMibs.Rfc1628("ups-a") },
            new("ups-b", "eaton-xups") { Mib = UpsMibs.EatonXups("ups-b") },
        };
        foreach (var number in new[] { "1", "2", "3" })
        {
            devices.Add(new($"pdu-a{number}", "apc-rpdu2") { Mib = PduMibs.ApcRpdu2($"pdu-a{number}") });
        }

        foreach (var number in new[] { "1", "2", "3" })
        {
            devices.Add(new($"pdu-b{number}", "raritan-px") { Mib = PduMibs.RaritanPx($"pdu-b{number}") });
        }

        devices.AddRange(
        [
            new("cdu-1", "supermicro-cdu") { Map = CoolingMaps.SupermicroCdu(0) },
            new("cdu-2", "supermicro-cdu") { Map = CoolingMaps.SupermicroCdu(1) },
            new("tank-1", "fx5u-immersion") { Map = CoolingMaps.Fx5uImmersion() },
            new("m-tank-it", "carlo-gavazzi-em24") { Map = Meters.CarloGavazziEm24(s => s.TankIt) },
            new("m-tank", "carlo-gavazzi-em24") { Map = Meters.CarloGavazziEm24(s => s.Tank) },
            new("m-cdu", "siemens-pac3200") { Map = Meters.SiemensPac3200(s => s.CduPumps) },
            new("chiller", "liebert-hpc") { Map = CoolingMaps.LiebertHpc() },
            new("m-chiller", "eastron-sdm630") { Map = Meters.EastronSdm630(s => s.Chiller) },
            new("heat-1", "kamstrup-multical") { Map = Meters.KamstrupMultical(s => (s.Plant.Flow, s.Plant.Supply, s.Plant.Return)) },
            new("water-1", "siemens-mag6000") { Map = Meters.SiemensMag6000() },
            new("m-lights", "schneider-iem3000", "lighting") { Map = Meters.SchneiderIem3000(s => s.Lights) },
            new("heat-cdu-1", "kamstrup-multical") { Map = Meters.KamstrupMultical(s => (s.Cdus[0].PrimaryFlow, s.Cdus[0].PrimarySupply, s.Cdus[0].PrimaryReturn)) },
            new("heat-cdu-2", "kamstrup-multical") { Map = Meters.KamstrupMultical(s => (s.Cdus[1].PrimaryFlow, s.Cdus[1].PrimarySupply, s.Cdus[1].PrimaryReturn)) },
            new("crac", "stulz-wib8000") { Mib = AirMibs.StulzWib8000() },
            new("inlets", "akcp-sensorprobe") { Mib = AirMibs.AkcpSensorProbe() },
            new("leaks", "hwg-wld") { Mib = AirMibs.HwgWld() },
        ]);

        byte unit = 0;
        foreach (var device in devices.Where(d => d.Map is not null && !d.OwnPort))
        {
            device.Unit = ++unit;
        }

        return devices;
    }
}
