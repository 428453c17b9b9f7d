using System.IO.Compression;
using System.Text;
using EdgeDcim.Protocols.Redfish;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Protocols.Tests.Redfish;

/// <summary>What a client makes of services that are slow, odd, broken or hostile: the resource, or one exception that says what was wrong.</summary>
public sealed class RedfishClientTests
{
    private const string Thing = "/redfish/v1/Thing";

    public static TheoryData<string, RedfishFault> Bodies { get; } = new()
    {
        { "<!DOCTYPE html><html>login</html>", RedfishFault.BadReply },
        { "", RedfishFault.BadReply },
        { "[1, 2]", RedfishFault.BadReply },
        { "{\"a\":", RedfishFault.BadReply },
        { "{\"a\":1}{\"b\":2}", RedfishFault.BadReply },
        { new string('[', 5000), RedfishFault.BadReply },
        { string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100), RedfishFault.BadReply },
        { "{\"a\":\"" + new string('x', 3 << 20) + "\"}", RedfishFault.TooLarge },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_that_is_no_resource_is_a_fault(string body, RedfishFault expected)
    {
        await using var service = ThingIs(_ => ScriptedService.Reply(200, body));

        Assert.Equal(expected, (await FaultAsync(service)).Fault);
    }

    [Theory]
    [InlineData(403, RedfishFault.Refused)]
    [InlineData(404, RedfishFault.NotFound)]
    [InlineData(410, RedfishFault.NotFound)]
    [InlineData(500, RedfishFault.ServiceError)]
    [InlineData(204, RedfishFault.BadReply)]
    [InlineData(304, RedfishFault.BadReply)]
    public async Task A_status_tells_what_to_do(int status, RedfishFault expected)
    {
        await using var service = ThingIs(_ => ScriptedService.Reply(status, status is 204 or 304 ? "" : """{"error":{"message":"because"}}"""));

        var fault = await FaultAsync(service);

        Assert.Equal(expected, fault.Fault);
        Assert.Contains(Thing, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_byte_order_mark_and_a_missing_or_odd_type_do_no_harm()
    {
        var body = "\uFEFF{\"a\":1}";
        await using var service = ThingIs(_ => $"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n{body}");

        Assert.Equal(1, (await ReadAsync(service)).Json.GetProperty("a").GetInt32());
    }

    [Fact]
    public async Task A_busy_service_is_asked_again_and_then_believed()
    {
        var left = 2;
        await using var service = ThingIs(_ => left-- > 0 ? ScriptedService.Reply(503, "{}", "Retry-After: 0") : ScriptedService.Reply(200, "{}"));

        Assert.NotNull(await ReadAsync(service));
        Assert.Equal(3, service.Requests.Count(request => request.Path == Thing));
    }

    [Fact]
    public async Task A_service_that_wants_an_hour_is_left_alone_at_once()
    {
        await using var service = ThingIs(_ => ScriptedService.Reply(429, "{}", "Retry-After: 3600"));

        Assert.Equal(RedfishFault.Busy, (await FaultAsync(service)).Fault);
        Assert.Single(service.Requests, request => request.Path == Thing);
    }

    [Fact]
    public async Task A_redirect_on_the_same_service_is_followed()
    {
        await using var service = ScriptedService.Of(request => request.Path == Thing ? ScriptedService.Reply(301, "", $"Location: {Thing}/") : ScriptedService.Reply(200, "{\"b\":2}"));

        Assert.Equal(2, (await ReadAsync(service)).Json.GetProperty("b").GetInt32());
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/redfish/v1/Thing", RedfishFault.Foreign)]
    [InlineData("https://example.org/redfish/v1/", RedfishFault.Foreign)]
    [InlineData("//example.org/redfish/v1/", RedfishFault.Foreign)]
    [InlineData("/login.html", RedfishFault.Foreign)]
    [InlineData("file:///etc/passwd", RedfishFault.Foreign)]
    [InlineData(Thing, RedfishFault.BadReply)]
    public async Task A_redirect_elsewhere_or_without_end_is_a_fault(string target, RedfishFault expected)
    {
        await using var service = ThingIs(_ => ScriptedService.Reply(302, "", $"Location: {target}"));

        Assert.Equal(expected, (await FaultAsync(service)).Fault);
        Assert.True(service.Requests.Count < 10);
    }

    [Theory]
    [InlineData("/redfish/v1/Chassis/1", "/redfish/v1/Chassis/1")]
    [InlineData("/redfish/v1/Chassis/1/Power#/PowerControl/0", "/redfish/v1/Chassis/1/Power")]
    [InlineData("http://bmc.example/redfish/v1/X?$skip=5", "/redfish/v1/X?$skip=5")]
    [InlineData("https://bmc.example/redfish/v1/X", null)]
    [InlineData("http://bmc.example:81/redfish/v1/X", null)]
    [InlineData("http://user@bmc.example/redfish/v1/X", null)]
    [InlineData("http://other.example/redfish/v1/X", null)]
    [InlineData("//other.example/redfish/v1/X", null)]
    [InlineData("/api/v1/reboot", null)]
    [InlineData("/redfish/../admin", null)]
    [InlineData("/redfish/%2E%2e/admin", null)]
    [InlineData("/redfish/v1/a b", null)]
    [InlineData("/redfish/v1/a\\b", null)]
    [InlineData("redfish/v1/X", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Only_links_below_the_tree_of_the_same_service_are_followed(string? link, string? expected) =>
        Assert.Equal(expected, RedfishUri.Local(link, new Uri("http://bmc.example/")));

    [Fact]
    public async Task What_still_holds_is_not_sent_again()
    {
        await using var service = ThingIs(request => request.Headers.GetValueOrDefault("If-None-Match") == "\"7\"" ? ScriptedService.Reply(304, "") : ScriptedService.Reply(200, "{\"a\":1}", "ETag: \"7\""));
        await using var client = Client(service);

        var first = await client.GetAsync(Thing, null, TestContext.Current.CancellationToken);
        var second = await client.GetAsync(Thing, first, TestContext.Current.CancellationToken);

        Assert.Same(first, second);
    }

    [Fact]
    public async Task Members_come_over_all_pages_each_once()
    {
        await using var service = ScriptedService.Holding(new()
        {
            ["/redfish/v1/"] = "{}",
            ["/redfish/v1/C"] = """{"Members":[{"@odata.id":"/redfish/v1/C/1"},{"@odata.id":"/redfish/v1/C/2"}],"Members@odata.nextLink":"/redfish/v1/C?$skip=2"}""",
            ["/redfish/v1/C?$skip=2"] = """{"Members":[{"@odata.id":"/redfish/v1/C/2"},{"@odata.id":"/redfish/v1/C/3"},{"x":1},{"@odata.id":"http://elsewhere/redfish/v1/C/4"}]}""",
        });
        await using var client = Client(service);

        var members = await client.GetMembersAsync("/redfish/v1/C", TestContext.Current.CancellationToken);

        Assert.Equal(["/redfish/v1/C/1", "/redfish/v1/C/2", "/redfish/v1/C/3"], members.Select(member => member.Path));
    }

    [Fact]
    public async Task Pages_without_end_end()
    {
        var page = 0;
        await using var endless = ScriptedService.Of(request => ScriptedService.Reply(200, $$"""{"Members":[],"Members@odata.nextLink":"/redfish/v1/C?$skip={{++page}}"}"""));
        await using var loop = ScriptedService.Of(_ => ScriptedService.Reply(200, """{"Members":[],"Members@odata.nextLink":"/redfish/v1/C?$skip=1"}"""));
        foreach (var service in new[] { endless, loop })
        {
            await using var client = Client(service);
            var fault = await Assert.ThrowsAsync<RedfishException>(async () => await client.GetMembersAsync("/redfish/v1/C", TestContext.Current.CancellationToken));
            Assert.Equal(RedfishFault.BadReply, fault.Fault);
        }
    }

    [Theory]
    [InlineData(200, """{"Members":[{"@odata.id":"/redfish/v1/C/1"}]}""")]
    [InlineData(501, "{}")]
    [InlineData(200, "<html>")]
    public async Task An_expand_that_is_a_lie_is_asked_for_once(int status, string expanded)
    {
        await using var service = ScriptedService.Of(request =>
            request.Path == "/redfish/v1/" ? ScriptedService.Reply(200, """{"ProtocolFeaturesSupported":{"ExpandQuery":{"NoLinks":true,"Levels":true}}}""")
            : request.Path.Contains("expand", StringComparison.Ordinal) ? ScriptedService.Reply(status, expanded)
            : ScriptedService.Reply(200, """{"Members":[{"@odata.id":"/redfish/v1/C/1"}]}"""));
        await using var client = Client(service);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(["/redfish/v1/C/1"], (await client.GetMembersAsync("/redfish/v1/C", TestContext.Current.CancellationToken)).Select(member => member.Path));
        }

        Assert.Single(service.Requests, request => request.Path == "/redfish/v1/C?$expand=.($levels=1)");
    }

    [Fact]
    public async Task A_connection_that_closes_at_any_octet_gives_the_whole_resource_or_a_fault()
    {
        var whole = Encoding.UTF8.GetBytes(ScriptedService.Reply(200, "{\"Reading\":4711}"));
        var cut = 0;
        await using var service = new ScriptedService(async (request, stream, cancel) =>
            await stream.WriteAsync(request.Path == Thing ? whole.AsMemory(0, cut) : Encoding.UTF8.GetBytes(ScriptedService.Reply(200, "{}")), cancel));
        await using var client = Client(service);

        for (cut = 0; cut < whole.Length; cut++)
        {
            var fault = await Assert.ThrowsAsync<RedfishException>(async () => await client.GetAsync(Thing, null, TestContext.Current.CancellationToken));
            Assert.True(fault.Fault is RedfishFault.BadReply or RedfishFault.Unreachable, $"cut after {cut}: {fault.Message}");
        }

        Assert.Equal(4711, (await client.GetAsync(Thing, null, TestContext.Current.CancellationToken)).Json.GetProperty("Reading").GetInt32());
    }

    [Fact]
    public async Task A_small_answer_that_unpacks_to_a_large_one_is_cut_off()
    {
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            await gzip.WriteAsync(new byte[64 << 20], TestContext.Current.CancellationToken);
        }

        await using var service = new ScriptedService(async (request, stream, cancel) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\nContent-Length: {packed.Length}\r\n\r\n"), cancel);
            await stream.WriteAsync(packed.GetBuffer().AsMemory(0, (int)packed.Length), cancel);
        });

        Assert.Equal(RedfishFault.TooLarge, (await FaultAsync(service)).Fault);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_service_that_never_ends_its_answer_costs_the_deadline_and_no_more(bool dribbles)
    {
        var time = new FakeTimeProvider();
        var reached = new TaskCompletionSource();
        await using var service = new ScriptedService(async (request, stream, cancel) =>
        {
            if (request.Path != Thing)
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(ScriptedService.Reply(200, "{}")), cancel);
                return;
            }

            if (dribbles)
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{ "u8.ToArray(), cancel);
            }

            reached.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
        });
        await using var client = Client(service, time);
        await client.GetAsync(RedfishUri.Root, null, TestContext.Current.CancellationToken);

        var reading = client.GetAsync(Thing, null, TestContext.Current.CancellationToken).AsTask();
        await reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(reading.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(RedfishFault.Timeout, (await Assert.ThrowsAsync<RedfishException>(() => reading)).Fault);
    }

    [Fact]
    public async Task Nobody_listening_is_unreachable()
    {
        Uri address;
        await using (var gone = ScriptedService.Of(_ => ""))
        {
            address = gone.Address;
        }

        await using var client = new RedfishClient(new RedfishOptions { Service = address }, TimeProvider.System);
        var fault = await Assert.ThrowsAsync<RedfishException>(async () => await client.GetAsync(Thing, null, TestContext.Current.CancellationToken));

        Assert.Equal(RedfishFault.Unreachable, fault.Fault);
    }

    private static ScriptedService ThingIs(Func<Asked, string> answer) =>
        ScriptedService.Of(request => request.Path == Thing ? answer(request) : ScriptedService.Reply(200, "{}"));

    private static RedfishClient Client(ScriptedService service, TimeProvider? time = null) =>
        new(new RedfishOptions { Service = service.Address, MaxBytes = 1 << 20, Timeout = TimeSpan.FromSeconds(time is null ? 30 : 2) }, time ?? TimeProvider.System);

    private static async Task<RedfishResource> ReadAsync(ScriptedService service)
    {
        await using var client = Client(service);
        return await client.GetAsync(Thing, null, TestContext.Current.CancellationToken);
    }

    private static async Task<RedfishException> FaultAsync(ScriptedService service) => await Assert.ThrowsAsync<RedfishException>(() => ReadAsync(service));
}
