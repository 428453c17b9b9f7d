using EdgeDcim.Simulator.Physics;
using EdgeDcim.Simulator.Snmp;

namespace EdgeDcim.Simulator.Devices;

/// <summary>Objects of the two UPS families, with the coarse units that their cards have: whole volts and watts, tenths of amps and hertz.</summary>
internal static class UpsMibs
{
    /// <summary>UPS-MIB of RFC 1628. It has no word for ECO: a unit whose static switch carries the load answers bypass (4).</summary>
    public static Mib Rfc1628(string id)
    {
        const string Root = "1.3.6.1.2.1.33.1.";
        var mib = new Mib();
        mib.System("Online UPS 250 kVA, network card 2.4", "1.3.6.1.2.1.33", id);
        mib.Text(Root + "1.1.0", "Northwind Power");
        mib.Text(Root + "1.2.0", "NW-250");
        mib.Text(Root + "1.3.0", "1.18");
        mib.Text(Root + "1.4.0", "2.4");
        mib.Text(Root + "1.5.0", id);
        mib.Constant(Root + "2.1.0", 2);
        mib.Number(Root + "2.2.0", s => s.Ups[id].OnBatteryS);
        mib.Number(Root + "2.3.0", s => s.Ups[id].RuntimeS / 60);
        mib.Number(Root + "2.4.0", s => s.Ups[id].ChargePercent);
        mib.Number(Root + "2.5.0", s => s.Ups[id].BatteryVolts, 10);
        mib.Number(Root + "2.6.0", s => s.Ups[id].BatteryAmps, 10);
        mib.Number(Root + "2.7.0", s => s.Ups[id].BatteryCelsius);
        mib.Constant(Root + "3.1.0", 3, Mib.Counter32);
        mib.Constant(Root + "3.2.0", 3);
        mib.Number(Root + "4.1.0", s => s.Ups[id].Mode switch { UpsMode.DoubleConversion => 3, UpsMode.Battery => 5, _ => 4 });
        mib.Number(Root + "4.2.0", s => s.Ups[id].Output.Hertz, 10);
        mib.Constant(Root + "4.3.0", 3);
        mib.Number(Root + "5.1.0", s => s.Main.Hertz, 10);
        mib.Constant(Root + "5.2.0", 3);
        for (var i = 0; i < 3; i++)
        {
            var line = i;
            mib.Number(Root + $"3.3.1.2.{i + 1}", s => s.Ups[id].Input.Hertz, 10);
            mib.Number(Root + $"3.3.1.3.{i + 1}", s => s.Ups[id].Input.Volts[line]);
            mib.Number(Root + $"3.3.1.4.{i + 1}", s => s.Ups[id].Input.Amps(line), 10);
            mib.Number(Root + $"3.3.1.5.{i + 1}", s => s.Ups[id].Input.Watts[line]);
            mib.Number(Root + $"4.4.1.2.{i + 1}", s => s.Ups[id].Output.Volts[line]);
            mib.Number(Root + $"4.4.1.3.{i + 1}", s => s.Ups[id].Output.Amps(line), 10);
            mib.Number(Root + $"4.4.1.4.{i + 1}", s => s.Ups[id].Output.Watts[line]);
            mib.Number(Root + $"4.4.1.5.{i + 1}", s => 300 * s.Ups[id].Output.Watts[line] / s.Ups[id].RatedW);
            mib.Number(Root + $"5.3.1.2.{i + 1}", s => s.Main.Volts[line]);
            mib.Constant(Root + $"5.3.1.3.{i + 1}", 0);
            mib.Constant(Root + $"5.3.1.4.{i + 1}", 0);
        }

        mib.Constant(Root + "6.1.0", 0, Mib.Gauge32);
        mib.Constant(Root + "9.1.0", 230);
        mib.Constant(Root + "9.2.0", 500);
        mib.Constant(Root + "9.3.0", 230);
        mib.Constant(Root + "9.4.0", 500);
        mib.Number(Root + "9.5.0", s => s.Ups[id].RatedW);
        mib.Number(Root + "9.6.0", s => s.Ups[id].RatedW);
        return mib;
    }

