using System.CommandLine;
using EdgeDcim.Simulator;

var options = new SimulatorOptions();
var command = new RootCommand("A data hall with physics behind real Modbus TCP and SNMP, on loopback, that knows its true PUE.");
options.AddTo(command);
command.SetAction((parsed, cancel) => SimulatorHost.RunAsync(options.Read(parsed), TimeProvider.System, Console.Out, cancel));
return await command.Parse(args).InvokeAsync();
