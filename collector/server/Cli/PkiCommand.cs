using System.CommandLine;
using System.Globalization;
using EdgeDcim.Collector.Certificates;

namespace EdgeDcim.Collector.Cli;

/// <summary><c>pki</c>: the certificates of a site, from the authority to one for each agent, without another tool.</summary>
internal static class PkiCommand
{
    private static readonly Option<string> Folder = new("--folder", "-f")
    {
        Description = "The folder of the authority; keep it off the network.", DefaultValueFactory = _ => "pki", Recursive = true,
    };

    private static readonly Argument<string> Name = new("name") { Description = "An agent's name, or 'collector'." };

    public static Command Create() => new("pki", "Makes, renews and revokes the certificates of a site.")
    {
        Folder, Init(), Collector(), Agent(),
        Verb("renew", "A new key and certificate; the old one stays good until it ends or is revoked.", Renew),
        Verb("revoke", "Takes back every certificate of that name.", Revoke),
        List(),
    };

    private static Command Init()
    {
        var site = new Option<string>("--site") { Description = "The name of the site, as in collector.yaml.", DefaultValueFactory = _ => "site" };
        var command = new Command("init", "Makes the authority of a site.") { site };
        command.SetAction(parsed => Run(parsed, authority =>
        {
            authority.Init(parsed.GetRequiredValue(site));
            Say($"The authority of this site is in {authority.Folder}. Whoever has its ca.key can speak as every agent: keep the folder off the network.");
            Say($"Next: edgedcim-collector pki collector --host NAME-OR-ADDRESS --folder {authority.Folder}");
        }));
        return command;
    }

    private static Command Collector()
    {
        var hosts = new Option<string[]>("--host") { Description = "A name or address that agents and browsers reach the collector by; may stand several times.", Required = true };
        var command = new Command("collector", "Makes the certificate of the collector.") { hosts };
        command.SetAction(parsed => Run(parsed, authority => SayCollector(authority, authority.IssueCollector(parsed.GetRequiredValue(hosts)))));
        return command;
    }

    private static Command Agent() => Verb("agent", "Makes the certificate of one agent.", (authority, name) => SayAgent(authority, name, authority.IssueAgent(name)));

    private static Command List()
    {
        var command = new Command("list", "Shows everything that was issued.");
        command.SetAction(parsed => Run(parsed, authority =>
        {
            foreach (var issued in authority.List())
            {
                Say(string.Create(CultureInfo.InvariantCulture, $"{issued.Name,-24} until {issued.Expires:yyyy-MM-dd}  {(issued.IsRevoked ? "revoked" : issued.Expires < TimeProvider.System.GetUtcNow() ? "expired" : "good   ")}  {issued.Serial}"));
            }
        }));
        return command;
    }

    private static void Renew(SiteAuthority authority, string name)
    {
        var end = authority.Renew(name);
        if (name == SiteAuthority.Collector)
        {
            SayCollector(authority, end);
        }
        else
        {
            SayAgent(authority, name, end);
        }
    }

    private static void Revoke(SiteAuthority authority, string name)
    {
        var count = authority.Revoke(name);
        Say($"{count} certificate{(count == 1 ? "" : "s")} of {name} revoked. Copy {authority.Revoked} to where 'revoked' in collector.yaml (or crlfile of Mosquitto) points;");
        Say("a running collector takes it over within seconds and ends the connections of that certificate.");
    }

    private static void SayCollector(SiteAuthority authority, DateTimeOffset end)
    {
        Say(string.Create(CultureInfo.InvariantCulture, $"The collector's certificate is valid until {end:yyyy-MM-dd}. Write into collector.yaml:"));
        Say($$"""

            broker:
              embedded:
                listen: 0.0.0.0:8883
                tls:
                  certificate: {{Path.GetFullPath(authority.CertificateOf(SiteAuthority.Collector))}}
                  key: {{Path.GetFullPath(authority.KeyOf(SiteAuthority.Collector))}}
                  clients: {{Path.GetFullPath(authority.Authority)}}
                  revoked: {{Path.GetFullPath(authority.Revoked)}}

            A running collector takes changed files over by itself. Next: edgedcim-collector pki agent NAME --folder {{authority.Folder}}
            """);
    }

    private static void SayAgent(SiteAuthority authority, string name, DateTimeOffset end)
    {
        Say(string.Create(CultureInfo.InvariantCulture, $"The certificate of {name} is valid until {end:yyyy-MM-dd}. Copy these to its gateway, readable by its service alone:"));
        Say($$"""
              {{authority.CertificateOf(name)}}
              {{authority.KeyOf(name)}}
              {{authority.Authority}}
            and write into its agent.yaml (HOST: one of the names of the collector's certificate):

            agent: {{name}}
            broker:
              url: mqtts://HOST:8883
              ca: /etc/edgedcim/ca.pem
              certificate: /etc/edgedcim/{{name}}.pem
              key: /etc/edgedcim/{{name}}.key
            """);
    }

    private static Command Verb(string verb, string description, Action<SiteAuthority, string> act)
    {
        var command = new Command(verb, description) { Name };
        command.SetAction(parsed => Run(parsed, authority => act(authority, parsed.GetRequiredValue(Name))));
        return command;
    }

    private static int Run(ParseResult parsed, Action<SiteAuthority> act)
    {
        try
        {
            act(new SiteAuthority(parsed.GetRequiredValue(Folder), TimeProvider.System));
            return ExitCode.Ok;
        }
        catch (CertificateException refused)
        {
            Console.Error.WriteLine($"edgedcim-collector: {refused.Message}");
            return ExitCode.Failed;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"edgedcim-collector: {failed.Message}");
            return ExitCode.Failed;
        }
    }

    private static void Say(string line) => Console.WriteLine(line);
}
