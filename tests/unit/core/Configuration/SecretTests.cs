using EdgeDcim.Core.Configuration;
using Xunit;

namespace EdgeDcim.Core.Tests.Configuration;

public sealed class SecretTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edgedcim-secret-").FullName;
    private readonly ConfigProblems problems = new();

    [Fact]
    public void A_secret_never_prints_itself() =>
        Assert.DoesNotContain("hunter2", $"{Secret.Literal("hunter2")}", StringComparison.Ordinal);

    [Fact]
    public void A_file_reference_is_read_without_its_line_end()
    {
        var file = Write("hunter2\n");

        Assert.Equal("hunter2", Parse($"${{file:{file}}}")?.Reveal());
        Assert.False(problems.Any);
    }

    [Fact]
    public void A_world_readable_secret_file_is_rejected()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("file modes are a Unix notion");
            return;
        }

        var file = Write("hunter2");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        Assert.Null(Parse($"${{file:{file}}}"));
        Assert.Contains("chmod o-r", Assert.Single(problems.Sorted).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("${env:EDGEDCIM_NO_SUCH_VARIABLE}", "EDGEDCIM_NO_SUCH_VARIABLE is not set")]
    [InlineData("${file:/nowhere/at/all}", "cannot be read")]
    [InlineData("${vault:x}", "write ${env:NAME} or ${file:/path}")]
    [InlineData("${credential:../shadow}", "write the name after LoadCredential=")]
    [InlineData("${credential:}", "write the name after LoadCredential=")]
    public void A_reference_that_leads_nowhere_says_what_to_write(string reference, string problem)
    {
        Assert.Null(Parse(reference));
        Assert.Contains(problem, Assert.Single(problems.Sorted).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_credential_is_a_file_in_the_folder_that_systemd_names()
    {
        Write("hunter2\n");
        var before = Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY");
        try
        {
            Environment.SetEnvironmentVariable("CREDENTIALS_DIRECTORY", null);
            Assert.Null(Parse("${credential:secret}"));
            Assert.Contains("LoadCredential=secret", Assert.Single(problems.Sorted).Message, StringComparison.Ordinal);
            Environment.SetEnvironmentVariable("CREDENTIALS_DIRECTORY", folder);
            Assert.Equal("hunter2", Parse("${credential:secret}")?.Reveal());
        }
        finally
        {
            Environment.SetEnvironmentVariable("CREDENTIALS_DIRECTORY", before);
        }
    }

    [Fact]
    public void A_file_of_DPAPI_is_a_problem_with_a_sentence_where_it_cannot_be_opened()
    {
        Assert.Null(Parse($"${{dpapi:{Write("no such thing")}}}"));
        Assert.Contains(OperatingSystem.IsWindows() ? "protect it as the account" : "which only Windows has", Assert.Single(problems.Sorted).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private Secret? Parse(string text) => Secret.Parse(new YamlScalar("agent.yaml", 3, 7, "password", text, problems), "broker.password");

    private string Write(string text)
    {
        var file = Path.Combine(folder, "secret");
        File.WriteAllText(file, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return file;
    }
}
