using System.Globalization;
using System.Text.Json;
using EdgeDcim.Scenarios.Harness;

namespace EdgeDcim.Scenarios.Redfish;

/// <summary>A Redfish service on Python's HTTP server, which shares no code with the client, with what it was asked.</summary>
internal sealed class RedfishPeers(OtherProcess process, string log, string address) : IAsyncDisposable
{
    public static string Mockups => Path.Combine(Repository.Root, "tests", "scenarios", "Redfish", "mockups");

    /// <summary>As <c>read --at</c> takes it.</summary>
    public string Address => address;

    /// <summary>Every request so far: method and path, and how it proved who asks.</summary>
    public IReadOnlyList<(string Method, string Path, string Who)> Requests =>
    [
        .. (File.Exists(log) ? File.ReadAllLines(log) : []).Select(line => JsonElement.Parse(line))
            .Select(request => (request.GetProperty("method").GetString()!, request.GetProperty("path").GetString()!, request.GetProperty("who").GetString()!)),
    ];

    /// <summary>Sessions that were opened and not closed.</summary>
    public int LeftBehind => Requests.Count(request => request.Method == "POST") - Requests.Count(request => request.Method == "DELETE");

    /// <param name="folder">For its log and certificate.</param>
    /// <param name="tree">A mock-up: a folder of resources, or a file.</param>
    /// <param name="cancel">Ends the wait for it.</param>
    /// <param name="options">Of <c>redfish-server.py</c>.</param>
    public static async Task<RedfishPeers> StartAsync(ScratchFolder folder, string tree, CancellationToken cancel, params string[] options)
    {
        Peers.Require("python3");
        var port = Ports.FreeTcp();
        var log = folder.File($"asked-{port}.json");
        var script = Path.Combine(Repository.Root, "tests", "scenarios", "Redfish", "peers", "redfish-server.py");
        var process = OtherProcess.Start(
            "python3", [script, "--port", port.ToString(CultureInfo.InvariantCulture), "--tree", tree, "--log", log, .. options], folder);
        await Eventually.TrueAsync(
            () => process.HasExited ? throw new InvalidOperationException(process.Output) : Task.FromResult(process.Output.Contains("ready", StringComparison.Ordinal)),
            "the Redfish service is ready", TimeSpan.FromSeconds(30), cancel);
        var secure = options.Contains("--cert");
        return new RedfishPeers(process, log, $"redfish+{(secure ? "https" : "http")}://127.0.0.1:{port}");
    }

    /// <summary>A self-signed certificate as a management controller makes it, and its SHA-256 fingerprint as openssl prints it.</summary>
    public static async Task<(string Certificate, string Key, string Fingerprint)> CertificateAsync(ScratchFolder folder, CancellationToken cancel)
    {
        Peers.Require("openssl");
        var (certificate, key) = (folder.File("bmc.pem"), folder.File("bmc.key"));
        var made = await OtherProcess.RunAsync(
            "openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "3650", "-subj", "/CN=bmc", "-addext", "subjectAltName=IP:127.0.0.1"], cancel, folder);
        Xunit.Assert.True(made.ExitCode == 0, made.Output);
        var shown = await OtherProcess.RunAsync("openssl", ["x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"], cancel, folder);
        return (certificate, key, shown.Output[(shown.Output.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim());
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
