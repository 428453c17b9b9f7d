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
    public void A_reference_that_leads_nowhere_says_what_to_write(string reference, string problem)
    {
        Assert.Null(Parse(reference));
        Assert.Contains(problem, Assert.Single(problems.Sorted).Message, StringComparison.Ordinal);
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
