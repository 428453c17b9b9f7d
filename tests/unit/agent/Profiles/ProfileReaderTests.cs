using EdgeDcim.Agent.Drivers.Modbus;
using EdgeDcim.Agent.Drivers.Snmp;
using EdgeDcim.Agent.Profiles;

namespace EdgeDcim.Agent.Tests.Profiles;

public sealed class ProfileReaderTests
{
    [Theory]
    [InlineData("{ metric: power.activ, address: 1 }", "did you mean 'power.active'?")]
    [InlineData("{ metric: power.active, adress: 1 }", ".address' is missing")]
    [InlineData("{ metric: power.active, address: 1, typ: f32 }", "did you mean 'type'?")]
    [InlineData("{ metric: power.active, address: 1, type: f33 }", "did you mean 'f32'?")]
    [InlineData("{ metric: power.active, address: 65535, type: f32 }", "beyond the last address")]
    [InlineData("{ metric: power.active, address: 1, scale: 0 }", "write a number or a fraction")]
    [InlineData("{ metric: power.active, address: 1, states: { 1: on } }", "is no state but a gauge")]
    [InlineData("{ metric: ups.mode, address: 1 }", "write 'states'")]
    [InlineData("{ metric: ups.mode, address: 1, states: { 1: onlin } }", "did you mean 'online'?")]
    [InlineData("{ metric: power.active, address: 1, rollover: 10 }", "is a gauge")]
    [InlineData("{ metric: power.active, address: 1, type: text, length: 4 }", "for 'identity' only")]
    [InlineData("{ metric: power.active, address: 1, part: \"{index}\" }", "needs 'instances")]
    [InlineData("{ metric: power.active, address: 1, type: f32, bit: 3 }", "whole numbers")]
    [InlineData("{ metric: power.active, address: 1, function: coil, type: u16 }", "do not go together")]
    public void Read_wrongModbusPoint_isToldWhatIsWrong(string point, string expected)
    {
        ProfileText.TryRead("modbus", $"points:\n  - {point}", out var problems);

        Assert.Contains(problems, problem => problem.Line == 9 && problem.Message.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{ metric: load }", "neither 'oid' (one object) nor 'column'")]
    [InlineData("{ metric: load, oid: 1.3.x }", "write an OID in numbers")]
    [InlineData("{ metric: load, column: 1.3.6.1 }", "tell them apart by a part")]
    [InlineData("{ metric: load, column: 1.3.6.1, part: \"{label}\" }", "needs 'label_from'")]
    [InlineData("{ metric: load, oid: 1.3.6.1.0, rows: \"*.1\" }", "belong to a 'column'")]
    [InlineData("{ metric: load, column: 1.3.6.1, part: \"{index}\", rows: \"*.x\" }", "write the arcs")]
    [InlineData("{ metric: load, column: 1.3.6.1, part: \"{index}\", where: { column: 1.3.6.2 } }", "'is' or what it is 'not'")]
    public void Read_wrongSnmpPoint_isToldWhatIsWrong(string point, string expected)
    {
        ProfileText.TryRead("snmp", $"points:\n  - {point}", out var problems);

        Assert.Contains(problems, problem => problem.Line == 9 && problem.Message.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_sameSeriesTwice_isAProblem()
    {
        ProfileText.TryRead("modbus", "points:\n  - { metric: current, part: L1, address: 1 }\n  - { metric: current, part: L1, address: 2 }", out var problems);

        Assert.Contains("stands twice", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_baseOne_takesOneOffEveryAddress()
    {
        var profile = (ModbusProfile)ProfileText.Read("modbus", "modbus: { base: one, forbidden: [12-14] }\npoints:\n  - { metric: current, address: 3000 }");

        Assert.Equal(2999, profile.Registers[0].Slot.Address);
        Assert.Equal((11, 13), profile.Limits.Forbidden[0]);
        Assert.Equal("holding/2999", profile.Registers[0].Slot.Source);
    }

    [Fact]
    public void Read_instances_repeatThePointByItsStride()
    {
        var profile = (ModbusProfile)ProfileText.Read(
            "modbus", "points:\n  - { metric: pump.speed, part: \"{index}\", address: 10, type: f32, instances: { count: 3, stride: 12 } }");

        Assert.Equal([("1", 10), ("2", 22), ("3", 34)], profile.Registers.Select(point => (point.Part!, point.Slot.Address)));
    }

    [Fact]
    public void Read_base_isInheritedAndOverriddenByPoint()
    {
        var inherited = ProfileText.Read("snmp", "identify: { sys_object_id: 1.3.6.1.4.1.9 }\npoints:\n  - { metric: load, oid: 1.3.6.1.1.0 }\n  - { metric: frequency, oid: 1.3.6.1.2.0 }");
        var profile = (SnmpProfile)ProfileText.Read("snmp", "base: y\npoints:\n  - { metric: load, oid: 1.3.6.1.9.0 }", inherited);

        Assert.Equal(["1.3.6.1.2.0", "1.3.6.1.9.0"], profile.Objects.Select(point => point.Value.Oid.ToString()));
        Assert.Same(((SnmpProfile)inherited).Fingerprint, profile.Fingerprint);
        Assert.NotEqual(inherited.Header.Fingerprint, profile.Header.Fingerprint);
    }

    [Theory]
    [InlineData(3000, 0)]
    [InlineData(3255, 25.5)]
    public void Apply_offset_isAddedBeforeScaling(double raw, double expected) =>
        Assert.Equal(expected, new Conversion { Offset = -3000, Scale = 0.1 }.Apply(raw), 9);

    [Fact]
    public void Apply_sentinels_areNotNumbers()
    {
        var conversion = new Conversion { Missing = [65535, -1], MissingBelow = -100, Scale = 0.1 };

        Assert.All([65535, -1, -101, double.NaN, double.PositiveInfinity], raw => Assert.True(double.IsNaN(conversion.Apply(raw))));
        Assert.Equal(-10, conversion.Apply(-100), 9);
    }
}
