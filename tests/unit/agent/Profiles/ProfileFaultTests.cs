namespace EdgeDcim.Agent.Tests.Profiles;

/// <summary>Every feature of the format, written wrongly: the fault is named, with its line and column. A ^ marks where it must be said to be.</summary>
public sealed class ProfileFaultTests
{
    [Theory]
    [InlineData("oid: ^1.3.x", "write an OID in numbers")]
    [InlineData("oid: 1.3.6.1.0, digits: ^1.x", "write an OID in numbers")]
    [InlineData("oid: 1.3.6.1.0, scale: ^1/0", "a number or a fraction")]
    [InlineData("oid: 1.3.6.1.0, offset: ^x", "write a number")]
    [InlineData("oid: 1.3.6.1.0, absolute: ^perhaps", "true or false")]
    [InlineData("oid: 1.3.6.1.0, every: ^often", "write one of: fast, normal, slow")]
    [InlineData("oid: 1.3.6.1.0, number: ^trailing", "write one of: whole, leading")]
    [InlineData("oid: 1.3.6.1.0, bit: ^64", "between 0 and 62")]
    [InlineData("oid: 1.3.6.1.0, character: ^0", "between 1 and")]
    [InlineData("oid: 1.3.6.1.0, missing_below: ^x", "write a number")]
    [InlineData("oid: 1.3.6.1.0, states: ^{ 1: on }", "is no state but a gauge")]
    [InlineData("oid: 1.3.6.1.0, rollover: ^5", "is a gauge")]
    [InlineData("oid: 1.3.6.1.0, scale_from: { oid: 1.3.6.2.0, as: ^factr }", "did you mean 'factor'")]
    [InlineData("oid: 1.3.6.1.0, scale_from: ^{ as: factor }", "either 'oid' or 'column'")]
    [InlineData("oid: 1.3.6.1.0, scale_from: { oid: 1.3.6.2.0, values: { 1: ^x } }", "a raw number and the factor")]
    [InlineData("oid: 1.3.6.1.0, available: ^{ oid: 1.3.6.2.0 }", "'is' or what it is 'not'")]
    [InlineData("oid: 1.3.6.1.0, where: { column: ^1.3.6.2, is: [1] }", "one object has no row")]
    [InlineData("oid: 1.3.6.1.0, part: ^\"{index}\"", "nothing that '{index}' could stand for")]
    [InlineData("column: 1.3.6.1, part: ^\"{name}\"", "'{name}' is no placeholder here")]
    [InlineData("column: 1.3.6.1, part: ^\"{label}\"", "needs 'label_from'")]
    [InlineData("column: 1.3.6.1, part: ^\"{part}\"", "needs 'parts'")]
    [InlineData("column: 1.3.6.1, part: ^\"{2}\", rows: \"1-3\"", "the rows have 1 arcs")]
    [InlineData("column: 1.3.6.1, part: \"{1}\", rows: ^9-2", "write the arcs")]
    [InlineData("column: 1.3.6.1, parts: { 1: L1, x: ^L2 }", "is no index of a row")]
    [InlineData("^column: 1.3.6.1", "tell them apart by a part", true)]
    [InlineData("first_of: [ { oid: 1.3.6.1.0, ^scael: 1 } ]", "the key 'points[0].first_of[0].scael' is not known")]
    [InlineData("first_of: [ { oid: 1.3.6.1.0 } ], decide: ^[ { oid: 1.3.6.1.0 } ]", "either 'first_of' or 'decide'")]
    public void Read_wrongSnmpPoint_isFoundInItsPlace(string point, string expected, bool atPoint = false) =>
        AssertFault("snmp", $"points:\n  - {(atPoint ? "^" : "")}{{ metric: load, {(atPoint ? point.Replace("^", "", StringComparison.Ordinal) : point)} }}\n", expected);

    [Theory]
    [InlineData("address: ^70000", "between 0 and 65535")]
    [InlineData("address: 1, type: ^f33", "did you mean 'f32'")]
    [InlineData("address: 1, bits: ^3-1", "write lowest-highest")]
    [InlineData("address: 1, bit: ^16", "between 0 and 15")]
    [InlineData("address: 1, function: ^colis", "write holding, input, coil or discrete")]
    [InlineData("address: 1, word_order: ^middle", "write one of: big, little")]
    [InlineData("address: 1, byte_order: ^middle", "write one of: big, little")]
    [InlineData("address: 1, scale_from: { address: 2, as: ^expo }", "write one of")]
    [InlineData("address: 1, part: ^\"{index}\"", "needs 'instances")]
    [InlineData("address: 1, part: ^\"{2}\"", "'{2}' is no placeholder here")]
    [InlineData("address: 1, part: \"{index}\", instances: { count: ^0, stride: 2 }", "between 1 and 1000")]
    [InlineData("address: 1, type: bcd, length: ^9", "between 1 and 4")]
    public void Read_wrongModbusPoint_isFoundInItsPlace(string point, string expected) =>
        AssertFault("modbus", $"points:\n  - {{ metric: load, {point} }}\n", expected);

