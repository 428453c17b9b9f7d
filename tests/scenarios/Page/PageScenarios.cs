using System.Net.Http.Json;
using System.Text.Json;
using EdgeDcim.Scenarios.Chain;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Page;

/// <summary>The page of a real collector in a real browser, while the hall behind it changes and while the agent dies.</summary>
public sealed class PageScenarios
{
    private static readonly string Look = Path.Combine(Repository.Root, "tests", "dashboard", "look.mjs");

    [Fact]
    public async Task The_page_follows_the_load_of_the_hall_and_marks_what_is_stale_when_the_agent_stops()
    {
        var cancel = TestContext.Current.CancellationToken;
        Peers.Require("chromium");
        Assert.SkipUnless(OtherProcess.IsInstalled("node"), "node is not installed");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(Repository.Root, "collector", "dashboard", "node_modules", "playwright-core"))
                && Directory.Exists(Path.Combine(Repository.Root, "collector", "dashboard", "dist")),
            "the page is not built: run npm ci and npm run build in collector/dashboard");

        await using var site = await Site.StartAsync(cancel);
        await Eventually.TrueAsync(
            async () => (await site.ApiAsync("/api/v1/kpi", cancel)).EnumerateArray().Any(IsLivePue), "a live PUE", TimeSpan.FromSeconds(60), cancel);

        await using (var look = StartLook(site, "pue=1.05..2", "change"))
        {
            await Eventually.TrueAsync(() => Task.FromResult(look.Output.Contains("ready", StringComparison.Ordinal) || look.HasExited), "the page is open", TimeSpan.FromSeconds(60), cancel);
            await ControlAsync(site, new { loadFactor = 0.5 }, cancel);
            await look.WaitForExitAsync(cancel);
            Assert.True(look.ExitCode == 0, $"{look.Output}\n{site.Tails()}");
        }

        await using (var look = StartLook(site, "stale"))
        {
            await Eventually.TrueAsync(() => Task.FromResult(look.Output.Contains("ready", StringComparison.Ordinal) || look.HasExited), "the page is open", TimeSpan.FromSeconds(60), cancel);
            await site.Agent.KillAsync();
            await look.WaitForExitAsync(cancel);
            Assert.True(look.ExitCode == 0, $"{look.Output}\n{site.Tails()}");
        }
    }

    private static bool IsLivePue(JsonElement kpi) =>
        kpi.GetProperty("name").GetString() == "pue" && kpi.GetProperty("window").GetString() == "now" && kpi.GetProperty("value").ValueKind == JsonValueKind.Number;

    private static OtherProcess StartLook(Site site, params string[] expectations) => OtherProcess.Start(
        "node",
        [Look, .. expectations.SelectMany(expectation => (string[])["--expect", expectation]), "--within", "90"],
        Repository.Root,
        new Dictionary<string, string> { ["EDGEDCIM_PAGE_URL"] = $"http://127.0.0.1:{site.PagePort}" });

    private static async Task ControlAsync(Site site, object change, CancellationToken cancel)
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsJsonAsync(site.Truth.Replace("/truth", "/control", StringComparison.Ordinal), change, cancel);
        answer.EnsureSuccessStatusCode();
    }
}
