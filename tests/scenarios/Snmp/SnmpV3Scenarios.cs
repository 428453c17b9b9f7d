using EdgeDcim.Protocols.Snmp;
using EdgeDcim.Scenarios.Harness;
using Xunit;

namespace EdgeDcim.Scenarios.Snmp;

/// <summary>SNMPv3 against net-snmp: every pair of protocols that it has, wrong passwords, and engines that reboot, start over or are cloned.</summary>
public sealed class SnmpV3Scenarios
{
    private const string AuthenticationPassword = "the first password";
    private const string PrivacyPassword = "the second password";

    private static readonly Oid SysName = Oid.Parse("1.3.6.1.2.1.1.5.0");
    private static readonly Oid SystemGroup = Oid.Parse("1.3.6.1.2.1.1");

    /// <summary>Our protocols and net-snmp's words for them.</summary>
    private static readonly Dictionary<SnmpAuthentication, string> Authentications = new()
    {
        [SnmpAuthentication.None] = "",
        [SnmpAuthentication.Md5] = "MD5",
        [SnmpAuthentication.Sha1] = "SHA",
        [SnmpAuthentication.Sha224] = "SHA-224",
        [SnmpAuthentication.Sha256] = "SHA-256",
        [SnmpAuthentication.Sha384] = "SHA-384",
        [SnmpAuthentication.Sha512] = "SHA-512",
    };

    private static readonly Dictionary<SnmpPrivacy, string> Privacies = new()
    {
        [SnmpPrivacy.None] = "",
        [SnmpPrivacy.Des] = "DES",
        [SnmpPrivacy.Aes128] = "AES",
        [SnmpPrivacy.Aes192] = "AES-192",
        [SnmpPrivacy.Aes256] = "AES-256",
        [SnmpPrivacy.Aes192Reeder] = "AES-192-C",
        [SnmpPrivacy.Aes256Reeder] = "AES-256-C",
    };

    [Fact]
    public async Task Every_user_of_snmpd_reads_what_snmpget_prints()
    {
        var pairs = (from authentication in Authentications.Keys
                     from privacy in Privacies.Keys
                     where privacy == SnmpPrivacy.None || authentication != SnmpAuthentication.None
                     select (Authentication: authentication, Privacy: privacy)).ToArray();
        using var folder = new ScratchFolder();
        var configuration = string.Join('\n', pairs.Select(pair => CreateUser(NameOf(pair.Authentication, pair.Privacy), pair.Authentication, pair.Privacy)));
        var (snmpd, endPoint) = await SnmpPeers.SnmpdAsync(folder, "sysName rack-7 \nsysLocation " + new string('x', 180) + "\n" + configuration, null, Cancel);
        await using var running = snmpd;
        await using var transport = new SnmpTransport(TimeProvider.System);
        foreach (var (authentication, privacy) in pairs)
        {
            var user = User(NameOf(authentication, privacy), authentication, privacy);
            var client = new SnmpClient(transport, new SnmpTarget(endPoint, user) { Timeout = TimeSpan.FromSeconds(5) });
            Oid[] oids = [SysName, SystemGroup.Append(6, 0), SystemGroup.Append(2, 0), SystemGroup.Append(99, 0)];
            var got = await client.GetAsync(oids, Cancel);
            var printed = await SnmpPeers.PrintedAsync("snmpget", [.. Options(authentication, privacy), endPoint.ToString(), .. oids.Select(oid => oid.ToString())], Cancel);
            Assert.Equal(4, printed.Count);
            Assert.Equal(printed, got.Select(SnmpPeers.Printed));
            Assert.NotEmpty(await client.WalkAsync(SystemGroup, Cancel));
        }

        Assert.Equal(1 + (6 * 7), pairs.Length);
    }

