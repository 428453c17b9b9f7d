using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Anomalies.Model;
using EdgeDcim.Collector.Anomalies.Physical;
using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Collector.Tests.Anomalies.Physical;

public sealed class HeatMeterTests
{
    [Fact]
    public void Heat_meter_in_the_primary_branch_gives_the_primary_side_of_a_machine_without_instruments_there()
    {
        var signals = new SignalTable();
        signals.Announce("cdu-1", "cdu", [new Series("cdu-1", "temperature.supply", "secondary"), new Series("cdu-1", "temperature.return", "secondary"), new Series("cdu-1", "flow", "secondary")]);
        signals.Announce("heat-1", "heat_meter", [new Series("heat-1", "temperature.supply", null), new Series("heat-1", "temperature.return", null), new Series("heat-1", "flow", null)]);
        var plan = new CoolingConfig([], [new UnitConfig("cdu-1", "cdu", "cdu-1", null, null, null, null, null, "heat-1")]);
        var unit = CoolingModel.Build(plan, signals).Units.Single();

        Assert.Equal("heat-1", unit.PrimarySide.Flow?.Series.Device);
        Assert.Equal("cdu-1", unit.SecondarySide.Flow?.Series.Device);
        Assert.Contains(PhysicalDetectors.Create(CoolingModel.Build(plan, signals)), detector => detector.Name == "heat_split");
    }
}
