using System.Globalization;
using System.Text;
using EdgeDcim.Agent.Configuration;

namespace EdgeDcim.Agent.Discovery;

/// <summary>Writes what was found as an <c>agent.yaml</c> that <c>check</c> accepts; what has no profile stands in it as a comment.</summary>
internal static class FoundConfiguration
{
    private const int MaxComment = 300;

    /// <param name="output">Takes the file.</param>
    /// <param name="findings">In the order in which they are to stand.</param>
    /// <param name="profiles">The folder of own profiles that the search used; null: none.</param>
    public static async Task WriteAsync(TextWriter output, IReadOnlyList<Finding> findings, string? profiles)
    {
        await output.WriteLineAsync("site: site-1                                  # the name of the site, as in collector.yaml");
        await output.WriteLineAsync("agent: agent-1                                # the name of this gateway within the site");
        await output.WriteLineAsync("broker: { url: \"mqtt://127.0.0.1:1883\" }      # the collector's broker");
        if (profiles is not null)
        {
            await output.WriteLineAsync($"profiles: {Scalar(Path.GetFullPath(profiles))}");
        }

        await output.WriteLineAsync();
        await output.WriteLineAsync(findings.Any(finding => finding.Device is not null) ? "devices:" : "devices: {}");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var finding in findings.Where(finding => finding.Device is not null))
        {
            await WriteAsync(output, finding, names);
        }

        foreach (var finding in findings.Where(finding => finding.Device is null))
        {
            var which = finding.Candidate.All ? string.Concat(finding.Credential.Keys.Select(key => $"{key.Key} {key.Value}: ")) : "";
            await output.WriteLineAsync($"  # {Comment(which + finding.Remark)}");
        }
    }

    private static async Task WriteAsync(TextWriter output, Finding finding, HashSet<string> names)
    {
        var device = finding.Device!;
        var who = string.Join(' ', new[] { device.Identity.Vendor, device.Identity.Model, device.Identity.Serial is { } serial ? $"serial {serial}" : null }.OfType<string>());
        if (who.Length > 0)
        {
            await output.WriteLineAsync($"  # {Comment(who)}");
        }

        await output.WriteLineAsync($"  # {Comment(finding.Remark)}");
        var keys = string.Concat(finding.Credential.Keys.Select(key => $", {key.Key}: {Scalar(key.Value)}"));
        await output.WriteLineAsync($"  {Name(finding, names)}: {{ profile: {device.Profile.Name}, at: \"{finding.Candidate.At}\"{keys} }}");
    }

    private static string Name(Finding finding, HashSet<string> names)
    {
        var place = finding.Candidate.Endpoint.At switch
        {
            HostAddress host => host.Host,
            SerialAddress serial => Path.GetFileName(serial.Device),
            var other => other.ToString()!,
        };
        var unit = finding.Credential.Access is ModbusAccess modbus && finding.Candidate.Credentials.Count > 1 ? $"-{modbus.Unit}" : "";
        var text = new StringBuilder();
        foreach (var letter in $"{finding.Device!.Profile.Header.Kind.Name}-{place}{unit}")
        {
            text.Append(char.IsAsciiLetterOrDigit(letter) || letter == '_' ? letter : '-');
        }

        var name = text.ToString();
        for (var i = 2; !names.Add(name); i++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{text}-{i}");
        }

        return name;
    }

    private static string Scalar(string text) => text.All(char.IsAsciiLetterOrDigit) ? text : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>One line without control characters: devices may say anything.</summary>
    private static string Comment(string text)
    {
        var line = new string([.. text.Select(letter => char.IsControl(letter) || letter is '\u2028' or '\u2029' or '\u0085' ? ' ' : letter)]);
        return line.Length <= MaxComment ? line : line[..MaxComment] + " …";
    }
}
