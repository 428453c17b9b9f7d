using System.CommandLine;
using EdgeDcim.Simulator;
using EdgeDcim.Simulator.Demo;

var options = new SimulatorOptions();
var command = new RootCommand("A data hall with physics behind real Modbus TCP and SNMP, on loopback, that knows its true PUE.");
options.AddTo(command);
command.Subcommands.Add(DemoCommand.Create());
command.SetAction((parsed, cancel) => SimulatorHost.RunAsync(options.Read(parsed), TimeProvider.System, Console.Out, cancel));

// The demo stops its children one after the other before it may end itself.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(45) });
