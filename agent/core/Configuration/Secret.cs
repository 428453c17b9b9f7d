using System.Security.Cryptography;
using System.Text;

namespace EdgeDcim.Core.Configuration;

/// <summary>
/// A password, community or key. The configuration holds a reference, never the secret:
/// <c>${file:/run/credentials/agent/snmp}</c>, <c>${env:EDGEDCIM_MQTT_PASSWORD}</c>, <c>${credential:snmp}</c> for what systemd hands over, or
/// <c>${dpapi:C:\secrets\snmp}</c> for a file that Windows encrypted for the account of the service. A literal works for values that are
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

        if (reference.StartsWith("credential:", StringComparison.Ordinal))
        {
            return FromCredential(scalar, path, reference[11..]);
        }

        if (reference.StartsWith("dpapi:", StringComparison.Ordinal))
        {
            return FromProtectedFile(scalar, path, reference[6..]);
        }

        scalar.Problem($"'{path}' is the reference '{text}'; write ${{env:NAME}} or ${{file:/path}}, ${{credential:NAME}} under systemd, ${{dpapi:FILE}} on Windows");
        return null;
    }

    /// <summary>Whether everybody on this machine can read a file that is there; on Windows its access list decides, which is not looked at.</summary>
    public static bool IsReadableByAll(string file) =>
        !OperatingSystem.IsWindows() && File.Exists(file) && (File.GetUnixFileMode(file) & UnixFileMode.OtherRead) != 0;

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

    /// <summary>systemd puts each LoadCredential= into a folder of its own, which only the service sees.</summary>
    private static Secret? FromCredential(YamlScalar scalar, string path, string name)
    {
        if (name.Length == 0 || name[0] == '.' || name.AsSpan().IndexOfAny('/', '\\') >= 0)
        {
            scalar.Problem($"the credential of '{path}' is '{name}'; write the name after LoadCredential= in the unit, such as ${{credential:mqtt}}");
            return null;
        }

        if (Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") is { Length: > 0 } folder)
        {
            return FromFile(scalar, path, Path.Combine(folder, name));
        }

        scalar.Problem($"the secret of '{path}' is missing: systemd hands no credentials over here (CREDENTIALS_DIRECTORY is not set); add LoadCredential={name}:/path to the unit, or write ${{file:/path}}");
        return null;
    }

    private static Secret? FromProtectedFile(YamlScalar scalar, string path, string file)
    {
        if (!OperatingSystem.IsWindows())
        {
            scalar.Problem($"'{path}' is protected by DPAPI, which only Windows has; write ${{file:/path}} or ${{credential:NAME}}");
            return null;
        }

        try
        {
            var open = ProtectedData.Unprotect(File.ReadAllBytes(file), optionalEntropy: null, DataProtectionScope.CurrentUser);
            return new Secret(Encoding.UTF8.GetString(open).TrimEnd('\r', '\n'), isLiteral: false);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            scalar.Problem($"the secret of '{path}' is missing: {file} cannot be opened ({unreadable.GetType().Name}); protect it as the account of the service, as install/windows/README.md says");
            return null;
        }
    }

    private static Secret? FromFile(YamlScalar scalar, string path, string file)
    {
        try
        {
            if (IsReadableByAll(file))
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
