using EdgeDcim.Protocols.Redfish;
using Microsoft.Extensions.Time.Testing;

namespace EdgeDcim.Protocols.Tests.Redfish;

/// <summary>Who asks: one session, renewed when it is forgotten, never left behind; basic where there are none.</summary>
public sealed class RedfishSessionTests
{
    private const string Root = """{"Links":{"Sessions":{"@odata.id":"/redfish/v1/SessionService/Sessions"}}}""";
    private const string Sessions = "/redfish/v1/SessionService/Sessions";
    private const string Secret = "open sesame";

    [Fact]
    public async Task Logs_in_once_reads_with_the_token_and_logs_out_at_the_end()
    {
        await using var service = ScriptedService.Of(Normal);
        await using (var client = Client(service))
        {
            await Task.WhenAll(Enumerable.Range(0, 5).Select(each => client.GetAsync($"/redfish/v1/Chassis/{each}", null, TestContext.Current.CancellationToken).AsTask()));
        }

        Assert.Equal("GET /redfish/v1/", service.Lines[0]);
        Assert.Equal($"POST {Sessions}", service.Lines[1]);
        Assert.Equal(5, service.Requests.Count(request => request.Method == "GET" && request.Headers.GetValueOrDefault("X-Auth-Token") == "t1"));
        Assert.Equal($"DELETE {Sessions}/1", service.Lines[^1]);
        Assert.Single(service.Requests, request => request.Method == "POST");
        Assert.DoesNotContain(service.Requests, request => request.Method is "PATCH" or "PUT");
    }

    [Fact]
    public async Task Logs_out_also_after_a_fault()
    {
        await using var service = ScriptedService.Of(request => request.Path.EndsWith("/Bad", StringComparison.Ordinal) ? "broken" : Normal(request));
        await using (var client = Client(service))
        {
            await Assert.ThrowsAsync<RedfishException>(async () => await client.GetAsync("/redfish/v1/Bad", null, TestContext.Current.CancellationToken));
        }

        Assert.Equal($"DELETE {Sessions}/1", service.Lines[^1]);
    }

