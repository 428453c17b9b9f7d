using EdgeDcim.Agent.Cli;

var time = TimeProvider.System;
return await CommandLine.RunAsync(
    args,
    [
        RunCommand.Create(time),
        TailCommand.Create(time),
        ReadCommand.Create(time),
        DiscoverCommand.Create(time),
        RecordCommand.Create(time),
        CheckCommand.Create(time),
        ProfilesCommand.Create(time),
    ],
    Console.Out,
    Console.Error);
