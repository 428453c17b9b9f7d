using System.Globalization;
using System.Text;
using EdgeDcim.Simulator.Devices;

namespace EdgeDcim.Simulator.Configuration;

/// <summary>Writes agent.yaml, collector.yaml and facility.yaml for exactly this hall.</summary>
internal sealed record SiteFiles(string Folder, int BrokerPort, int PagePort)
{
    public void Write(IReadOnlyList<SimulatedDevice> devices, Ports ports)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "agent.yaml"), Agent(devices, ports));
        File.WriteAllText(Path.Combine(Folder, "collector.yaml"), Collector());
        File.WriteAllText(Path.Combine(Folder, "facility.yaml"), Facility);
    }

    private string Agent(IReadOnlyList<SimulatedDevice> devices, Ports ports)
    {
        var yaml = new StringBuilder();
        void Line(FormattableString line) => yaml.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($"# The simulated hall, as the agent sees it.");
        Line($"site: demo");
        Line($"agent: gateway-1");
        Line($"primary_host: edgedcim");
        Line($"broker: {{ url: mqtt://127.0.0.1:{BrokerPort} }}");
        Line($"poll: {{ fast: 2s, normal: 5s, slow: 15s }}");
        Line($"journal: {{ path: agent.journal.db, max: 64MB, keep: 1d }}");
        Line($"endpoints:");
        Line($"  hall-1: {{ protocol: modbus, at: \"modbus://127.0.0.1:{ports.Hall}\", timeout: 1s }}");
        Line($"devices:");
        foreach (var device in devices)
        {
            var kind = device.Kind is { } k ? $", kind: {k}" : "";
            if (device.Mib is not null)
            {
                Line($"  {device.Id}: {{ profile: {device.Profile}, at: \"snmp://127.0.0.1:{ports.Snmp[device.Id]}\", community: {HallDevices.Community}{kind} }}");
            }
            else if (device.OwnPort)
            {
                Line($"  {device.Id}: {{ profile: {device.Profile}, at: \"modbus://127.0.0.1:{ports.Main}\", unit: 1{kind} }}");
            }
            else
            {
                Line($"  {device.Id}: {{ profile: {device.Profile}, endpoint: hall-1, unit: {device.Unit}{kind} }}");
            }
        }

        return yaml.ToString();
    }

    private string Collector() => string.Create(CultureInfo.InvariantCulture, $"""
        # The collector of the simulated hall: its own broker, its own history, page on loopback.
        site: demo
        host_id: edgedcim
        listen: http://127.0.0.1:{PagePort}
        broker: {"{"} embedded: {"{"} listen: "127.0.0.1:{BrokerPort}" {"}"} {"}"}
        facility: facility.yaml
        data: ./data

        """);

    private const string Facility = """
        # What feeds what in the simulated hall, and what counts as IT.
        site: demo
        zone: Europe/Amsterdam
        meters:
          - { id: utility, role: total, power: main/power.active, energy: main/energy.active.import, accuracy: 0.5 }
          - { id: ups-a, role: power_chain, under: utility, input: [ups-a/power.active.input/L1, ups-a/power.active.input/L2, ups-a/power.active.input/L3], output: [ups-a/power.active.output/L1, ups-a/power.active.output/L2, ups-a/power.active.output/L3] }
          - { id: ups-b, role: power_chain, under: utility, input: [ups-b/power.active.input/L1, ups-b/power.active.input/L2, ups-b/power.active.input/L3], output: [ups-b/power.active.output/L1, ups-b/power.active.output/L2, ups-b/power.active.output/L3] }
          - { id: pdu-a1, role: it, under: ups-a, point: pdu_output, power: pdu-a1/power.active, energy: pdu-a1/energy.active.import, accuracy: 1 }
          - { id: pdu-a2, role: it, under: ups-a, point: pdu_output, power: pdu-a2/power.active, energy: pdu-a2/energy.active.import, accuracy: 1 }
          - { id: pdu-a3, role: it, under: ups-a, point: pdu_output, power: pdu-a3/power.active, energy: pdu-a3/energy.active.import, accuracy: 1 }
          - { id: pdu-b1, role: it, under: ups-b, point: pdu_output, power: pdu-b1/power.active, energy: pdu-b1/energy.active.import, accuracy: 1 }
          - { id: pdu-b2, role: it, under: ups-b, point: pdu_output, power: pdu-b2/power.active, energy: pdu-b2/energy.active.import, accuracy: 1 }
          - { id: pdu-b3, role: it, under: ups-b, point: pdu_output, power: pdu-b3/power.active, energy: pdu-b3/energy.active.import, accuracy: 1 }
          - { id: tank-it, role: it, under: ups-a, point: it_input, power: m-tank-it/power.active, energy: m-tank-it/energy.active.import, accuracy: 1 }
          - { id: tank-pumps, role: cooling, under: utility, power: m-tank/power.active, energy: m-tank/energy.active.import, accuracy: 1 }
          - { id: cdu-pumps, role: cooling, under: utility, power: m-cdu/power.active, energy: m-cdu/energy.active.import, accuracy: 1 }
          - { id: chiller, role: cooling, under: utility, power: m-chiller/power.active, energy: m-chiller/energy.active.import, accuracy: 1 }
          - { id: lights, role: lighting, under: utility, power: m-lights/power.active, energy: m-lights/energy.active.import, accuracy: 1 }
        cooling:
          loops:
            - { id: fws, coolant: water, volume: 2500L }
            - { id: tcs-1, coolant: pg25, density: 1030, specific_heat: 3974, volume: 261L, racks: [rack-1, rack-2], heat: [pdu-a1/power.active, pdu-b1/power.active, pdu-a2/power.active, pdu-b2/power.active], liquid_share: 60, limit: 45 }
            - { id: tcs-2, coolant: pg25, density: 1030, specific_heat: 3974, volume: 261L, racks: [rack-2, rack-3], heat: [pdu-a2/power.active, pdu-b2/power.active, pdu-a3/power.active, pdu-b3/power.active], liquid_share: 60, limit: 45 }
            - { id: oil, coolant: hydrocarbon, density: 820, specific_heat: 2200, volume: 900L, heat: [m-tank-it/power.active], limit: 55 }
          units:
            - { id: chiller, kind: chiller, secondary: fws }
            - { id: cdu-1, kind: cdu, primary: fws, secondary: tcs-1, reservoir: 30L, meter: heat-cdu-1 }
            - { id: cdu-2, kind: cdu, primary: fws, secondary: tcs-2, reservoir: 30L, meter: heat-cdu-2 }
            - { id: tank-1, kind: immersion, primary: fws, secondary: oil, reservoir: 900L }
        water:
          - { id: tower, volume: water-1/water.volume, flow: water-1/flow }

        """;
}
