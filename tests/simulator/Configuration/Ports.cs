using System.Text.Json;

namespace EdgeDcim.Simulator.Configuration;

/// <summary>Where everything listens: written as JSON for scripts, and into the configuration of the agent.</summary>
/// <param name="Main">TCP port of the utility meter.</param>
/// <param name="Hall">TCP port of the Modbus gateway.</param>
/// <param name="Snmp">UDP port of each SNMP device.</param>
internal sealed record Ports(int Main, int Hall, IReadOnlyDictionary<string, int> Snmp, int Http)
{
    private static readonly JsonSerializerOptions Pretty = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string ToJson() => JsonSerializer.Serialize(new { modbus = new { main = Main, hall = Hall }, snmp = Snmp, http = Http, truth = $"http://127.0.0.1:{Http}/truth" }, Pretty);
}
