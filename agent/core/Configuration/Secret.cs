namespace EdgeDcim.Core.Configuration;

/// <summary>
/// A password, community or key. The configuration holds a reference, never the secret:
/// <c>${file:/run/credentials/agent/snmp}</c> or <c>${env:EDGEDCIM_MQTT_PASSWORD}</c>. A literal works for values that are
/// public by nature (community <c>public</c>) and is flagged by <c>check</c>. Printing a secret prints <c>***</c>.
/// </summary>
public sealed class Secret : IEquatable<Secret>
{
    private readonly string value;

    private Secret(string value, bool isLiteral)
    {
        this.value = value;
        IsLiteral = isLiteral;
    }

    /// <summary>The secret stands in the file itself; <c>check</c> warns.</summary>
    public bool IsLiteral { get; }

    /// <summary>The secret itself; never log it.</summary>
    public string Reveal() => value;

    public static Secret Literal(string value) => new(value, isLiteral: true);

    /// <summary>Resolves a reference. Faults (missing file or variable, world-readable file) are reported; then null.</summary>
    public static Secret? Parse(YamlScalar scalar, string path)
    {
        var text = scalar.Text;
        if (!text.StartsWith("${", StringComparison.Ordinal) || !text.EndsWith('}'))
        {
            return Literal(text);
        }

        var reference = text[2..^1];
        if (reference.StartsWith("env:", StringComparison.Ordinal))
        {
            return FromEnvironment(scalar, path, reference[4..]);
        }

        if (reference.StartsWith("file:", StringComparison.Ordinal))
        {
            return FromFile(scalar, path, reference[5..]);
        }

        scalar.Problem($"'{path}' is the reference '{text}'; write ${{env:NAME}} or ${{file:/path}}");
        return null;
    }

    public bool Equals(Secret? other) => other is not null && other.value == value;

    public override bool Equals(object? obj) => Equals(obj as Secret);

    public override int GetHashCode() => value.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => "***";

    private static Secret? FromEnvironment(YamlScalar scalar, string path, string name)
    {
        if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } found)
        {
            return new Secret(found, isLiteral: false);
        }

        scalar.Problem($"the secret of '{path}' is missing: the environment variable {name} is not set; set it, or write ${{file:/path}}");
        return null;
    }

    private static Secret? FromFile(YamlScalar scalar, string path, string file)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & UnixFileMode.OtherRead) != 0)
            {
                scalar.Problem($"the secret file {file} of '{path}' is readable by everybody; run: chmod o-r {file}");
                return null;
            }

            return new Secret(File.ReadAllText(file).TrimEnd('\r', '\n'), isLiteral: false);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            scalar.Problem($"the secret of '{path}' is missing: the file {file} cannot be read ({unreadable.GetType().Name}); create it, or write ${{env:NAME}}");
            return null;
        }
    }
}