    [Fact]
    public async Task Wrong_users_passwords_and_levels_are_told_apart()
    {
        using var folder = new ScratchFolder();
        var configuration = string.Join('\n', CreateUser("full", SnmpAuthentication.Sha256, SnmpPrivacy.Aes128), CreateUser("signed", SnmpAuthentication.Sha256, SnmpPrivacy.None));
        var (snmpd, endPoint) = await SnmpPeers.SnmpdAsync(folder, configuration, null, Cancel);
        await using var running = snmpd;
        await using var transport = new SnmpTransport(TimeProvider.System);

        Assert.Equal(SnmpFault.Authentication, (await FailsAsync(User("nobody", SnmpAuthentication.Sha256, SnmpPrivacy.None))).Fault);
        Assert.Equal(SnmpFault.UnsupportedSecurity, (await FailsAsync(User("signed", SnmpAuthentication.Sha256, SnmpPrivacy.Aes128))).Fault);
        var wrongPassword = await FailsAsync(new SnmpUser("signed", SnmpAuthentication.Sha256, "not the password"));
        Assert.Equal(SnmpFault.Authentication, wrongPassword.Fault);
        Assert.Contains("refuses the authentication of the user 'signed': check the password", wrongPassword.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not the password", wrongPassword.ToString(), StringComparison.Ordinal);
        Assert.Equal(SnmpFault.Authentication, (await FailsAsync(User("signed", SnmpAuthentication.Sha512, SnmpPrivacy.None))).Fault);

        // net-snmp does not always report what it cannot decrypt.
        var wrongPrivacy = await FailsAsync(new SnmpUser("full", SnmpAuthentication.Sha256, AuthenticationPassword, SnmpPrivacy.Aes128, "not the password"));
        Assert.Contains(wrongPrivacy.Fault, (SnmpFault[])[SnmpFault.Privacy, SnmpFault.Timeout]);

        async Task<SnmpException> FailsAsync(SnmpUser user) => await Assert.ThrowsAsync<SnmpException>(async () =>
            await new SnmpClient(transport, new SnmpTarget(endPoint, user) { Retries = 0 }).GetAsync([SysName], Cancel));
    }

    [Fact]
    public async Task An_engine_that_reboots_starts_over_or_is_exchanged_is_read_again_at_once()
    {
        using var folder = new ScratchFolder();
        var user = User("edge", SnmpAuthentication.Sha1, SnmpPrivacy.Aes128);
        var configuration = CreateUser("edge", SnmpAuthentication.Sha1, SnmpPrivacy.Aes128);
        const string engine = "exactEngineID 0x80001f8804aabbccdd\n";
        var (snmpd, endPoint) = await SnmpPeers.SnmpdAsync(folder, engine + configuration, null, Cancel);
        await using var transport = new SnmpTransport(TimeProvider.System);
        var client = new SnmpClient(transport, new SnmpTarget(endPoint, user) { Timeout = TimeSpan.FromSeconds(5), Retries = 0 });
        await client.GetAsync([SysName], Cancel);

        // A reboot: boots + 1, the state was written at the end.
        for (var reboot = 0; reboot < 2; reboot++)
        {
            await snmpd.SignalAsync("TERM", Cancel);
            await snmpd.WaitForExitAsync(Cancel);
            await snmpd.DisposeAsync();
            (snmpd, _) = await SnmpPeers.SnmpdAsync(folder, engine + configuration, null, Cancel, endPoint.Port);
            Assert.Single(await client.GetAsync([SysName], Cancel));
        }

        // net-snmp #385: the state is lost, boots begin at 1 again.
        await snmpd.DisposeAsync();
        Directory.Delete(folder.File($"snmpd-{endPoint.Port}"), recursive: true);
        (snmpd, _) = await SnmpPeers.SnmpdAsync(folder, engine + configuration, null, Cancel, endPoint.Port);
        Assert.Single(await client.GetAsync([SysName], Cancel));

        // Another device at the same address.
        await snmpd.DisposeAsync();
        Directory.Delete(folder.File($"snmpd-{endPoint.Port}"), recursive: true);
        (snmpd, _) = await SnmpPeers.SnmpdAsync(folder, "exactEngineID 0x80001f880411223344\n" + configuration, null, Cancel, endPoint.Port);
        Assert.Single(await client.GetAsync([SysName], Cancel));
        await snmpd.DisposeAsync();
    }

    [Fact]
    public async Task Two_agents_with_the_same_engine_id_and_different_clocks_do_not_disturb_each_other()
    {
        using var folder = new ScratchFolder();
        const string engine = "exactEngineID 0x80001f8804aabbccdd\n";
        var user = User("edge", SnmpAuthentication.Sha256, SnmpPrivacy.Aes256);
        var create = CreateUser("edge", SnmpAuthentication.Sha256, SnmpPrivacy.Aes256);
        var (first, firstEndPoint) = await SnmpPeers.SnmpdAsync(folder, engine + "sysName first\n" + create, null, Cancel);
        await using var ownFirst = first;
        var port = Ports.FreeUdp();
        var (older, _) = await SnmpPeers.SnmpdAsync(folder, engine + create, null, Cancel, port);
        await older.SignalAsync("TERM", Cancel);
        await older.WaitForExitAsync(Cancel);
        await older.DisposeAsync();
        var (second, secondEndPoint) = await SnmpPeers.SnmpdAsync(folder, engine + "sysName second\n" + create, null, Cancel, port);
        await using var ownSecond = second;
        await using var transport = new SnmpTransport(TimeProvider.System);
        var one = new SnmpClient(transport, new SnmpTarget(firstEndPoint, user) { Retries = 0, Timeout = TimeSpan.FromSeconds(5) });
        var two = new SnmpClient(transport, new SnmpTarget(secondEndPoint, user) { Retries = 0, Timeout = TimeSpan.FromSeconds(5) });
        await Task.WhenAll(one.GetAsync([SysName], Cancel).AsTask(), two.GetAsync([SysName], Cancel).AsTask());
        var sent = transport.Sent;
        for (var i = 0; i < 20; i++)
        {
            var answers = await Task.WhenAll(one.GetAsync([SysName], Cancel).AsTask(), two.GetAsync([SysName], Cancel).AsTask());
            Assert.Equal(["first", "second"], answers.Select(answer => answer[0].Value.AsText()));
        }

        // No discovery, no report, no retry: one datagram a request.
        Assert.Equal(40, transport.Sent - sent);
    }

    [Fact]
    public async Task A_context_of_snmpsim_is_read()
    {
        using var folder = new ScratchFolder();
        var (simulator, endPoint) = await SnmpPeers.SnmpSimAsync(
            folder,
            ["poweralert_ups"],
            Cancel,
            "--v3-user=edge", $"--v3-auth-key={AuthenticationPassword}", "--v3-auth-proto=SHA", $"--v3-priv-key={PrivacyPassword}", "--v3-priv-proto=AES");
        await using var running = simulator;
        await using var transport = new SnmpTransport(TimeProvider.System);
        var target = new SnmpTarget(endPoint, User("edge", SnmpAuthentication.Sha1, SnmpPrivacy.Aes128)) { Context = "poweralert_ups", Timeout = TimeSpan.FromSeconds(5) };
        var secured = await new SnmpClient(transport, target).WalkAsync(Oid.Parse("1.3.6.1"), Cancel);
        var open = await new SnmpClient(transport, new SnmpTarget(endPoint, SnmpVersion.V2c, "poweralert_ups") { Timeout = TimeSpan.FromSeconds(5) }).WalkAsync(Oid.Parse("1.3.6.1"), Cancel);
        Assert.True(open.Count > 100);
        Assert.Equal(open, secured);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string NameOf(SnmpAuthentication authentication, SnmpPrivacy privacy) => $"{authentication}-{privacy}";

    private static SnmpUser User(string name, SnmpAuthentication authentication, SnmpPrivacy privacy) => new(name, authentication, AuthenticationPassword, privacy, PrivacyPassword);

    private static string CreateUser(string name, SnmpAuthentication authentication, SnmpPrivacy privacy)
    {
        var signed = authentication == SnmpAuthentication.None ? "" : $" {Authentications[authentication]} \"{AuthenticationPassword}\"";
        var encrypted = privacy == SnmpPrivacy.None ? "" : $" {Privacies[privacy]} \"{PrivacyPassword}\"";
        return $"createUser {name}{signed}{encrypted}\nrouser {name} {Level(authentication, privacy)}";
    }

    private static string Level(SnmpAuthentication authentication, SnmpPrivacy privacy) =>
        authentication == SnmpAuthentication.None ? "noauth" : privacy == SnmpPrivacy.None ? "auth" : "priv";

    private static string[] Options(SnmpAuthentication authentication, SnmpPrivacy privacy)
    {
        string[] options = ["-v3", "-u", NameOf(authentication, privacy)];
        return authentication == SnmpAuthentication.None
            ? [.. options, "-l", "noAuthNoPriv"]
            : privacy == SnmpPrivacy.None
                ? [.. options, "-l", "authNoPriv", "-a", Authentications[authentication], "-A", AuthenticationPassword]
                : [.. options, "-l", "authPriv", "-a", Authentications[authentication], "-A", AuthenticationPassword, "-x", Privacies[privacy], "-X", PrivacyPassword];
    }
}
