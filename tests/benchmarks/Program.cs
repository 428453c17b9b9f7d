using EdgeDcim.Benchmarks.Alarms;
using EdgeDcim.Benchmarks.Anomalies;
using EdgeDcim.Benchmarks.Chain;
using EdgeDcim.Benchmarks.Delivery;
using EdgeDcim.Benchmarks.Faults;
using EdgeDcim.Benchmarks.Ingest;
using EdgeDcim.Benchmarks.Ipmi;
using EdgeDcim.Benchmarks.Memory;
using EdgeDcim.Benchmarks.Modbus;
using EdgeDcim.Benchmarks.Redfish;
using EdgeDcim.Benchmarks.Slow;
using EdgeDcim.Benchmarks.Snmp;

// One line an area: its name on the command line, and what it runs. The figures go into README.md.
var areas = new Dictionary<string, Func<string[], Task<int>>>
{
    ["anomalies"] = RecordingBenchmark.RunAsync,
    ["anomalies-cost"] = DetectorCostBenchmark.RunAsync,
    ["modbus"] = ModbusBenchmark.RunAsync,
    ["modbus-many"] = ModbusManyBenchmark.RunAsync,
    ["modbus-serial"] = ModbusSerialBenchmark.RunAsync,
    ["modbus-server"] = ModbusBenchmarkServer.RunAsync,
    ["redfish"] = RedfishBenchmark.RunAsync,
    ["redfish-server"] = RedfishBenchmarkServer.RunAsync,
    ["snmp"] = SnmpBenchmark.RunAsync,
    ["snmp-others"] = SnmpOthersBenchmark.RunAsync,
    ["snmp-server"] = SnmpBenchmarkServer.RunAsync,
    ["ipmi"] = IpmiBenchmark.RunAsync,
    ["ipmi-exporter"] = IpmiExporterBenchmark.RunAsync,
    ["ipmi-server"] = IpmiBenchmarkServer.RunAsync,
    ["slow"] = SlowBenchmark.RunAsync,
    ["slow-devices"] = SlowDevices.RunAsync,
    ["sparkplug"] = SparkplugBenchmark.RunAsync,
    ["journal"] = JournalBenchmark.RunAsync,
    ["ingest"] = IngestBenchmark.RunAsync,
    ["alarms"] = AlarmBenchmark.RunAsync,
    ["chain"] = ChainBenchmark.RunAsync,
    ["chain-fleet"] = FleetServer.RunAsync,
    ["outage"] = OutageBenchmark.RunAsync,
    ["memory"] = MemoryBenchmark.RunAsync,
    ["faults"] = FaultBenchmark.RunAsync,
};

if (args is [var name, .. var rest] && areas.TryGetValue(name, out var run))
{
    return await run(rest);
}

await Console.Error.WriteLineAsync($"Name an area: {string.Join(", ", areas.Keys)}.");
return 2;
