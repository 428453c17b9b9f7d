using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using EdgeDcim.Simulator.Devices;

namespace EdgeDcim.Simulator.Demo;

/// <summary>Keeps three programs running together and tells how near their PUE is to the truth.</summary>
internal sealed class DemoRun(DemoSettings settings, TimeProvider time, TextWriter output, TextWriter complaints)
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private const int BeatsPerLine = 5;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly List<Child> _children = [];

    // With --once the one line of JSON has standard output for itself.
    private readonly TextWriter _told = settings.Once ? complaints : output;

    /// <summary>The answer is the exit code: 0 after Ctrl-C or a complete <c>--once</c>, 1 otherwise.</summary>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("edgedcim-demo-").FullName;
        var code = 1;
        try
        {
            code = await RunInAsync(folder, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await _told.WriteLineAsync("Stopping.");
            code = 0;
        }
        catch (Exception e) when (e is IOException or System.ComponentModel.Win32Exception or TimeoutException)
        {
            await complaints.WriteLineAsync($"The demo could not go on: {e.Message}");
        }
        finally
        {
            foreach (var child in Enumerable.Reverse(_children))
            {
                await child.DisposeAsync();
            }

            _http.Dispose();
        }

        if (code == 0)
        {
            Directory.Delete(folder, recursive: true);
        }
        else
        {
            await complaints.WriteLineAsync($"Logs and configuration are kept in {folder}.");
        }

        return code;
    }

    private async Task<int> RunInAsync(string folder, CancellationToken cancel)
    {
        var (broker, page) = (DemoSettings.AnyFreePort(), settings.FreePagePort());
        string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        var portsFile = Path.Combine(folder, "ports.json");
        Start(folder, "simulator", Environment.ProcessPath!, "--ports-file", portsFile, "--write-config", folder, "--broker-port", Text($"{broker}"), "--page-port", Text($"{page}"), "--seed", Text($"{settings.Seed}"), "--start-hour", Text($"{settings.StartHour}"), "--speed", Text($"{settings.Speed}"));
        if (!await UntilAsync(() => File.Exists(portsFile), TimeSpan.FromSeconds(30), cancel))
        {
            return await TellAsync("The simulator did not begin to listen within 30 s.");
        }

        using var ports = JsonDocument.Parse(await File.ReadAllTextAsync(portsFile, cancel));
        var truth = ports.RootElement.GetProperty("truth").GetString()!;
        Start(folder, "collector", settings.Collector, "run", "-c", Path.Combine(folder, "collector.yaml"));
        Start(folder, "agent", settings.Agent, "run", "-c", Path.Combine(folder, "agent.yaml"));

        var address = new Uri(Text($"http://127.0.0.1:{page}/"));
        await _told.WriteLineAsync($"Page   {address}");
        await _told.WriteLineAsync($"Truth  {truth}");
        await _told.WriteLineAsync($"Broker mqtt://127.0.0.1:{broker} (Sparkplug B: spBv1.0/demo/#)");
        var expected = HallDevices.Build();
        var view = new CollectorView(_http, address);
        var started = time.GetTimestamp();
        for (var beat = 1; ; beat++)
        {
            await Task.Delay(Beat, time, cancel);
            if (_children.Find(child => child.Exited) is { } dead)
            {
                return await TellAsync(dead.Obituary());
            }

            var (line, missing, json) = await LookAsync(view, new(truth), expected, cancel);
            if (settings.Once && missing.Count == 0)
            {
                await output.WriteLineAsync(json);
                return 0;
            }

            if (settings.Once && time.GetElapsedTime(started) > settings.Timeout)
            {
                return await TellAsync($"Not complete after {settings.Timeout.TotalSeconds:F0} s. Missing: {string.Join("; ", missing)}.{Environment.NewLine}{string.Join(Environment.NewLine, _children.Select(c => c.LastLines()))}");
            }

            if (beat % BeatsPerLine == 0)
            {
                await _told.WriteLineAsync(missing.Count == 0 ? line : $"{line}  (waiting for {string.Join("; ", missing.Select(Short))})");
            }
        }
    }

    private async Task<(string Line, List<string> Missing, string Json)> LookAsync(CollectorView view, Uri truth, IReadOnlyList<SimulatedDevice> expected, CancellationToken cancel)
    {
        KpiView pue, wue;
        Dictionary<string, string> devices;
        try
        {
            (pue, wue, devices) = (await view.NowAsync("pue", cancel), await view.NowAsync("wue", cancel), await view.DevicesAsync(cancel));
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            return ("PUE -", [$"the collector's answer ({e.Message})"], "");
        }

        var online = expected.Where(d => devices.GetValueOrDefault(d.Id) == "online").ToList();
        var missing = new List<string>();
        if (!pue.IsComplete)
        {
            missing.Add($"PUE ({pue.Reason ?? $"coverage {pue.Coverage:P0}"})");
        }

        if (!wue.IsComplete)
        {
            missing.Add($"WUE ({wue.Reason ?? $"coverage {wue.Coverage:P0}"})");
        }

        if (online.Count < expected.Count)
        {
            missing.Add($"devices ({string.Join(", ", expected.Except(online).Select(d => $"{d.Id} {devices.GetValueOrDefault(d.Id, "unknown")}"))})");
        }

        var truePue = await TruthAsync(truth, pue.AtMs, "pue", cancel);
        var trueWue = await TruthAsync(truth, wue.AtMs, "wue", cancel);
        static string Figure(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
        var line = $"PUE {Figure(pue.Value, "F4")} (true {Figure(truePue, "F4")})   WUE {Figure(wue.Value, "F3")} L/kWh (true {Figure(trueWue, "F3")})   devices {online.Count}/{expected.Count}";
        var json = JsonSerializer.Serialize(new
        {
            pue = pue.Value,
            true_pue = truePue,
            wue = wue.Value,
            true_wue = trueWue,
            devices = online.Count,
            protocols = online.Select(d => d.Mib is null ? "modbus" : "snmp").Distinct().Order().ToArray(),
        });
        return (line, missing, json);
    }

    private async Task<double?> TruthAsync(Uri truth, long atMs, string name, CancellationToken cancel)
    {
        if (atMs == 0)
        {
            return null;
        }

        try
        {
            var answer = await _http.GetFromJsonAsync<JsonElement>(new Uri(string.Create(CultureInfo.InvariantCulture, $"{truth}?atMs={atMs}")), cancel);
            return answer.GetProperty(name).GetDouble();
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static string Short(string text) => text.Length <= 90 ? text : text[..87] + "...";

    private void Start(string folder, string name, string program, params string[] arguments) =>
        _children.Add(new(name, program, arguments, folder, time));

    private async Task<bool> UntilAsync(Func<bool> condition, TimeSpan limit, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        while (!condition())
        {
            if (time.GetElapsedTime(started) > limit || _children.Exists(child => child.Exited))
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancel);
        }

        return true;
    }

    private async Task<int> TellAsync(string problem)
    {
        await complaints.WriteLineAsync(problem);
        return 1;
    }
}
