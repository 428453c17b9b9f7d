using EdgeDcim.Collector.Cli;

return await CommandLine.RunAsync(args);
