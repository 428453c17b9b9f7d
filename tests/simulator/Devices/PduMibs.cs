using EdgeDcim.Simulator.Physics;
using EdgeDcim.Simulator.Snmp;

namespace EdgeDcim.Simulator.Devices;

/// <summary>Objects of the two rack PDU families.</summary>
internal static class PduMibs
{
    /// <summary>APC rPDU2 (PowerNet 318.1.1.26): 0.01 kW, 0.01 kVA, 0.1 kWh, 0.1 A, whole volts, hundredths of power factor.</summary>
    public static Mib ApcRpdu2(string id)
    {
        const string Root = "1.3.6.1.4.1.318.1.1.26.";
        Electric E(HallState s) => s.Pdu[id];
        var mib = new Mib();
        mib.System("APC Web/SNMP Management Card (MB:v4.1.0 PF:v7.0.6 PN:apc_hw05_aos_706.bin AF1:v7.0.6 AN1:apc_hw05_rpdu2g_706.bin MN:AP8886 HR:02)", "1.3.6.1.4.1.318.1.3.4.6", id);
        mib.Constant(Root + "1.0", 1);
        mib.Constant(Root + "2.1.1.1", 1);
        mib.Constant(Root + "2.1.2.1", 1);
        mib.Text(Root + "2.1.3.1", id);
        mib.Text(Root + "2.1.4.1", "hall 1");
        mib.Text(Root + "2.1.5.1", "02");
        mib.Text(Root + "2.1.6.1", "7.0.6");
        mib.Text(Root + "2.1.8.1", "AP8886");
        mib.Text(Root + "2.1.9.1", $"5A1904E0{id[^1]}715");
        mib.Constant(Root + "3.0", 1);
        mib.Constant(Root + "4.3.1.1.1", 1);
        mib.Constant(Root + "4.3.1.2.1", 1);
        mib.Text(Root + "4.3.1.3.1", id);
        mib.Constant(Root + "4.3.1.4.1", 2);
        mib.Number(Root + "4.3.1.5.1", s => E(s).ActiveW, 0.1);
        mib.Number(Root + "4.3.1.6.1", s => E(s).ActiveW * 1.06, 0.1);
        mib.Number(Root + "4.3.1.9.1", s => E(s).ImportKwh, 10);
        mib.Constant(Root + "4.3.1.11.1", 2);
        mib.Constant(Root + "4.3.1.12.1", 1);
        mib.Constant(Root + "4.3.1.13.1", 1);
        mib.Constant(Root + "4.3.1.14.1", 1);
        mib.Number(Root + "4.3.1.16.1", s => E(s).ApparentVa, 0.1);
        mib.Number(Root + "4.3.1.17.1", s => E(s).PowerFactor, 100);
        mib.Constant(Root + "4.3.1.18.1", 1);
        mib.Constant(Root + "5.0", 3);
        for (var i = 0; i < 3; i++)
        {
            var line = i;
            var row = i + 1;
            mib.Constant(Root + $"6.3.1.1.{row}", row);
            mib.Constant(Root + $"6.3.1.2.{row}", 1);
            mib.Constant(Root + $"6.3.1.3.{row}", row);
            mib.Constant(Root + $"6.3.1.4.{row}", 2);
            mib.Number(Root + $"6.3.1.5.{row}", s => E(s).Amps(line), 10);
            mib.Number(Root + $"6.3.1.6.{row}", s => E(s).Volts[line]);
            mib.Number(Root + $"6.3.1.7.{row}", s => E(s).Watts[line], 0.1);
            mib.Number(Root + $"6.3.1.8.{row}", s => E(s).LineVa(line), 0.1);
            mib.Number(Root + $"6.3.1.9.{row}", s => E(s).LineFactor(line), 100);
            mib.Number(Root + $"6.3.1.10.{row}", s => E(s).Amps(line) * 1.06, 10);
        }

        return mib;
    }