    [Theory]
    [InlineData("snmp", "timeout: ^2", "a duration with its unit")]
    [InlineData("snmp", "identify: { sys_object_id: 1.3.6, oid: ^x }", "write an OID in numbers")]
    [InlineData("snmp", "identify: { sys_object_id: 1.3.6, ^holds: x }", "the key 'identify.holds' is not known")]
    [InlineData("snmp", "identify: { sys_descr: x, subtree: ^1.a }", "write an OID in numbers")]
    [InlineData("snmp", "identify: { row: ^{ column: 1.3.6.1 } }", "what one of its rows 'is'")]
    [InlineData("snmp", "identity: { ^colour: 1.3.6.1.0 }", "the key 'identity.colour' is not known")]
    [InlineData("snmp", "snmp: { max_variables: ^0 }", "between 1 and 100")]
    [InlineData("modbus", "modbus: { base: ^two }", "write one of: zero, one")]
    [InlineData("modbus", "modbus: { gap: ^-1 }", "between 0 and 124")]
    [InlineData("modbus", "modbus: { forbidden: [^63-40] }", "an address or first-last")]
    [InlineData("modbus", "modbus: { max_registers: ^900 }", "between 1 and 125")]
    [InlineData("modbus", "modbus: { quiet: ^x }", "a duration with its unit")]
    [InlineData("modbus", "modbus: { in_flight: ^0 }", "between 1 and 32")]
    [InlineData("modbus", "identify: { address: 1, between: ^[5, 3] }", "the lowest and the highest raw value")]
    [InlineData("modbus", "identify: ^{ address: 1, type: text, length: 4 }", "a text register is identified by 'contains'")]
    [InlineData("modbus", "identity: { serial: { address: 1, type: ^f99 } }", "write one of")]
    public void Read_wrongHeader_isFoundInItsPlace(string protocol, string header, string expected) =>
        AssertFault(protocol, $"{header}\npoints:\n  - {{ metric: load, {(protocol == "snmp" ? "oid: 1.3.6.1.0" : "address: 1")} }}\n", expected);

    [Theory]
    [InlineData("redfish", "get: /Chassis/*/Thermal, at: ^Temperatures", "at")]
    [InlineData("redfish", "get: ^Chassis, at: /Reading", "get")]
    [InlineData("redfish", "get: /Chassis/*/Thermal, at: /Reading, part: ^\"{name}\"", "'{name}' is no placeholder here")]
    [InlineData("redfish", "get: /Chassis/*/Thermal, at: /Reading, where: { at: ReadingType, ^iz: x }", "is not known")]
    [InlineData("ipmi", "sensor: \"P*\", part: ^\"{index}\"", "'{index}' is no placeholder here")]
    [InlineData("ipmi", "sensor_type: ^temprature", "temprature")]
    [InlineData("ipmi", "dcmi: ^powr", "powr")]
    [InlineData("ipmi", "sensor: x, reading: ^none", "none")]
    [InlineData("local", "i2c: ^sht9x, channel: temperature", "sht9x")]
    [InlineData("local", "gpio: ^-1", "-1")]
    [InlineData("local", "hwmon: coretemp, file: temp*_input, part: ^\"{index}\"", "'{index}' is no placeholder here")]
    public void Read_wrongPointOfOtherProtocols_isFoundInItsPlace(string protocol, string point, string expected) =>
        AssertFault(protocol, $"points:\n  - {{ metric: {(protocol == "local" && point.StartsWith("gpio", StringComparison.Ordinal) ? "contact" : "temperature.component")}, {point} }}\n", expected);

    private static void AssertFault(string protocol, string marked, string expected)
    {
        const int HeaderLines = 7;
        var before = marked[..marked.IndexOf('^', StringComparison.Ordinal)];
        var line = HeaderLines + before.Count(letter => letter == '\n') + 1;
        var column = before.Length - before.LastIndexOf('\n');

        var profile = ProfileText.TryRead(protocol, marked.Replace("^", "", StringComparison.Ordinal), out var problems);

        Assert.Null(profile);
        Assert.True(
            problems.Any(problem => (problem.Line, problem.Column) == (line, column) && problem.Message.Contains(expected, StringComparison.Ordinal)),
            $"'{expected}' was expected at {line}:{column}, but: {string.Join(" | ", problems)}");
    }
}
