using EdgeDcim.Simulator.Modbus;
using EdgeDcim.Simulator.Physics;
using Meter = System.Func<EdgeDcim.Simulator.Physics.HallState, EdgeDcim.Simulator.Physics.Electric>;

namespace EdgeDcim.Simulator.Devices;

/// <summary>Register maps of the electricity meters, written from the makers' published lists (addresses as they travel, counted from zero).</summary>
internal static class Meters
{
    /// <summary>Janitza UMG 96RM: float32, high word first, from 19000. Energies in Wh.</summary>
    public static ModbusMap JanitzaUmg96Rm(Meter meter)
    {
        var map = new ModbusMap().Readable(Tables.Both, 19000, 122);
        for (var i = 0; i < 3; i++)
        {
            var line = i;
            map.Put(19000 + (2 * i), Encoding.Float32, s => meter(s).Volts[line]);
            map.Put(19006 + (2 * i), Encoding.Float32, s => meter(s).LineToLine(line));
            map.Put(19012 + (2 * i), Encoding.Float32, s => meter(s).Amps(line));
            map.Put(19020 + (2 * i), Encoding.Float32, s => meter(s).Watts[line]);
            map.Put(19028 + (2 * i), Encoding.Float32, s => meter(s).LineVa(line));
            map.Put(19036 + (2 * i), Encoding.Float32, s => meter(s).Vars[line]);
            map.Put(19044 + (2 * i), Encoding.Float32, s => meter(s).LineFactor(line));
            map.Put(19054 + (2 * i), Encoding.Float32, s => meter(s).LineKwh[line] * 1000);
            map.Put(19062 + (2 * i), Encoding.Float32, s => meter(s).LineKwh[line] * 1000);
            map.Put(19110 + (2 * i), Encoding.Float32, _ => HallTruth.VoltageThd(line));
            map.Put(19116 + (2 * i), Encoding.Float32, _ => HallTruth.CurrentThd(line));
        }

        map.Put(19018, Encoding.Float32, s => meter(s).Amps(0) + meter(s).Amps(1) + meter(s).Amps(2));
        map.Put(19026, Encoding.Float32, s => meter(s).ActiveW);
        map.Put(19034, Encoding.Float32, s => meter(s).ApparentVa);
        map.Put(19042, Encoding.Float32, s => meter(s).ReactiveVar);
        map.Put(19050, Encoding.Float32, s => meter(s).Hertz);
        map.Put(19060, Encoding.Float32, s => meter(s).ImportKwh * 1000);
        map.Put(19068, Encoding.Float32, s => meter(s).ImportKwh * 1000);
        return map;
    }

    /// <summary>Carlo Gavazzi EM24: int32, low word first; 0.1 V, 0.001 A, 0.1 W, 0.1 kWh.</summary>
    public static ModbusMap CarloGavazziEm24(Meter meter)
    {
        var map = new ModbusMap { MaxRegisters = 50 }.Readable(Tables.Both, 0, 0x60);
        for (var i = 0; i < 3; i++)
        {
            var line = i;
            map.Put(0x00 + (2 * i), Encoding.Int32LowWordFirst, s => meter(s).Volts[line] * 10);
            map.Put(0x06 + (2 * i), Encoding.Int32LowWordFirst, s => meter(s).LineToLine(line) * 10);
            map.Put(0x0C + (2 * i), Encoding.Int32LowWordFirst, s => meter(s).Amps(line) * 1000);
            map.Put(0x12 + (2 * i), Encoding.Int32LowWordFirst, s => meter(s).Watts[line] * 10);
            map.Put(0x32 + i, Encoding.Int16, s => meter(s).LineFactor(line) * 1000);
            map.Put(0x46 + (2 * i), Encoding.Int32LowWordFirst, s => meter(s).LineKwh[line] * 10);
        }

        map.Put(0x28, Encoding.Int32LowWordFirst, s => meter(s).ActiveW * 10);
        map.Put(0x2A, Encoding.Int32LowWordFirst, s => meter(s).ApparentVa * 10);
        map.Put(0x2C, Encoding.Int32LowWordFirst, s => meter(s).ReactiveVar * 10);
        map.Put(0x35, Encoding.Int16, s => meter(s).PowerFactor * 1000);
        map.Put(0x37, Encoding.Int16, s => meter(s).Hertz * 10);
        map.Put(0x3E, Encoding.Int32LowWordFirst, s => meter(s).ImportKwh * 10);
        map.Put(0x42, Encoding.Int32LowWordFirst, s => meter(s).ImportKwh * 10);
        return map;
    }

