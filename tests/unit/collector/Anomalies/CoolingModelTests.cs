using EdgeDcim.Collector.Anomalies;
using EdgeDcim.Collector.Anomalies.Model;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Core.Configuration;
using EdgeDcim.Core.Telemetry;
using Xunit;

namespace EdgeDcim.Collector.Tests.Anomalies;

public sealed class CoolingModelTests
{
    private const string Meters = """
        site: s
        meters:
          - { id: utility, role: total, power: main/power.active, energy: main/energy.active.import }
          - { id: it, role: it, under: utility, power: pdu/power.active, energy: pdu/energy.active.import }

        """;

    [Fact]
    public void The_facility_file_names_loops_and_machines()
    {
        var problems = new ConfigProblems();
        var plan = FacilityConfig.Parse("facility.yaml", Meters + """
            cooling:
              loops:
                - { id: fws, coolant: water, volume: 4m3 }
                - { id: tcs, coolant: pg25, volume: 180L, racks: [r1, r2], heat: [pdu/power.active], liquid_share: 80, limit: 45 }
              units:
                - { id: cdu-1, kind: cdu, primary: fws, secondary: tcs, rated: 600kW, reservoir: 60L }
            """, problems);
        Assert.Empty(problems.Sorted);
        var signals = new SignalTable();
        signals.Announce("cdu-1", "cdu", [new("cdu-1", "flow", "secondary"), new("cdu-1", "temperature.supply", "primary")]);
        signals.Announce("pdu", "pdu", [new("pdu", "power.active", null)]);
        var model = CoolingModel.Build(plan!.Cooling, signals);
        var unit = Assert.Single(model.Units);
        Assert.Equal(180, unit.Secondary.Config.VolumeL);
        Assert.Equal(4000, unit.Primary.Config.VolumeL);
        Assert.Equal(0.8, unit.Secondary.Config.LiquidShare);
        Assert.Single(unit.Secondary.Heat);
        Assert.Equal(600_000, unit.Config.RatedW);
        Assert.NotNull(unit.SecondarySide.Flow);
        Assert.NotNull(unit.PrimarySide.Supply);
        Assert.Null(unit.PrimarySide.Flow);
    }

    [Fact]
    public void Without_a_plan_machines_follow_from_the_kinds_of_the_devices()
    {
        var signals = new SignalTable();
        signals.Announce("tank", "immersion", [new("tank", "temperature.fluid", "tank")]);
        signals.Announce("pdu", "pdu", [new("pdu", "power.active", null)]);
        var unit = Assert.Single(CoolingModel.Build(null, signals).Units);
        Assert.Equal((Fluid.Hydrocarbon, Fluid.Water), (unit.Secondary.Coolant.Fluid, unit.Primary.Coolant.Fluid));
    }

    [Theory]
    [InlineData("loops: [{ id: a, volume: 12 }]", "'volume' is '12'; write a volume with its unit")]
    [InlineData("loops: [{ id: a, coolant: milk }]", "milk")]
    [InlineData("loops: [{ id: fws }], units: [{ id: c, kind: cdu, primary: fw }]", "is not under 'loops'")]
    [InlineData("units: [{ id: c, kind: fridge }]", "write one of: cdu, immersion")]
    [InlineData("units: [{ id: c, kind: cdu }, { id: d, kind: cdu, device: c }]", "a device is one machine")]
    [InlineData("loops: [{ id: fws }], units: [{ id: fws, kind: cdu }]", "is taken on line")]
    [InlineData("lops: []", "lops")]
    public void What_is_wrong_is_said_with_its_place(string cooling, string expected)
    {
        var problems = new ConfigProblems();
        FacilityConfig.Parse("facility.yaml", Meters + $"cooling: {{ {cooling} }}", problems);
        var problem = Assert.Single(problems.Sorted).ToString();
        Assert.Contains("facility.yaml:5:", problem, StringComparison.Ordinal);
        Assert.Contains(expected, problem, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(Fluid.Water, 20, 0.0696)]
    [InlineData(Fluid.Water, 40, 0.0691)]
    [InlineData(Fluid.Pg25, 40, 0.0682)]
    public void One_litre_a_minute_and_kelvin_carries_what_the_tables_say(Enum fluid, double celsius, double kilowatts)
    {
        var heat = new Coolant((Fluid)fluid).Heat(1, celsius, celsius + 1) / 1000;
        Assert.Equal(kilowatts, heat, kilowatts * 0.015);
    }

    [Fact]
    public void Water_is_known_within_a_tenth_of_a_percent()
    {
        Assert.Equal(998.2, Coolant.Water.Density(20), 0.1);
        Assert.Equal(988.0, Coolant.Water.Density(50), 0.2);
        Assert.Equal(4182, Coolant.Water.SpecificHeat(20), 1.0);
        Assert.Equal(2.07e-4, Coolant.Water.Expansion(20), 1e-5);
    }

    [Fact]
    public void A_given_density_and_heat_hold_at_forty_degrees()
    {
        var given = new Coolant(Fluid.Hydrocarbon, 820, 2200);
        Assert.Equal((820, 2200), (given.Density(40), given.SpecificHeat(40)));
        Assert.Equal(0.01, given.Uncertainty);
        Assert.True(given.Density(60) < 820);
    }

    [Fact]
    public void The_uncertainty_of_heat_grows_as_the_difference_shrinks()
    {
        var near = Coolant.Water.HeatUncertainty(100, 20, 21, 0.02, 0.2) / Coolant.Water.Heat(100, 20, 21);
        var far = Coolant.Water.HeatUncertainty(100, 20, 30, 0.02, 0.2) / Coolant.Water.Heat(100, 20, 30);
        Assert.Equal(0.284, near, 0.002);
        Assert.Equal(0.036, far, 0.002);
    }
}