    /// <summary>Raritan PX3 (PDU2-MIB 13742.6): each sensor says in a column of its own how many decimal digits its integer has.</summary>
    public static Mib RaritanPx(string id)
    {
        const string Root = "1.3.6.1.4.1.13742.6.";
        Electric E(HallState s) => s.Pdu[id];
        var mib = new Mib();
        mib.System("PX3 030614", "1.3.6.1.4.1.13742.6", id);
        mib.Constant(Root + "3.1.0", 1);
        mib.Text(Root + "3.2.1.1.2.1", "Raritan");
        mib.Text(Root + "3.2.1.1.3.1", "PX3-5905R");
        mib.Text(Root + "3.2.1.1.4.1", $"QLE790{id[^1]}042");
        mib.Text(Root + "3.2.3.1.6.1.1.1", "3.6.14.5-46983");
        mib.Text(Root + "3.3.3.1.2.1.1", "I1");

        // Sensor types of the MIB: 1 current, 4 voltage (of a pole to the next line, 25 to neutral), 5 active power, 6 apparent power, 7 power factor, 8 energy (Wh), 23 frequency.
        Sensor(mib, "4", "3", "1.1", 1, 2, 3, s => (E(s).Amps(0) + E(s).Amps(1) + E(s).Amps(2)) / 3);
        Sensor(mib, "4", "3", "1.1", 4, 1, 0, s => E(s).MeanVolts);
        Sensor(mib, "4", "3", "1.1", 5, 3, 0, s => E(s).ActiveW);
        Sensor(mib, "4", "3", "1.1", 6, 4, 0, s => E(s).ApparentVa);
        Sensor(mib, "4", "3", "1.1", 7, -1, 2, s => E(s).PowerFactor);
        Sensor(mib, "4", "3", "1.1", 8, 5, 0, s => E(s).ImportKwh * 1000);
        Sensor(mib, "4", "3", "1.1", 23, 8, 1, s => E(s).Hertz);
        for (var i = 0; i < 3; i++)
        {
            var line = i;
            Sensor(mib, "6", "4", $"1.1.{i + 1}", 1, 2, 3, s => E(s).Amps(line));
            Sensor(mib, "6", "4", $"1.1.{i + 1}", 4, 1, 0, s => E(s).LineToLine(line));
            Sensor(mib, "6", "4", $"1.1.{i + 1}", 25, 1, 0, s => E(s).Volts[line]);
            Sensor(mib, "6", "4", $"1.1.{i + 1}", 5, 3, 0, s => E(s).Watts[line]);
            Sensor(mib, "6", "4", $"1.1.{i + 1}", 6, 4, 0, s => E(s).LineVa(line));
            Sensor(mib, "6", "4", $"1.1.{i + 1}", 7, -1, 2, s => E(s).LineFactor(line));
        }

        return mib;
    }

    // Configuration (3.3.<config>.1): 4 logging, 6 units, 7 decimal digits. Measurement (5.2.<measure>.1): 2 available, 3 state (4 = normal), 4 value.
    private static void Sensor(Mib mib, string config, string measure, string index, int type, int units, int digits, Func<HallState, double> value)
    {
        const string Root = "1.3.6.1.4.1.13742.6.";
        mib.Constant(Root + $"3.3.{config}.1.4.{index}.{type}", 1);
        mib.Constant(Root + $"3.3.{config}.1.6.{index}.{type}", units);
        mib.Constant(Root + $"3.3.{config}.1.7.{index}.{type}", digits, Mib.Gauge32);
        mib.Constant(Root + $"5.2.{measure}.1.2.{index}.{type}", 1);
        mib.Constant(Root + $"5.2.{measure}.1.3.{index}.{type}", 4);
        mib.Number(Root + $"5.2.{measure}.1.4.{index}.{type}", value, Math.Pow(10, digits), Mib.Gauge32);
    }
}