    /// <summary>Siemens SENTRON PAC3200: float32 high word first by printed offset; energies as float64 in Wh.</summary>
    public static ModbusMap SiemensPac3200(Meter meter)
    {
        var map = new ModbusMap().Readable(Tables.Both, 1, 72).Readable(Tables.Both, 801, 40);
        for (var i = 0; i < 3; i++)
        {
            var line = i;
            map.Put(1 + (2 * i), Encoding.Float32, s => meter(s).Volts[line]);
            map.Put(7 + (2 * i), Encoding.Float32, s => meter(s).LineToLine(line));
            map.Put(13 + (2 * i), Encoding.Float32, s => meter(s).Amps(line));
            map.Put(19 + (2 * i), Encoding.Float32, s => meter(s).LineVa(line));
            map.Put(25 + (2 * i), Encoding.Float32, s => meter(s).Watts[line]);
            map.Put(31 + (2 * i), Encoding.Float32, s => meter(s).Vars[line]);
            map.Put(37 + (2 * i), Encoding.Float32, s => meter(s).LineFactor(line));
        }

        map.Put(55, Encoding.Float32, s => meter(s).Hertz);
        map.Put(57, Encoding.Float32, s => meter(s).MeanVolts);
        map.Put(61, Encoding.Float32, s => (meter(s).Amps(0) + meter(s).Amps(1) + meter(s).Amps(2)) / 3);
        map.Put(63, Encoding.Float32, s => meter(s).ApparentVa);
        map.Put(65, Encoding.Float32, s => meter(s).ActiveW);
        map.Put(67, Encoding.Float32, s => meter(s).ReactiveVar);
        map.Put(69, Encoding.Float32, s => meter(s).PowerFactor);
        map.Put(71, Encoding.Float32, _ => 0);
        map.Put(801, Encoding.Float64, s => meter(s).ImportKwh * 1000);
        map.Put(817, Encoding.Float64, s => meter(s).ReactiveKvarh * 1000);
        map.Put(833, Encoding.Float64, s => meter(s).ImportKwh * 1000 / meter(s).PowerFactor);
        return map;
    }

    /// <summary>Eastron SDM630: input registers, float32, high word first; kWh.</summary>
    public static ModbusMap EastronSdm630(Meter meter)
    {
        var map = new ModbusMap { MaxRegisters = 80 }.Readable(Tables.Input, 0, 0x180);
        for (var i = 0; i < 3; i++)
        {
            var line = i;
            map.Put(0x00 + (2 * i), Encoding.Float32, s => meter(s).Volts[line]);
            map.Put(0x06 + (2 * i), Encoding.Float32, s => meter(s).Amps(line));
            map.Put(0x0C + (2 * i), Encoding.Float32, s => meter(s).Watts[line]);
            map.Put(0x12 + (2 * i), Encoding.Float32, s => meter(s).LineVa(line));
            map.Put(0x18 + (2 * i), Encoding.Float32, s => meter(s).Vars[line]);
            map.Put(0x1E + (2 * i), Encoding.Float32, s => meter(s).LineFactor(line));
            map.Put(0xC8 + (2 * i), Encoding.Float32, s => meter(s).LineToLine(line));
            map.Put(0x15A + (2 * i), Encoding.Float32, s => meter(s).LineKwh[line]);
        }

        map.Put(0x34, Encoding.Float32, s => meter(s).ActiveW);
        map.Put(0x38, Encoding.Float32, s => meter(s).ApparentVa);
        map.Put(0x3C, Encoding.Float32, s => meter(s).ReactiveVar);
        map.Put(0x3E, Encoding.Float32, s => meter(s).PowerFactor);
        map.Put(0x46, Encoding.Float32, s => meter(s).Hertz);
        map.Put(0x48, Encoding.Float32, s => meter(s).ImportKwh);
        map.Put(0x156, Encoding.Float32, s => meter(s).ImportKwh);
        return map;
    }

