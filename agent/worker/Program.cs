using EdgeDcim.Agent.Cli;

var time = TimeProvider.System;
return await CommandLine.RunAsync(
    args,
    [
        ReadCommand.Create(time),
        CheckCommand.Create(time),
        ProfilesCommand.Create(time),
    ],
    Console.Out,
    Console.Error);
