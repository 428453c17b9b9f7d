using EdgeDcim.Protocols.Snmp;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Snmp;

/// <summary>The client against net-snmp's agent, value by value what net-snmp's own tools print from the same agent.</summary>
public sealed class SnmpReadScenarios
{
    private const string Configuration =
        """
        sysLocation hall 1, row B
        sysContact noc@example.org
        sysServices 72
        override 1.3.6.1.4.1.99999.1.1.0 integer -2147483648
        override 1.3.6.1.4.1.99999.1.2.0 uinteger 4294967295
        override 1.3.6.1.4.1.99999.1.3.0 counter 4294967295
        override 1.3.6.1.4.1.99999.1.4.0 counter64 18446744073709551615
        override 1.3.6.1.4.1.99999.1.5.0 octet_str "23.5"
        override 1.3.6.1.4.1.99999.1.6.0 object_id 1.3.6.1.4.1.318
        override 1.3.6.1.4.1.99999.1.7.0 integer -1
        override 1.3.6.1.4.1.99999.1.8.0 octet_str "a string that is longer than one hundred and twenty-seven octets, so that its length needs the long form of BER and the answer too, as it happens"
        """;

    private static readonly Oid SystemGroup = Oid.Parse("1.3.6.1.2.1.1");
    private static readonly Oid UpTimes = Oid.Parse("1.3.6.1.2.1.1.3");
    private static readonly Oid Overrides = Oid.Parse("1.3.6.1.4.1.99999");
    private static readonly Oid Missing = Oid.Parse("1.3.6.1.4.1.99999.9.9.0");

    [Theory]
    [InlineData(SnmpVersion.V1, "-v1")]
    [InlineData(SnmpVersion.V2c, "-v2c")]
    public async Task Values_of_snmpd_are_what_snmpget_and_snmpwalk_print(SnmpVersion version, string option)
    {
        using var folder = new ScratchFolder();
        var (snmpd, endPoint) = await SnmpPeers.SnmpdAsync(folder, Configuration, null, Cancel);
        await using var running = snmpd;
        await using var transport = new SnmpTransport(TimeProvider.System);
        var client = new SnmpClient(transport, new SnmpTarget(endPoint, version, "probe"));

        foreach (var root in (Oid[])[SystemGroup, Overrides])
        {
            var printed = await SnmpPeers.PrintedAsync("snmpwalk", [option, "-c", "probe", endPoint.ToString(), root.ToString()], Cancel);
            var walked = await client.WalkAsync(root, Cancel);
            Assert.NotEmpty(printed);
            Assert.Equal(Steady(printed), Steady(walked.Select(SnmpPeers.Printed)));

            var oids = walked.Select(row => row.Oid).ToArray();
            var got = await client.GetAsync(oids, Cancel);
            Assert.Equal(Steady(printed), Steady(got.Select(SnmpPeers.Printed)));
        }

        var some = await client.GetAsync([SystemGroup.Append(4, 0), Missing, SystemGroup.Append(6, 0)], Cancel);
        Assert.Equal("noc@example.org", some[0].Value.AsText());
        Assert.False(some[1].Value.HasValue);
        Assert.Equal("hall 1, row B", some[2].Value.AsText());
    }

    [Theory]
    [InlineData("apc_ap8959eu3")]
    [InlineData("eatonpdu_2")]
    [InlineData("raritan-pdu_px2")]
    [InlineData("poweralert_ups")]
    [InlineData("generex-ups_cs141")]
    [InlineData("janitza_generic")]
    [InlineData("pcoweb-rittalchiller")]
    [InlineData("stulz_wib8000")]
    public async Task Values_of_a_recorded_device_are_what_snmpbulkwalk_and_snmpget_print(string recording)
    {
        using var folder = new ScratchFolder();
        var (simulator, endPoint) = await SnmpPeers.SnmpSimAsync(folder, [recording], Cancel);
        await using var running = simulator;
        await using var transport = new SnmpTransport(TimeProvider.System);
        var client = new SnmpClient(transport, new SnmpTarget(endPoint, SnmpVersion.V2c, recording) { Timeout = TimeSpan.FromSeconds(5) });

        var printed = await SnmpPeers.PrintedAsync("snmpbulkwalk", ["-v2c", "-c", recording, endPoint.ToString(), "1.3.6.1"], Cancel);
        var walked = await client.WalkAsync(Oid.Parse("1.3.6.1"), Cancel);
        Assert.True(printed.Count > 40, $"snmpbulkwalk printed only {printed.Count} lines");
        Assert.Equal(printed, walked.Select(SnmpPeers.Printed));

        Oid[] oids = [.. walked.Where((_, i) => i % (1 + (walked.Count / 20)) == 0).Select(row => row.Oid), Missing];
        var gotPrinted = await SnmpPeers.PrintedAsync("snmpget", ["-v2c", "-c", recording, endPoint.ToString(), .. oids.Select(oid => oid.ToString())], Cancel);
        var got = await client.GetAsync(oids, Cancel);
        Assert.Equal(gotPrinted, got.Select(SnmpPeers.Printed));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Without what changes from one second to the next.</summary>
    private static IEnumerable<(string Oid, string Value)> Steady(IEnumerable<(string Oid, string Value)> values) =>
        values.Where(value => !Oid.Parse(value.Oid).StartsWith(UpTimes));
}