    [Fact]
    public async Task A_forgotten_session_is_renewed_once_and_the_old_one_is_not_left_behind()
    {
        var forgotten = false;
        var logins = 0;
        await using var service = ScriptedService.Of(request => request.Method == "POST"
            ? ScriptedService.Reply(201, "{}", $"X-Auth-Token: t{++logins}", $"Location: {Sessions}/{logins}")
            : forgotten && request.Headers.GetValueOrDefault("X-Auth-Token") == "t1" ? ScriptedService.Reply(401, "{}") : Normal(request));
        var time = new FakeTimeProvider();
        await using (var client = Client(service, time))
        {
            await client.GetAsync("/redfish/v1/Chassis", null, TestContext.Current.CancellationToken);
            forgotten = true;
            time.Advance(TimeSpan.FromMinutes(30));
            await client.GetAsync("/redfish/v1/Chassis", null, TestContext.Current.CancellationToken);
        }

        Assert.Equal(2, logins);
        Assert.Equal([$"DELETE {Sessions}/1", $"DELETE {Sessions}/2"], service.Lines.Where(line => line.StartsWith("DELETE", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_resource_that_is_closed_to_the_user_does_not_make_session_after_session()
    {
        await using var service = ScriptedService.Of(request => request.Path.EndsWith("/Closed", StringComparison.Ordinal) ? ScriptedService.Reply(401, "{}") : Normal(request));
        await using var client = Client(service);

        for (var i = 0; i < 3; i++)
        {
            var fault = await Assert.ThrowsAsync<RedfishException>(async () => await client.GetAsync("/redfish/v1/Closed", null, TestContext.Current.CancellationToken));
            Assert.Equal(RedfishFault.Refused, fault.Fault);
        }

        Assert.Single(service.Requests, request => request.Method == "POST");
    }

    [Theory]
    [InlineData(503, """{"error":{"code":"x"}}""", RedfishFault.Busy)]
    [InlineData(400, """{"error":{"@Message.ExtendedInfo":[{"MessageId":"Base.1.8.SessionLimitExceeded"}]}}""", RedfishFault.Busy)]
    [InlineData(401, "{}", RedfishFault.BadCredentials)]
    [InlineData(403, "{}", RedfishFault.BadCredentials)]
    [InlineData(500, "{}", RedfishFault.ServiceError)]
    public async Task A_refused_login_says_why_and_never_the_password(int status, string body, RedfishFault expected)
    {
        await using var service = ScriptedService.Of(request => request.Method == "POST" ? ScriptedService.Reply(status, body, "Retry-After: 100") : Normal(request));
        await using var client = Client(service);

        var fault = await Assert.ThrowsAsync<RedfishException>(async () => await client.GetAsync("/redfish/v1/Chassis", null, TestContext.Current.CancellationToken));

        Assert.Equal(expected, fault.Fault);
        Assert.False(fault.IsOfOneResource);
        Assert.DoesNotContain(Secret, fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", 404)]
    [InlineData(Root, 404)]
    [InlineData(Root, 405)]
    public async Task Without_sessions_it_is_basic(string root, int status)
    {
        await using var service = ScriptedService.Of(request =>
            request.Method == "POST" ? ScriptedService.Reply(status, "{}")
            : request.Path == "/redfish/v1/" ? ScriptedService.Reply(200, root)
            : request.Headers.GetValueOrDefault("Authorization") == "Basic " + Convert.ToBase64String("reader:open sesame"u8) ? ScriptedService.Reply(200, "{}") : ScriptedService.Reply(401, "{}"));
        await using var client = Client(service);

        Assert.NotNull(await client.GetAsync("/redfish/v1/Chassis", null, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("/redfish/v1/Systems/1")]
    [InlineData("/redfish/v1/SessionService/Sessions")]
    [InlineData("/redfish/v1/SessionService/Sessions/")]
    [InlineData("http://other.example/redfish/v1/SessionService/Sessions/1")]
    public async Task What_is_not_our_session_is_never_deleted(string named)
    {
        await using var service = ScriptedService.Of(request =>
            request.Method == "POST" ? ScriptedService.Reply(201, $$"""{"@odata.id":"{{named}}"}""", "X-Auth-Token: t1", $"Location: {named}") : Normal(request));
        await using (var client = Client(service))
        {
            await client.GetAsync("/redfish/v1/Chassis", null, TestContext.Current.CancellationToken);
        }

        Assert.DoesNotContain(service.Requests, request => request.Method == "DELETE");
    }

    [Fact]
    public async Task A_service_that_wants_a_login_and_gets_none_is_told_apart()
    {
        await using var service = ScriptedService.Of(request => request.Path == "/redfish/v1/" ? ScriptedService.Reply(200, Root) : ScriptedService.Reply(401, "{}"));
        await using var client = new RedfishClient(new RedfishOptions { Service = service.Address }, TimeProvider.System);

        var fault = await Assert.ThrowsAsync<RedfishException>(async () => await client.GetAsync("/redfish/v1/Chassis", null, TestContext.Current.CancellationToken));

        Assert.Equal(RedfishFault.BadCredentials, fault.Fault);
        Assert.Contains("user=", fault.Message, StringComparison.Ordinal);
    }

    private static RedfishClient Client(ScriptedService service, TimeProvider? time = null) =>
        new(new RedfishOptions { Service = service.Address, User = "reader", Password = Secret }, time ?? TimeProvider.System);

    private static string Normal(Asked request) => request.Method switch
    {
        "POST" => ScriptedService.Reply(201, "{}", "X-Auth-Token: t1", $"Location: {Sessions}/1"),
        "DELETE" => ScriptedService.Reply(204, ""),
        _ => ScriptedService.Reply(200, request.Path == "/redfish/v1/" ? Root : "{}"),
    };
}
