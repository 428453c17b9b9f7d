using EdgeDcim.Simulator.Snmp;

namespace EdgeDcim.Simulator.Devices;

/// <summary>Objects of the room: the gateway of the room units, the probe with the rack inlets, and the leak cables under the coolant distribution units.</summary>
internal static class AirMibs
{
    /// <summary>STULZ-WIB8000-MIB: a row is bus, unit, module; temperatures in tenths.</summary>
    public static Mib StulzWib8000()
    {
        const string Root = "1.3.6.1.4.1.29462.10.2.1.";
        var mib = new Mib();
        mib.System("WIB 8000", "1.3.6.1.4.1.29462.10", "crac");
        for (var i = 0; i < 2; i++)
        {
            var unit = i;
            void Put(string column, Func<Physics.CracState, double> value, double factor = 1) =>
                mib.Number($"{Root}{column}.1.{unit + 1}.1", s => value(s.Air.Cracs[unit]), factor);
            Put("1.1.1.1.1.1.1.1192", c => c.Return, 10);
            Put("1.1.1.1.1.1.1.1193", c => c.Supply, 10);
            Put("1.1.1.1.1.1.1.1175", _ => Physics.AirSide.SupplyCelsius, 10);
            Put("1.1.1.1.2.1.1.1171", c => c.Humidity, 10);
            Put("1.1.1.1.2.1.1.1178", _ => 45, 10);
            Put("1.1.2.4.1.1.6932", c => c.FanPercent);
            Put("1.1.2.4.1.1.6902", _ => 1);
            Put("1.1.2.1.2.2.1.1.5214", c => c.CoolingPercent);
            Put("4.1.1.1.1013", _ => 1);
            Put("1.1.2.3.1.1.6802", c => c.Drying ? 1 : 0);
            Put("1.1.2.3.1.1.6402", c => c.Humidifying ? 1 : 0);
            Put("4.2.1.1.8", _ => 0);
            Put("4.1.1.1.10", _ => 0);
        }

        return mib;
    }

    /// <summary>SPAGENT-MIB: three temperature ports in tenths of a degree Celsius, one at each rack's inlet.</summary>
    public static Mib AkcpSensorProbe()
    {
        const string Root = "1.3.6.1.4.1.3854.1.";
        var mib = new Mib();
        mib.System("sensorProbe8 v 2.0", "1.3.6.1.4.1.3854.1", "inlets");
        mib.Constant(Root + "1.2.0", 2);
        for (var i = 0; i < 3; i++)
        {
            var rack = i;
            mib.Constant($"{Root}2.2.1.16.1.5.{i + 1}", 1);
            mib.Constant($"{Root}2.2.1.16.1.12.{i + 1}", 1);
            mib.Number($"{Root}2.2.1.16.1.14.{i + 1}", s => s.Air.RackInlet[rack], 10);
        }

        return mib;
    }

    /// <summary>HWg-WLD-MIB: a zone of leak cable in the drip tray of each coolant distribution unit; 0 dry, 1 flooded.</summary>
    public static Mib HwgWld()
    {
        const string Root = "1.3.6.1.4.1.21796.4.5.";
        var mib = new Mib();
        mib.System("HWg-WLD", "1.3.6.1.4.1.21796.4.5", "leaks");
        for (var i = 0; i < 2; i++)
        {
            var unit = i;
            mib.Number($"{Root}4.1.6.{unit + 1}", s => s.Cdus[unit].TrayWet ? 1 : 0);
        }

        return mib;
    }
}
