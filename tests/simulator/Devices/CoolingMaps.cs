using EdgeDcim.Simulator.Modbus;

namespace EdgeDcim.Simulator.Devices;

/// <summary>Register maps of the cooling equipment, written from published lists.</summary>
internal static class CoolingMaps
{
    /// <summary>In-rack CDU with a list of 32 float32 from 5000, low word first: degC, kPa, L/min, %, uS/cm, kW, A.</summary>
    public static ModbusMap SupermicroCdu(int index)
    {
        var map = new ModbusMap().Readable(Tables.Holding, 5000, 64);
        void At(int place, Func<Physics.CduState, double> value) => map.Put(5000 + (2 * place), Encoding.Float32LowWordFirst, s => value(s.Cdus[index]));
        At(0, c => c.SecondarySupply);
        At(2, c => c.SecondaryReturn);
        At(5, c => c.SupplyKpa);
        At(7, c => c.ReturnKpa);
        At(9, c => c.FilterInKpa);
        At(10, c => c.FilterOutKpa);
        At(11, c => c.SecondaryFlow);
        At(12, c => c.RoomCelsius);
        At(13, c => c.RoomHumidity);
        At(14, c => c.RoomDewPoint);
        At(15, c => c.Ph);
        At(16, c => c.ConductivityUs);
        At(17, c => c.TurbidityNtu);
        At(18, c => c.ElectricW / 1000);
        At(19, c => c.AmpsMean);
        At(20, c => c.PumpSpeed[0]);
        At(21, c => c.PumpSpeed[1]);
        At(22, c => c.PumpSpeed[2]);
        At(23, c => c.HeatW / 1000);
        for (var fan = 0; fan < 8; fan++)
        {
            At(24 + fan, _ => 40);
        }

        return map;
    }

    /// <summary>Immersion unit with a Mitsubishi FX5U: one word a point, tenths and hundredths, set points as 3000 + tenths.</summary>
    public static ModbusMap Fx5uImmersion()
    {
        var map = new ModbusMap().Readable(Tables.Holding, 0, 700);
        void Tenths(int address, Func<Physics.TankState, double> value) => map.Put(address, Encoding.Int16, s => value(s.TankLoop) * 10);

        // kPa to hundredths of a bar: one to one.
        void HundredthsOfBar(int address, Func<Physics.TankState, double> value) => map.Put(address, Encoding.Int16, s => value(s.TankLoop));

        map.Put(0, Encoding.UInt16, _ => 1);

        // Alarm words: A001 and A002 pumps, A032 low level.
        map.Put(1, Encoding.UInt16, s => (s.TankLoop.PumpPercent[0] < 5 ? 1 : 0) + (s.TankLoop.PumpPercent[1] < 5 ? 2 : 0));
        map.Put(2, Encoding.UInt16, s => s.TankLoop.IsLow ? 0x8000 : 0);
        Tenths(61, t => t.PrimaryFlow);
        Tenths(62, t => t.FluidFlow / 2);
        Tenths(63, t => t.FluidFlow / 2);
        Tenths(64, t => t.FluidFlow);
        HundredthsOfBar(81, t => t.PrimaryInKpa);
        HundredthsOfBar(82, t => t.PrimaryFilterOutKpa);
        HundredthsOfBar(83, t => t.PrimaryOutKpa);
        // Inlet and outlet of the circulation pumps.
        HundredthsOfBar(84, t => t.SecondaryReturnKpa);
        HundredthsOfBar(85, t => t.SecondarySupplyKpa);
        Tenths(111, t => t.PrimarySupply);
        Tenths(112, t => t.PrimaryReturn);
        Tenths(113, t => t.FluidBottom);
        Tenths(114, t => t.FluidTop);
        map.Put(601, Encoding.Int16, s => 3000 + (s.TankLoop.SetCelsius * 10));
        map.Put(602, Encoding.Int16, s => 3000 + (s.TankLoop.SetFlow * 10));
        map.Put(606, Encoding.Int16, s => 3000 + s.TankLoop.FanPercent);
        map.Put(607, Encoding.Int16, s => 3000 + s.TankLoop.PumpPercent[0]);
        map.Put(608, Encoding.Int16, s => 3000 + s.TankLoop.PumpPercent[1]);
        return map;
    }

    /// <summary>Liebert HPC behind an IntelliSlot card, input registers: documented 3xxxx is one above the address; temperatures and pressures in tenths.</summary>
    public static ModbusMap LiebertHpc()
    {
        var map = new ModbusMap().Readable(Tables.Input, 384, 130);
        map.Put(395, Encoding.Int16, s => s.Plant.HeadKpa / 100 * 10);
        map.Put(468, Encoding.Int16, s => s.Plant.Return * 10);
        map.Put(482, Encoding.UInt16, _ => 1);
        map.Put(483, Encoding.UInt16, _ => 1);
        map.Put(485, Encoding.UInt16, _ => 0);
        map.Put(490, Encoding.Int16, s => s.Plant.Return * 10);
        map.Put(492, Encoding.Int16, s => s.Plant.Supply * 10);
        map.Put(494, Encoding.Int16, s => s.Plant.SetPoint * 10);
        map.Put(496, Encoding.Int16, s => s.Plant.CondenserIn * 10);
        map.Put(498, Encoding.Int16, s => s.Plant.CondenserOut * 10);
        map.Put(502, Encoding.Int16, s => s.Plant.FreeCoolingPercent);
        map.Put(504, Encoding.Int16, s => s.Plant.CompressorPercent);
        map.Put(505, Encoding.Int16, s => s.Weather.DryBulb * 10);
        map.Put(509, Encoding.Int16, _ => 1);
        map.Put(510, Encoding.Int16, _ => 1);
        return map;
    }
}