    /// <summary>Schneider iEM3000: float32 in kW, energies as int64 in Wh; documented numbers are one above these addresses.</summary>
    public static ModbusMap SchneiderIem3000(Meter meter)
    {
        var map = new ModbusMap().Readable(Tables.Holding, 2999, 112).Readable(Tables.Holding, 3203, 24);
        for (var i = 0; i < 3; i++)
        {
            var line = i;
            map.Put(2999 + (2 * i), Encoding.Float32, s => meter(s).Amps(line));
            map.Put(3019 + (2 * i), Encoding.Float32, s => meter(s).LineToLine(line));
            map.Put(3027 + (2 * i), Encoding.Float32, s => meter(s).Volts[line]);
            map.Put(3053 + (2 * i), Encoding.Float32, s => meter(s).Watts[line] / 1000);
        }

        map.Put(3009, Encoding.Float32, s => (meter(s).Amps(0) + meter(s).Amps(1) + meter(s).Amps(2)) / 3);
        map.Put(3025, Encoding.Float32, s => (meter(s).LineToLine(0) + meter(s).LineToLine(1) + meter(s).LineToLine(2)) / 3);
        map.Put(3035, Encoding.Float32, s => meter(s).MeanVolts);
        map.Put(3059, Encoding.Float32, s => meter(s).ActiveW / 1000);
        map.Put(3067, Encoding.Float32, s => meter(s).ReactiveVar / 1000);
        map.Put(3075, Encoding.Float32, s => meter(s).ApparentVa / 1000);
        map.Put(3083, Encoding.Float32, s => meter(s).PowerFactor);
        map.Put(3109, Encoding.Float32, s => meter(s).Hertz);
        map.Put(3203, Encoding.Int64, s => meter(s).ImportKwh * 1000);
        map.Put(3219, Encoding.Int64, s => meter(s).ReactiveKvarh * 1000);
        return map;
    }

    /// <summary>Kamstrup MULTICAL 403/603/803, default datagram: float32; l/h, kW and degC, the units a meter of this size is ordered with.</summary>
    /// <param name="branch">Flow in L/min and the two temperatures of the pipe that it sits in.</param>
    public static ModbusMap KamstrupMultical(Func<HallState, (double Flow, double Supply, double Return)> branch)
    {
        var map = new ModbusMap().Readable(Tables.Both, 0, 14);
        map.Put(0x00, Encoding.Float32, s => branch(s).Flow * 60);
        map.Put(0x04, Encoding.Float32, s => HallTruth.HeatOf(branch(s)) / 1000);
        map.Put(0x06, Encoding.Float32, s => branch(s).Supply);
        map.Put(0x08, Encoding.Float32, s => branch(s).Return);
        return map;
    }

    /// <summary>Siemens SITRANS MAG 6000: flow as float32 in m3/s, totals as float64 in m3; documented numbers are one above these addresses.</summary>
    public static ModbusMap SiemensMag6000()
    {
        var map = new ModbusMap().Readable(Tables.Holding, 601, 1).Readable(Tables.Holding, 3001, 26);
        map.Put(601, Encoding.UInt16, _ => 24);
        map.Put(3001, Encoding.Float32, s => s.Plant.MakeUpLitresPerHour / 1000 / 3600);
        map.Put(3013, Encoding.Float64, s => s.WaterM3);
        map.Put(3017, Encoding.Float64, s => s.WaterM3);
        map.Put(3021, Encoding.Float32, s => s.WaterM3);
        map.Put(3023, Encoding.Float32, s => s.WaterM3);
        return map;
    }
}
