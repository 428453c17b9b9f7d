using System.Net;
using EdgeDcim.Collector.Broker;
using EdgeDcim.Collector.Certificates;
using EdgeDcim.Collector.Configuration;
using EdgeDcim.Core.Configuration;
using Xunit;

namespace EdgeDcim.Collector.Tests.Configuration;

/// <summary>collector.yaml: everything wrong is said at once, with its place and what to write instead.</summary>
public sealed class CollectorConfigTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edgedcim-config-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Load_of_the_least_gives_loopback_and_an_embedded_broker()
    {
        var config = Accept("site: demo");
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 8080)], config.Listen);
        var broker = Assert.IsType<EmbeddedBrokerConfig>(config.Broker);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 1883), broker.Listen);
        Assert.Equal("edgedcim", config.HostId);
        Assert.Equal(Path.Combine(folder, "data"), config.Data);
        Assert.Null(config.Facility);
        Assert.Null(config.Influx);
    }

    [Fact]
    public void Load_of_everything_gives_what_is_written()
    {
        var config = Accept(
            """
            site: ams-1
            host_id: noc
            listen: [ http://127.0.0.1:9000, "http://[::1]:9000" ]
            broker: { urls: [ mqtt://a:1883, mqtts://b:8883 ], user: noc, password: secret }
            facility: site.yaml
            data: /var/lib/edgedcim
            journal: { max: 64MB, keep: 2d }
            history: { keep: 30d, memory: 64MB }
            influx: { url: "https://db:8086/base", org: o, bucket: b, token: t, batch: 100, timeout: 3s, dead_letters: 1MB }
            """);
        var broker = Assert.IsType<RemoteBrokerConfig>(config.Broker);
        Assert.Equal(["mqtt://a:1883/", "mqtts://b:8883/"], broker.Urls.Select(url => url.AbsoluteUri));
        Assert.Equal(2, config.Listen.Count);
        Assert.Equal(new JournalConfig(64 << 20, TimeSpan.FromDays(2)), config.Journal);
        Assert.Equal(new HistoryConfig(TimeSpan.FromDays(30), 64 << 20), config.History);
        Assert.Equal(100, config.Influx!.BatchSize);
        Assert.Equal(Path.Combine(folder, "site.yaml"), config.Facility);
    }

    [Fact]
    public void Load_of_a_file_full_of_mistakes_reports_all_of_them_with_their_places()
    {
        var problems = Reject(
            """
            site: a/b
            lisen: http://127.0.0.1:8080
            listen: 127.0.0.1
            broker: { embedded: { listen: "0.0.0.0:1883" } }
            journal: { max: 1MB }
            history: { keep: soon }
            influx: { url: ftp://x, batch: 0 }
            """);
        Assert.Equal(
            [(1, 7), (2, 1), (3, 9), (4, 31), (5, 17), (6, 18), (7, 9), (7, 16), (7, 32)],
            problems.Select(problem => (problem.Line, problem.Column)));
        Assert.Contains("did you mean 'listen'?", problems[1].Message, StringComparison.Ordinal);
        Assert.Contains("broker.embedded.users", problems[3].Message, StringComparison.Ordinal);
        Assert.Contains("'influx.bucket' is missing", problems[6].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_of_two_brokers_at_once_is_a_problem() =>
        Assert.Single(Reject("site: demo\nbroker: { url: mqtt://x, embedded: { } }"));

    [Fact]
    public void Load_of_two_collectors_of_a_site_names_the_other()
    {
        Assert.Equal("edgedcim-b", Accept("site: demo\nhost_id: edgedcim-a\npeer: edgedcim-b\nbroker: { url: mqtt://x }").Peer);
        Assert.Null(Accept("site: demo").Peer);
    }

    [Theory]
    [InlineData("host_id: a\npeer: a\nbroker: { url: mqtt://x }", "each of the two collectors has an id of its own")]
    [InlineData("host_id: a\npeer: b", "'peer' needs a broker that goes on")]
    [InlineData("host_id: a\npeer: b/c\nbroker: { url: mqtt://x }", "must not contain '/'")]
    public void Load_of_a_peer_that_cannot_be_says_why(string yaml, string reason) =>
        Assert.Contains(reason, Assert.Single(Reject($"site: demo\n{yaml}")).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_of_an_open_broker_with_users_is_accepted()
    {
        var config = Accept("site: demo\nbroker: { embedded: { listen: \"0.0.0.0:1883\", users: { gateway-1: pass } } }");
        Assert.Equal("pass", Assert.IsType<EmbeddedBrokerConfig>(config.Broker).Users["gateway-1"].Reveal());
    }

    [Fact]
    public void Load_of_a_literal_password_and_of_an_open_page_warns()
    {
        var problems = new ConfigProblems();
        var reader = new CollectorConfigFile(problems);
        reader.Load(Write("site: demo\nlisten: http://0.0.0.0:8080\nbroker: { url: mqtt://x, user: u, password: hunter2 }"));
        Assert.False(problems.Any);
        Assert.Equal([2, 3], reader.Warnings.Select(warning => warning.Line));
        Assert.DoesNotContain(reader.Warnings, warning => warning.Message.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_of_a_missing_secret_names_the_variable() =>
        Assert.Contains(
            "EDGEDCIM_NO_SUCH_TOKEN",
            Assert.Single(Reject("site: demo\ninflux: { url: http://x, bucket: b, token: \"${env:EDGEDCIM_NO_SUCH_TOKEN}\" }")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Load_of_certificates_and_limits_gives_a_broker_that_the_network_may_reach()
    {
        var authority = new SiteAuthority(Path.Combine(folder, "pki"), TimeProvider.System);
        authority.Init("demo");
        authority.IssueCollector(["127.0.0.1"]);
        var config = Accept(
            """
            site: demo
            listen: https://127.0.0.1:8443
            tls: { certificate: pki/collector.pem, key: pki/collector.key }
            broker:
              embedded:
                listen: 0.0.0.0
                tls: { certificate: pki/collector.pem, key: pki/collector.key, clients: pki/ca.pem, revoked: pki/crl.pem }
                limits: { messages: 100, bytes: 1MB, packet: 128KB, connections: 5 }
            """);
        var broker = Assert.IsType<EmbeddedBrokerConfig>(config.Broker);
        Assert.Equal(new IPEndPoint(IPAddress.Any, 8883), broker.Listen);
        Assert.True(broker.IsClosed);
        Assert.Equal(authority.Authority, broker.Tls!.Clients);
        Assert.Equal(new BrokerLimits(100, 1 << 20, 128 << 10, 5), broker.Limits);
        Assert.Empty(config.Listen);
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 8443)], config.ListenSecure);
    }

    [Theory]
    [InlineData("listen: https://127.0.0.1:8443", "'tls' is missing")]
    [InlineData("tls: { certificate: none.pem }", "none.pem")]
    [InlineData("broker: { embedded: { tls: { certificate: none.pem, revoked: crl.pem } } }", "needs the 'broker.embedded.tls.clients'")]
    [InlineData("broker: { embedded: { listen: 0.0.0.0, limits: { messages: 5 } } }", "ask for certificates")]
    [InlineData("broker: { url: \"mqtt://u:hunter2@host\" }", "must not hold a user or password")]
    [InlineData("broker: { url: \"amqp://u:hunter2@host\" }", "must not hold a user or password")]
    [InlineData("broker: { url: \"mqtts://host\", certificate: none.pem }", "which does not exist")]
    public void Load_of_what_would_be_open_or_unreadable_says_so(string line, string problem)
    {
        var problems = Reject($"site: demo\n{line}");
        Assert.Contains(problems, one => one.Message.Contains(problem, StringComparison.Ordinal));
        Assert.DoesNotContain(problems, one => one.Message.Contains("hunter2", StringComparison.Ordinal));
    }

    private CollectorConfig Accept(string text)
    {
        var problems = new ConfigProblems();
        var config = new CollectorConfigFile(problems).Load(Write(text));
        Assert.Empty(problems.Sorted);
        return config!;
    }

    private IReadOnlyList<ConfigProblem> Reject(string text)
    {
        var problems = new ConfigProblems();
        new CollectorConfigFile(problems).Load(Write(text));
        Assert.True(problems.Any);
        return problems.Sorted;
    }

    private string Write(string text)
    {
        var file = Path.Combine(folder, "collector.yaml");
        File.WriteAllText(file, text);
        return file;
    }
}
