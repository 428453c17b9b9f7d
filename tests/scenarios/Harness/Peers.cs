using System.Globalization;
using Xunit;

namespace EdgeDcim.Scenarios.Harness;

/// <summary>Servers that this project did not write, each on a free loopback port with its state in a folder of the test.</summary>
public static class Peers
{
    public static async Task<(OtherProcess Process, int Port)> MosquittoAsync(string folder, CancellationToken cancel)
    {
        Require("mosquitto");
        var port = Ports.FreeTcp();
        var file = Path.Combine(folder, "mosquitto.conf");
        await File.WriteAllTextAsync(file, $"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n", cancel);
        var process = OtherProcess.Start("mosquitto", ["-c", file], folder);
        await Eventually.ListensAsync(port, "mosquitto", cancel);
        return (process, port);
    }

    public static async Task<(OtherProcess Process, int Port)> VictoriaMetricsAsync(string folder, CancellationToken cancel)
    {
        Require("victoria-metrics");
        var port = Ports.FreeTcp();
        var process = OtherProcess.Start(
            "victoria-metrics",
            [$"-storageDataPath={Path.Combine(folder, "victoria")}", $"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=1y", "-search.latencyOffset=0s"],
            folder);
        await Eventually.ListensAsync(port, "victoria-metrics", cancel);
        return (process, port);
    }

    /// <summary>InfluxDB 1.6.7 with the v2 write path that nginx rewrites in front of it. <c>Port</c> takes writes, <c>QueryPort</c> InfluxQL.</summary>
    public static async Task<(OtherProcess Influx, OtherProcess Nginx, int Port, int QueryPort)> InfluxAsync(string folder, CancellationToken cancel)
    {
        Require("influxd");
        Require("nginx");
        var query = Ports.FreeTcp();
        var front = Ports.FreeTcp();
        var configuration = Path.Combine(folder, "influxdb.conf");
        await File.WriteAllTextAsync(
            configuration,
            $"""
            reporting-disabled = true
            bind-address = "127.0.0.1:{Ports.FreeTcp()}"
            [meta]
              dir = "{folder}/influx/meta"
            [data]
              dir = "{folder}/influx/data"
              wal-dir = "{folder}/influx/wal"
            [http]
              bind-address = "127.0.0.1:{query}"
            """,
            cancel);
        var influx = OtherProcess.Start("influxd", ["-config", configuration], folder);
        await Eventually.ListensAsync(query, "influxd", cancel);
        var site = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(site, NginxConfiguration(folder, front, query), cancel);
        var nginx = OtherProcess.Start("nginx", ["-c", site, "-g", "daemon off;"], folder);
        await Eventually.ListensAsync(front, "nginx", cancel);
        return (influx, nginx, front, query);
    }

    /// <summary>Skips the running test, with the reason, on a machine where the peer is not installed.</summary>
    public static void Require(string program) =>
        Assert.SkipUnless(OtherProcess.IsInstalled(program), $"{program} is not installed");

    private static string NginxConfiguration(string folder, int front, int query)
    {
        var root = Environment.UserName == "root" ? "user root;" : "";
        return string.Create(CultureInfo.InvariantCulture, $$"""
            {{root}}
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/nginx-error.log;
            events { }
            http {
              access_log off;
              client_max_body_size 64m;
              client_body_temp_path {{folder}}/nginx-body;
              proxy_temp_path {{folder}}/nginx-proxy;
              fastcgi_temp_path {{folder}}/nginx-fastcgi;
              uwsgi_temp_path {{folder}}/nginx-uwsgi;
              scgi_temp_path {{folder}}/nginx-scgi;
              server {
                listen 127.0.0.1:{{front}};
                location = /api/v2/write {
                  set $db $arg_bucket;
                  set $pr $arg_precision;
                  rewrite ^ /write?db=$db&precision=$pr? break;
                  proxy_pass http://127.0.0.1:{{query}};
                }
              }
            }
            """);
    }
}
