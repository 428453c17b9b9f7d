using System.CommandLine;

namespace EdgeDcim.Simulator;

/// <summary>What a run of the simulator is asked for.</summary>
internal sealed record SimulatorSettings(
    int ModbusPort, int SnmpBasePort, int HttpPort, string? PortsFile, string? ConfigFolder, int BrokerPort, int PagePort, int Seed, double StartHour, int Speed);

/// <summary>The command line of the simulator.</summary>
internal sealed class SimulatorOptions
{
    private readonly Option<int> _modbus = Port("--modbus-port", "TCP port of the Modbus gateway; the utility meter takes the next one. 0 takes free ports.", 0);
    private readonly Option<int> _snmp = Port("--snmp-base-port", "UDP port of the first SNMP device, the others follow. 0 takes free ports.", 0);
    private readonly Option<int> _http = Port("--http-port", "TCP port of /truth and /control. 0 takes a free port.", 0);
    private readonly Option<string?> _portsFile = new("--ports-file") { Description = "Writes the ports as JSON into this file, once everything listens." };
    private readonly Option<string?> _config = new("--write-config") { Description = "Writes agent.yaml, collector.yaml and facility.yaml for this hall into this folder." };
    private readonly Option<int> _broker = Port("--broker-port", "MQTT port that the written configuration names.", 1883);
    private readonly Option<int> _page = Port("--page-port", "Port of the page that the written configuration names.", 8080);
    private readonly Option<int> _seed = Within(new("--seed") { Description = "The same seed gives the same hall.", DefaultValueFactory = _ => 1 }, 0, int.MaxValue);
    private readonly Option<double> _hour = new("--start-hour") { Description = "Hour of the hall's day at the start, 0 to 24.", DefaultValueFactory = _ => 10 };
    private readonly Option<int> _speed = Within(new("--speed") { Description = "How many times as fast as the clock the hall lives, 1 to 3600.", DefaultValueFactory = _ => 1 }, 1, 3600);

    public void AddTo(Command command)
    {
        _hour.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is < 0 or > 24)
            {
                result.AddError("--start-hour must be between 0 and 24.");
            }
        });
        foreach (var option in new Option[] { _modbus, _snmp, _http, _portsFile, _config, _broker, _page, _seed, _hour, _speed })
        {
            command.Options.Add(option);
        }
    }

    public SimulatorSettings Read(ParseResult parsed) => new(
        parsed.GetValue(_modbus), parsed.GetValue(_snmp), parsed.GetValue(_http), parsed.GetValue(_portsFile), parsed.GetValue(_config),
        parsed.GetValue(_broker), parsed.GetValue(_page), parsed.GetValue(_seed), parsed.GetValue(_hour), parsed.GetValue(_speed));

    private static Option<int> Port(string name, string description, int preset) =>
        Within(new(name) { Description = description, DefaultValueFactory = _ => preset }, 0, 65_535);

    private static Option<int> Within(Option<int> option, int least, int most)
    {
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < least || value > most))
            {
                result.AddError($"{option.Name} must be between {least} and {most}.");
            }
        });
        return option;
    }
}