    /// <summary>Eaton/Powerware XUPS-MIB: whole volts, amps and watts; its output source knows high efficiency (10).</summary>
    public static Mib EatonXups(string id)
    {
        const string Root = "1.3.6.1.4.1.534.1.";
        var mib = new Mib();
        mib.System("Eaton Gigabit Network Card v3.1.7", "1.3.6.1.4.1.534.1", id);
        mib.Text(Root + "1.1.0", "EATON");
        mib.Text(Root + "1.2.0", "93PM 200 kVA");
        mib.Text(Root + "1.3.0", "INV: 2.60");
        mib.Number(Root + "2.1.0", s => s.Ups[id].RuntimeS);
        mib.Number(Root + "2.2.0", s => s.Ups[id].BatteryVolts);
        mib.Number(Root + "2.3.0", s => s.Ups[id].BatteryAmps);
        mib.Number(Root + "2.4.0", s => s.Ups[id].ChargePercent);
        mib.Number(Root + "2.5.0", s => s.Ups[id].Mode == UpsMode.Battery ? 2 : s.Ups[id].BatteryAmps > 0.5 ? 1 : 3);
        mib.Number(Root + "3.1.0", s => s.Ups[id].Input.Hertz, 10);
        mib.Constant(Root + "3.2.0", 2, Mib.Counter32);
        mib.Constant(Root + "3.3.0", 3);
        mib.Number(Root + "4.1.0", s => s.Ups[id].LoadPercent);
        mib.Number(Root + "4.2.0", s => s.Ups[id].Output.Hertz, 10);
        mib.Constant(Root + "4.3.0", 3);
        mib.Number(Root + "4.5.0", s => s.Ups[id].Mode switch { UpsMode.DoubleConversion => 3, UpsMode.Eco => 10, UpsMode.Battery => 5, _ => 4 });
        mib.Number(Root + "5.1.0", s => s.Main.Hertz, 10);
        mib.Constant(Root + "5.2.0", 3);
        for (var i = 0; i < 3; i++)
        {
            var line = i;
            mib.Constant(Root + $"3.4.1.1.{i + 1}", i + 1);
            mib.Number(Root + $"3.4.1.2.{i + 1}", s => s.Ups[id].Input.Volts[line]);
            mib.Number(Root + $"3.4.1.3.{i + 1}", s => s.Ups[id].Input.Amps(line));
            mib.Number(Root + $"3.4.1.4.{i + 1}", s => s.Ups[id].Input.Watts[line]);
            mib.Constant(Root + $"4.4.1.1.{i + 1}", i + 1);
            mib.Number(Root + $"4.4.1.2.{i + 1}", s => s.Ups[id].Output.Volts[line]);
            mib.Number(Root + $"4.4.1.3.{i + 1}", s => s.Ups[id].Output.Amps(line));
            mib.Number(Root + $"4.4.1.4.{i + 1}", s => s.Ups[id].Output.Watts[line]);
            mib.Constant(Root + $"5.3.1.1.{i + 1}", i + 1);
            mib.Number(Root + $"5.3.1.2.{i + 1}", s => s.Main.Volts[line]);
        }

        mib.Number(Root + "6.1.0", s => s.Ups[id].AmbientCelsius);
        mib.Constant(Root + "7.1.0", 0, Mib.Gauge32);
        mib.Constant(Root + "10.1.0", 230);
        mib.Constant(Root + "10.2.0", 230);
        mib.Number(Root + "10.3.0", s => s.Ups[id].RatedW);
        mib.Constant(Root + "10.4.0", 500);
        mib.Number(Root + "13.4.0", s => s.Ups[id].Mode == UpsMode.Eco ? 3 : 1);
        return mib;
    }
}
