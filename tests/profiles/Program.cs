using EdgeDcim.Profiles.Tests;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// The tests, and what an author of profiles needs beside them.
return args switch
{
    ["replay", var file] => await Replay.RunAsync(file, Console.Out),
    ["coverage"] => await Coverage.ReportAsync(Console.Out),
    _ when args.Any(argument => argument is "--server" or "--internal-msbuild-node") => await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
    _ => await ConsoleRunner.Run(args),
};
